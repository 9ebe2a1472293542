/**
 * One look through a text: what it is made of, and what its Latin words say. Most rules of masking have nothing to start from in most
 * texts, and are not asked; what is seen here may be too much for a rule, never too little.
 */
import { Look, type Seen } from './look.ts';
import { isBracket, mark } from './mark-signs.ts';
import { HOME_WORDS, large, MOST_OF_NAME, small } from './large-words.ts';
import { FRENCH_STREETS, IBAN_COUNTRIES, LATE_STREETS, withoutFalse } from './exact-cues.ts';
import * as trait from './traits.ts';
import * as order from './word-order.ts';
import * as cue from './word-cues.ts';
import { isAsciiDigit, isAsciiLetter, isCapital, unitAt } from '../unit-at.ts';
import { mayBeStreetAt } from '../addresses/street-numbers.ts';

export type { Seen };

export function joined(one: Seen, other: Seen): Seen {
  return {
    traits: one.traits | other.traits,
    cues: one.cues | other.cues,
    called: one.called | other.called,
    named: one.named | other.named,
    capital: one.capital | other.capital,
    order: one.order | other.order,
    pairAt: Math.min(one.pairAt, other.pairAt),
  };
}

const MAX_GAP = 4;
const LEAST_DIGITS = 7;
const LEAST_ACCOUNT = 5;
/** Letters and digits in a row: Hong Kong, A123456. */
const LEAST_LETTERED = 7;
/** QQ 12 34 56 C */
const LEAST_INSURANCE = 6;
/** Letters and digits, one space, dash, dot or slash at most between two of them, from a digit on. */
const LEAST_CODE = 5;
/** From a word for a paper to the first digit of its number. */
const PAPER_UNITS = 64;
/** Four digits within so many units are close. */
const NEAR_UNITS = 8;

