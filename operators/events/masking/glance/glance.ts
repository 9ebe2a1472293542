/**
 * One look through a text: what it is made of, and what its Latin words say. Most rules of masking have nothing to start from in most
 * texts, and are not asked; what is seen here may be too much for a rule, never too little.
 */
import { Look, type Seen } from './look.ts';
import { isAscii, isBracket, isSigned, mark } from './mark-signs.ts';
import {
  BEFORE_BETWEEN,
  BEFORE_NAME,
  COMMON,
  FIRST_NAME,
  listsOf,
  OF_PAIR,
  says,
  STREETS,
  withoutFalse,
} from './exact-cues.ts';
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
/** John van der Berg */
const MAX_BETWEEN = 10;
/** Between a word and the name that follows it. */
const MAX_CALL = 6;
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

/** left it at, picked me up at */
const HOME_WORDS = 4;

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
    const place = cue.PART_PLACES[letters] as number;
    if (place !== 0) cues |= cue.PART_CUES[place] as number;
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
  if (start - look.numberAt <= MAX_RUE_GAP) afterNumber(text, start, first, cues, look);
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

/** A word with a capital. */
function large(text: string, start: number, end: number, isLoud: boolean, look: Look, cues: number): void {
  const { seen } = look;
  const gap = start - look.lettersEnd;
  const before = gap > MAX_CALL ? 0 : BEFORE_NAME.cuesOf(text, look.lettersStart, look.lettersEnd, look.cues1);
  const lists = listsOf(text, start, end);
  const isRare = end - start > 1 && (lists & COMMON) === 0;
  if (isRare) seen.order |= order.NAME_WORD;
  const isFirst = (lists & FIRST_NAME) !== 0;
  look.isName = isRare || isFirst || mayBeName(text, start, end);
  const isStrong = (lists & (FIRST_NAME | OF_PAIR)) !== 0 || isBehindCue(text, start, look);
  if (start - look.capitalEnd <= MAX_BETWEEN)
    seen.order |= isStrong || look.isStrong ? order.PAIR | order.NAMED_PAIR : order.PAIR;
  look.isStrong = isStrong;
  if (isLoud && end - start > 2) {
    if (start - look.loudEnd === 1 && look.isLoudCued) seen.order |= order.LOUD_PAIR;
    look.loudEnd = end;
    look.isLoudCued = gap <= 2 && (before & LOUD_CUES) !== 0;
  }
  look.capitalEnd = end;
  look.nameEnd = end;
  seen.capital |= STREETS.cuesOf(text, start, end, cues);
  if (isSigned(text, start)) seen.order |= order.DASHED;
  if (gap <= MAX_CALL) called(text, before, look);
}
const LOUD_CUES = cue.ROLE | cue.NAME | cue.BETWEEN | cue.GREETING | cue.TITLE | cue.SMALL_TITLE;

/**
 * Initials, what an apostrophe or a dash joins to another word, and what stands before another
 * word with a capital: rules for one name take a part of it.
 */
function mayBeName(text: string, start: number, end: number): boolean {
  const next = unitAt(text, end);
  if (next === 0x20) {
    const after = unitAt(text, end + 1);
    if (isCapital(after) || after >= 0xc0) return true;
  }
  const isJoined = next === 0x27 || next === 0x2019 || next === 0x2d;
  return isJoined || end - start === 1;
}

/** Is it behind what may be a word that goes with names (latin-pairs.ts)? */
function isBehindCue(text: string, start: number, look: Look): boolean {
  if (start - look.lettersEnd > MAX_CALL) return false;
  const before = unitAt(text, start - 2);
  // One letter or mark and a space stand before it.
  if (before === 0x2c || before === 0x3a || before === 0x20) return true;
  return (listsOf(text, look.lettersStart, look.lettersEnd) & OF_PAIR) !== 0;
}

/** A word without one, behind a name. */
function small(text: string, start: number, end: number, cues: number, look: Look): void {
  const gap = start - look.lettersEnd;
  const between = unitAt(text, start - 1);
  if (gap === 1 && (between === 0x27 || between === 0x2019 || between === 0x2d)) look.nameEnd = end;
  else if (gap <= 2 && (cues & cue.SAYS) !== 0 && look.isName && says(text, start)) look.seen.order |= order.SAYING;
}

/** What the words before a word with a capital say of it. */
function called(text: string, before: number, look: Look): void {
  const { seen, cues2, cues3 } = look;
  seen.called |= before;
  if ((before & cue.AT_HOUSE) !== 0 && look.words - look.livesAt < HOME_WORDS) seen.order |= order.ADDRESSED;
  if (!look.isName) return;
  seen.named |= before;
  if (
    (before & cue.NAMING) !== 0 ||
    ((before & cue.BETWEEN) !== 0 && (cues2 & cue.SPOKE) !== 0 && isSpokenTo(text, look))
  )
    seen.order |= order.SPOKEN_TO;
  if ((before & cue.ROLE) !== 0 && ((cues2 | ((cues2 & cue.ROLE) === 0 ? 0 : cues3)) & cue.DETERMINER) !== 0)
    seen.order |= order.INTRODUCED;
  if ((cues2 & cue.NAME) !== 0 || ((before & cue.FROM) !== 0 && (cues2 & cue.SENT) !== 0)) seen.order |= order.NAMED;
}
function isSpokenTo(text: string, { start2, end2, cues2 }: Look): boolean {
  return (BEFORE_BETWEEN.cuesOf(text, start2, end2, cues2) & cue.SPOKE) !== 0;
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
