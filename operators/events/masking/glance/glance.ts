/**
 * One look through a text: what it is made of, and what its Latin words say. Most rules of masking have nothing to start from in most
 * texts, and are not asked; what is seen here may be too much for a rule, never too little.
 */
import { Look, type Seen } from './look.ts';
import { HOME_WORDS, large, small } from './capital-words.ts';
import { isAscii, isBracket, mark } from './mark-signs.ts';
import * as known from './known-words.ts';
import { cuesIn } from './word-shape.ts';
import * as trait from './traits.ts';
import * as order from './word-order.ts';
import * as cue from './word-cues.ts';
import { isAsciiLetter, isCapital, unitAt } from '../unit-at.ts';

export type { Seen };

export function joined(one: Seen, other: Seen): Seen {
  return {
    traits: one.traits | other.traits,
    cues: one.cues | other.cues,
    called: one.called | other.called,
    named: one.named | other.named,
    capital: one.capital | other.capital,
    order: one.order | other.order,
  };
}

const MAX_GAP = 4;
const LEAST_DIGITS = 7;
const LEAST_ACCOUNT = 5;
/** From a word for a paper to the first digit of its number. */
const PAPER_UNITS = 64;
/** Four digits within so many units are close. */
const NEAR_UNITS = 8;

export function glance(text: string): Seen {
  const look = new Look();
  const { seen } = look;
  let traits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const place = trait.PLACES[unit] as number;
    const own = trait.TRAITS_AT[place] as number;
    if ((own & trait.SORTED) === 0) {
      traits |= own;
      continue;
    }
    const sort = trait.SORTS_AT[place] as number;
    if ((sort & trait.LETTER) !== 0) {
      at = word(text, at, look) - 1;
      continue;
    }
    traits |= own;
    if ((sort & trait.SECOND) !== 0) seen.traits |= trait.behind(text, at);
    if ((sort & trait.HOUSE_UNIT) !== 0 && (at - look.numberAt <= 1 || at - look.wordAt <= 1))
      seen.traits |= trait.HOUSE;
    if ((sort & trait.PLACE) !== 0) {
      if (at - look.numberAt === 1) seen.traits |= trait.PLATE;
      look.placeAt = at;
    }
    if ((sort & trait.COUNTED) !== 0) counted(text, at, unit, look);
    else if ((sort & trait.MARK) !== 0) mark(text, at, unit, look);
    if ((sort & trait.JOINT) !== 0) accountPart(at, at, look);
  }
  seen.traits |= traits & ~trait.SORTED;
  if (look.nameEnd === look.lettersEnd) seen.order |= order.ENDS_LARGE;
  if ((seen.order & order.HANDLE) !== 0 && (seen.cues & cue.MAIL) !== 0) seen.traits |= trait.AT;
  // What numerals say counts only where they make a number.
  if ((seen.traits & trait.NUMBER) === 0) seen.traits &= ~trait.NUMERAL;
  return seen;
}

/** A digit or numeral. */
function counted(text: string, at: number, unit: number, look: Look): void {
  const { seen } = look;
  const gap = at - look.numberAt;
  look.inNumber = gap <= MAX_GAP ? look.inNumber + 1 : 1;
  if (look.inNumber >= LEAST_DIGITS) seen.traits |= trait.NUMBER;
  if (unit < 0x30 || unit > 0x39) {
    look.numberAt = at;
    return;
  }
  if (gap > 1) numberBegins(text, at, gap, look);
  look.numberAt = at;
  look.inDigits = at - look.digit1 === 1 ? look.inDigits + 1 : 1;
  if (look.inDigits >= 5) seen.order |= order.FIVE;
  if (++look.digits >= 4) {
    seen.traits |= trait.DIGITS;
    if (at - look.digit3 <= NEAR_UNITS) seen.traits |= trait.NEAR;
  }
  if (at - look.paperAt <= PAPER_UNITS) seen.order |= order.PAPERED;
  look.digit3 = look.digit2;
  look.digit2 = look.digit1;
  look.digit1 = at;
  accountPart(at, at, look);
}

function numberBegins(text: string, at: number, gap: number, look: Look): void {
  const { seen } = look;
  if (isCapital(unitAt(text, at + 1)) && isCapital(unitAt(text, at + 2)) && unitAt(text, at - 1) === 0x20)
    seen.order |= order.POSTCODE;
  if (gap <= MAX_GAP + 1 && goesOn(text, look)) seen.order |= order.NUMBERED;
  const after = at - look.lettersEnd;
  if (after > 3) return;
  if (after <= 2 && look.nameEnd === look.lettersEnd) seen.order |= order.LARGE_NUMBER;
  if ((look.cues1 & cue.GERMAN_STREET) !== 0 && look.nameEnd === look.lettersEnd) seen.order |= order.STREET_NUMBER;
  if ((look.cues1 & cue.AT_HOUSE) !== 0 && look.words - look.livesAt < HOME_WORDS) seen.order |= order.AT_NUMBER;
  if (after === 1 && (look.cues1 & cue.SIGN_AT) !== 0) seen.order |= order.AT_DIGIT;
  if ((look.cues1 & cue.FLAT) !== 0) seen.order |= order.FLAT_NUMBER;
  if ((look.cues1 & cue.BOX) !== 0) seen.order |= order.BOX_NUMBER;
  if (after === 0 || (after === 1 && look.lettersEnd - look.lettersStart <= 2)) seen.order |= order.GLUED;
}