/** From `from` to `to`. Not of a part that was cut out: once the compiled code has met one, it reads every text more slowly. */
export function glance(text: string, from = 0, to = text.length): Seen {
  const look = new Look();
  const { seen } = look;
  let traits = 0;
  for (let at = from; at < to; at += 1) {
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
  // Words that the part does not hold may belong to those it begins with.
  if (from > 0 && seen.pairAt <= from + MOST_OF_NAME) seen.pairAt = 0;
  // What numerals say counts only where they make a number.
  if ((seen.traits & trait.NUMBER) === 0) seen.traits &= ~trait.NUMERAL;
  return seen;
}

/** A digit or numeral. */
function counted(text: string, at: number, unit: number, look: Look): void {
  const { seen } = look;
  const gap = at - look.numberAt;
  look.inNumber = gap <= MAX_GAP ? look.inNumber + 1 : 1;
  if (look.inNumber >= LEAST_ACCOUNT) seen.order |= order.ACCOUNT_NUMBER;
  if (look.inNumber >= LEAST_DIGITS) seen.traits |= trait.NUMBER;
  if (look.inNumber >= LEAST_INSURANCE) seen.order |= order.LETTERED;
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
  const fourth = look.digit3;
  look.digit3 = look.digit2;
  look.digit2 = look.digit1;
  look.digit1 = at;
  accountPart(at, at, look);
  if (look.inWord >= LEAST_LETTERED && fourth > at - look.inWord) seen.order |= order.LETTERED;
  look.inCode = isOfCode(text, at, look) ? look.inCode + 1 : 1;
  look.codeAt = at;
  if (look.inCode >= LEAST_CODE) seen.order |= order.CODED;
}

function numberBegins(text: string, at: number, gap: number, look: Look): void {
  const { seen } = look;
  if (isCapital(unitAt(text, at + 1)) && unitAt(text, at - 1) === 0x20 && isPostcode(text, at))
    seen.order |= order.POSTCODE;
  if (gap <= MAX_GAP + 1) streetBegins(text, look);
  const after = at - look.lettersEnd;
  if (after > 3) return;
  if (after <= 2 && look.nameEnd === look.lettersEnd && LATE_STREETS.has(text, look.lettersStart, look.lettersEnd))
    seen.order |= order.LARGE_NUMBER;
  if (after === 0 && isIban(text, at, look)) seen.order |= order.IBAN;
  if ((look.cues1 & cue.GERMAN_STREET) !== 0 && look.nameEnd === look.lettersEnd) seen.order |= order.STREET_NUMBER;
  if ((look.cues1 & cue.AT_HOUSE) !== 0 && look.words - look.livesAt < HOME_WORDS) seen.order |= order.AT_NUMBER;
  if (after === 1 && (look.cues1 & cue.SIGN_AT) !== 0) seen.order |= order.AT_DIGIT;
  if ((look.cues1 & cue.FLAT) !== 0) seen.order |= order.FLAT_NUMBER;
  if ((look.cues1 & cue.BOX) !== 0) seen.order |= order.BOX_NUMBER;
  if (after === 0 || (after === 1 && look.lettersEnd - look.lettersStart <= 2)) seen.order |= order.GLUED;
}

/** SW1A 1AA, and not at 7PM: a digit and two capitals behind a digit, or a digit and a capital. */
function isPostcode(text: string, at: number): boolean {
  if (!isCapital(unitAt(text, at + 2))) return false;
  const before = unitAt(text, at - 2);
  return isAsciiDigit(before) || (isCapital(before) && isAsciiDigit(unitAt(text, at - 3)));
}

/** Right behind the last letter or digit, or one sign behind it? */
function isOfCode(text: string, at: number, { codeAt }: Look): boolean {
  if (at - codeAt > 2) return false;
  const between = text.charCodeAt(at - 1);
  return at - codeAt === 1 || between === 0x20 || (between >= 0x2d && between <= 0x2f);
}

/** DE89 */
function isIban(text: string, at: number, { lettersStart, lettersEnd }: Look): boolean {
  if (lettersEnd - lettersStart !== 2 || !isAsciiDigit(unitAt(text, at + 1))) return false;
  return !isAsciiDigit(unitAt(text, lettersStart - 1)) && IBAN_COUNTRIES.has(text, lettersStart, lettersEnd);
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
  let letters = 0;
  let cues = 0;
  let big = 0;
  let end = start;
  for (let unit = first; ;) {
    letters = cue.pushed(letters, unit);
    // Most letters say nothing.
    cues |= cue.cuesOfPart(letters);
    if (unit < 0x60) big += 1;
    end += 1;
    if (end === text.length) break;
    unit = text.charCodeAt(end);
    if (!isAsciiLetter(unit) && ((trait.SORTS_AT[trait.PLACES[unit] as number] as number) & trait.LETTER) === 0) break;
  }
  const length = end - start;
  if (length <= 4) cues |= cue.cuesOfWord(first, letters);
  cues = withoutFalse(text, start, end, cues);
  seen.cues |= cues;
  if (first < 0x7b) seen.traits |= trait.LATIN;
  accountPart(start, end - 1, look);
  if (isOfCode(text, start, look)) {
    look.inCode += length;
    look.codeAt = end - 1;
    if (look.inCode >= LEAST_CODE) seen.order |= order.CODED;
  }
  if (start - look.numberAt <= MAX_RUE_GAP) afterNumber(text, start, end, first, cues, look);
  if (length <= 2) shortWord(text, start, first, cues, look);
  if (first < 0x60 || (first >= 0xc0 && first <= 0xde) || first > 0xff)
    large(text, start, end, big === length, look, cues);
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
  look.start2 = look.lettersStart;
  look.end2 = look.lettersEnd;
  look.lettersStart = start;
  look.lettersEnd = end;
  return end;
}

/** 12 Long Lane; 12b, Long Lane; 5 rue Longue; 138O0138OOO */
function afterNumber(text: string, start: number, end: number, first: number, cues: number, look: Look): void {
  const gap = start - look.numberAt;
  const { seen } = look;
  if ((cues & cue.FRENCH_STREET) !== 0 && FRENCH_STREETS.has(text, start, end)) seen.order |= order.NUMBERED_RUE;
  if (gap > MAX_GAP + 1) return;
  if (gap === 1) seen.order |= order.GLUED;
  if (first < 0x60) streetBegins(text, look);
  if (gap === 1 && (first === 0x6f || first === 0x6c || first < 0x60)) seen.order |= order.LOOKALIKE;
}
/** Words with capitals and the ending of a street behind the last number? */
function streetBegins(text: string, { numberAt, seen }: Look): void {
  if (numberAt >= 0 && (seen.order & order.NUMBERED) === 0 && mayBeStreetAt(text, numberAt + 1))
    seen.order |= order.NUMBERED;
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