/** Letters, digits, _ and - from `at` to `last`. */
function accountPart(at: number, last: number, look: Look): void {
  const { seen } = look;
  look.inWord = at - look.wordAt === 1 ? look.inWord + last - at + 1 : last - at + 1;
  look.wordAt = last;
  if (look.inWord >= LEAST_ACCOUNT) seen.traits |= trait.CODE;
  if (at - look.placeAt <= MAX_GAP) seen.traits |= trait.PLATE;
}

/** A word of letters from `start`; where it ends. */
function word(text: string, start: number, look: Look): number {
  const { seen } = look;
  const first = text.charCodeAt(start);
  let head = 0;
  let tail = 0;
  let lower = 0;
  let end = start;
  let unit = first;
  while (isAsciiLetter(unit)) {
    if (end - start < known.HALF) head = (head << known.LETTER_BITS) | (unit & known.LETTER_MASK);
    else tail = (tail << known.LETTER_BITS) | (unit & known.LETTER_MASK);
    lower |= unit & 0x20;
    end += 1;
    unit = unitAt(text, end);
  }
  while (isLetter(unit)) {
    lower = 0x20;
    head = 0;
    end += 1;
    unit = unitAt(text, end);
  }
  const length = end - start;
  const place = length > known.MOST_LETTERS || head === 0 ? -1 : known.placeOf(head, tail);
  const cues = place >= 0 ? (known.CUES_OF[place] as number) : cuesIn(text, start, end);
  seen.cues |= cues;
  if (first < 0x7b) seen.traits |= trait.LATIN;
  accountPart(start, end - 1, look);
  if (start - look.numberAt <= MAX_RUE_GAP) afterNumber(text, start, first, cues, look);
  if (length <= 2) shortWord(text, start, first, cues, look);
  if (first < 0x60 || (first >= 0xc0 && first <= 0xde) || first > 0xff)
    large(text, start, end, lower === 0, look, cues, place);
  else if (look.nameEnd === look.lettersEnd) small(text, start, end, cues, look);
  look.words += 1;
  look.spelled = (cues & cue.DIGIT_WORD) === 0 ? 0 : look.spelled + 1;
  if (look.spelled >= LEAST_DIGITS - 1) seen.order |= order.SPELLED;
  if ((cues & cue.SELF) !== 0) look.selfAt = look.words;
  else if ((cues & cue.FROM) !== 0 && look.words - look.selfAt === 3) seen.order |= order.SELF_FROM;
  if ((cues & cue.PAPER) !== 0) look.paperAt = end;
  if ((cues & cue.LIVES) !== 0) look.livesAt = look.words;
  look.cues3 = look.cues2;
  look.cues2 = look.cues1;
  look.cues1 = cues;
  look.place1 = place;
  look.start2 = look.lettersStart;
  look.end2 = look.lettersEnd;
  look.lettersStart = start;
  look.lettersEnd = end;
  return end;
}

/** Of any script whose words are looked at. */
function isLetter(unit: number): boolean {
  return ((trait.SORTS_AT[trait.PLACES[unit] as number] as number) & trait.LETTER) !== 0;
}

/** 12 Long Lane; 12b, Long Lane; 5 rue Longue; 138O0138OOO */
function afterNumber(text: string, start: number, first: number, cues: number, look: Look): void {
  const gap = start - look.numberAt;
  const { seen } = look;
  if ((cues & cue.FRENCH_STREET) !== 0) seen.order |= order.NUMBERED_RUE;
  if (gap > MAX_GAP + 1) return;
  if (gap === 1) seen.order |= order.GLUED;
  if ((first < 0x60 || first > 0x7f) && goesOn(text, look)) seen.order |= order.NUMBERED;
  if (gap === 1 && (first === 0x6f || first === 0x6c || first < 0x60)) seen.order |= order.LOOKALIKE;
}
/** Is what follows the last number no end of a sentence? */
function goesOn(text: string, { numberAt }: Look): boolean {
  const unit = unitAt(text, numberAt + 1);
  return unit === 0x20 || unit === 0x2c || unit === 0x2d || isAscii(unit);
}
/** 5 bis, rue Longue */
const MAX_RUE_GAP = 8;

/** (at), (a), _at_, ät */
function shortWord(text: string, start: number, first: number, cues: number, { seen }: Look): void {
  if (first === 0xe4) seen.traits |= trait.AT;
  if ((cues & cue.SIGN_AT) === 0 && (first | 0x20) !== 0x61) return;
  const before = unitAt(text, start - 1);
  if (before === 0x5f || isBracket(before) || (before <= 0x20 && isBracket(unitAt(text, start - 2)))) {
    seen.traits |= trait.AT;
  }
}
