/**
 * One look through a text: what it is made of, and what its Latin words say. Most rules of masking have nothing to start from in most
 * texts, and are not asked; what is seen here may be too much for a rule, never too little.
 */
import * as trait from './traits.ts';
import * as order from './word-order.ts';
import * as cue from './word-cues.ts';

export interface Seen {
  /** Of traits.ts. */
  traits: number;
  /** Of word-cues.ts: of all words. */
  cues: number;
  /** The same, of words right before one with a capital. */
  called: number;
  /** The same, of words that have a capital themselves. */
  capital: number;
  /** Of word-order.ts. */
  order: number;
}

export function joined(one: Seen, other: Seen): Seen {
  return {
    traits: one.traits | other.traits,
    cues: one.cues | other.cues,
    called: one.called | other.called,
    capital: one.capital | other.capital,
    order: one.order | other.order,
  };
}

const FAR = -1000;
const MAX_GAP = 4;
const LEAST_DIGITS = 7;
const LEAST_ACCOUNT = 5;
/** John van der Berg */
const MAX_BETWEEN = 10;
/** Between a word and the name that follows it. */
const MAX_CALL = 6;
/** Four digits within so many units are close. */
const NEAR_UNITS = 8;

/** What a look remembers on its way. */
class Look {
  readonly seen: Seen = { traits: 0, cues: 0, called: 0, capital: 0, order: 0 };
  numberAt = FAR;
  inNumber = 0;
  wordAt = FAR;
  inWord = 0;
  placeAt = FAR;
  digits = 0;
  /** Where the last four digits stand. */
  digit1 = FAR;
  digit2 = FAR;
  digit3 = FAR;
  inDigits = 0;
  /** Of the last word of letters and the one before it. */
  cues1 = 0;
  cues2 = 0;
  lettersEnd = FAR;
  words = 0;
  selfAt = FAR;
  capitalEnd = FAR;
  /** The same with what an apostrophe or a dash joins to it. */
  nameEnd = FAR;
  loudEnd = FAR;
  /** Of the last dot, dash and colon. */
  dotAt = FAR;
  dashAt = FAR;
  colonAt = FAR;
}

export function glance(text: string): Seen {
  const look = new Look();
  const { seen } = look;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const sort = trait.SORTS[unit] as number;
    if ((sort & trait.LETTER) !== 0) {
      at = word(text, at, look) - 1;
      continue;
    }
    seen.traits |= trait.TRAITS[unit] as number;
    if (sort === 0) continue;
    if ((sort & trait.SECOND) !== 0) seen.traits |= trait.behind(text.charAt(at - 1), text.charAt(at));
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
  look.digit3 = look.digit2;
  look.digit2 = look.digit1;
  look.digit1 = at;
  accountPart(at, at, look);
}

function numberBegins(text: string, at: number, gap: number, look: Look): void {
  const { seen } = look;
  if (gap <= MAX_GAP + 1) seen.order |= order.NUMBERED;
  const after = at - look.lettersEnd;
  if (after > 3) return;
  if ((look.cues1 & cue.GERMAN_STREET) !== 0) seen.order |= order.STREET_NUMBER;
  if ((look.cues1 & cue.AT_HOUSE) !== 0) seen.order |= order.AT_NUMBER;
  if (after === 1 && (look.cues1 & cue.SIGN_AT) !== 0) seen.order |= order.AT_DIGIT;
  if (after === 0 && text.charCodeAt(at - 1) < 0x5b) seen.order |= order.POSTCODE;
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
    cues |= cue.BY_PART[letters] as number;
    if (unit < 0x60) big += 1;
    end += 1;
    if (end === text.length) break;
    unit = text.charCodeAt(end);
    if (((trait.SORTS[unit] as number) & trait.LETTER) === 0) break;
  }
  const length = end - start;
  if (length <= 4) cues |= cue.cuesOfWord(first, letters);
  seen.cues |= cues;
  if (first < 0x7b) seen.traits |= trait.LATIN;
  accountPart(start, end - 1, look);
  const gap = start - look.lettersEnd;
  afterNumber(start, first, cues, look);
  if (length <= 2) shortWord(text, start, first, cues, look);
  if (first < 0x60 || (first >= 0xc0 && first <= 0xde) || first > 0xff) {
    if (length > 1 && !cue.isCommon(text, start, end)) seen.order |= order.NAME_WORD;
    if (start - look.capitalEnd <= MAX_BETWEEN) seen.order |= order.PAIR;
    if (length > 2 && big === length) {
      if (start - look.loudEnd === 1) seen.order |= order.LOUD_PAIR;
      look.loudEnd = end;
    }
    look.capitalEnd = end;
    look.nameEnd = end;
    seen.capital |= cues;
    called(text, start, gap, look);
  } else if (look.nameEnd === look.lettersEnd) {
    const between = text.charCodeAt(start - 1);
    if (gap === 1 && (between === 0x27 || between === 0x2019 || between === 0x2d)) look.nameEnd = end;
    else if (gap <= 2 && (cues & cue.SAYS) !== 0) seen.order |= order.SAYING;
  }
  look.words += 1;
  if ((cues & cue.SELF) !== 0) look.selfAt = look.words;
  else if ((cues & cue.FROM) !== 0 && look.words - look.selfAt === 3) seen.order |= order.SELF_FROM;
  look.cues2 = look.cues1;
  look.cues1 = cues;
  look.lettersEnd = end;
  return end;
}

/** What the words before a word with a capital say of it. */
function called(text: string, start: number, gap: number, look: Look): void {
  const { seen, cues1, cues2 } = look;
  const before = text.charCodeAt(start - 1);
  if (before !== 0x20 ? isDash(before) : isDash(text.charCodeAt(start - 2))) seen.order |= order.DASHED;
  if (gap > MAX_CALL) return;
  seen.called |= cues1;
  if ((cues1 & cue.NAMING) !== 0 || ((cues1 & cue.BETWEEN) !== 0 && (cues2 & cue.SPOKE) !== 0))
    seen.order |= order.SPOKEN_TO;
  if ((cues2 & cue.NAME) !== 0 || ((cues1 & cue.FROM) !== 0 && (cues2 & cue.SENT) !== 0)) seen.order |= order.NAMED;
}
function isDash(unit: number): boolean {
  return unit === 0x2d || unit === 0x7e || unit === 0x2013 || unit === 0x2014;
}

/** 12 Long Lane; 12b, Long Lane; 5 rue Longue; 138O0138OOO */
function afterNumber(start: number, first: number, cues: number, look: Look): void {
  const gap = start - look.numberAt;
  if (gap > MAX_RUE_GAP) return;
  const { seen } = look;
  if ((cues & cue.FRENCH_STREET) !== 0) seen.order |= order.NUMBERED_RUE;
  if (gap > MAX_GAP + 1) return;
  if (first < 0x60 || first > 0x7f) seen.order |= order.NUMBERED;
  if (gap === 1 && (first === 0x6f || first === 0x6c || first < 0x60)) seen.order |= order.LOOKALIKE;
}
/** 5 bis, rue Longue */
const MAX_RUE_GAP = 8;

/** (at), (a), _at_, ät */
function shortWord(text: string, start: number, first: number, cues: number, { seen }: Look): void {
  if (first === 0xe4) seen.traits |= trait.AT;
  if ((cues & cue.SIGN_AT) === 0 && (first | 0x20) !== 0x61) return;
  const before = text.charCodeAt(start - 1);
  if (before === 0x5f || isBracket(before) || (before <= 0x20 && isBracket(text.charCodeAt(start - 2)))) {
    seen.traits |= trait.AT;
  }
}
function isBracket(unit: number): boolean {
  return unit === 0x28 || unit === 0x5b || unit === 0x7b || unit === 0x3c || unit === 0x3010 || unit === 0xff08;
}

function mark(text: string, at: number, unit: number, look: Look): void {
  const { seen } = look;
  const next = text.charCodeAt(at + 1);
  if (unit === 0x2e) {
    // 10.0.0.1, 001a.2b3c.4d5e
    if (at - look.dotAt >= 2 && at - look.dotAt <= 5 && isHex(next)) seen.traits |= trait.NETWORK;
    look.dotAt = at;
    if (isBracket(text.charCodeAt(at - 1))) seen.traits |= trait.AT;
  } else if (unit === 0x2d) {
    if (at - look.dashAt === 3) seen.traits |= trait.NETWORK;
    look.dashAt = at;
  } else if (unit === 0x3a || unit === 0xff1a) {
    if (unit === 0x3a && at - look.colonAt <= 5) seen.traits |= trait.NETWORK;
    look.colonAt = at;
    if (at > 0 && '人名主客'.includes(text.charAt(at - 1))) seen.traits |= trait.WHO;
  } else if (unit === 0x40) {
    if (mayBeMail(text, at, look)) seen.traits |= trait.AT;
  } else if (unit === 0x23) {
    // #tag is none; name#example.com, (#) may be.
    if (text.charCodeAt(at - 1) > 0x20 || !isAscii(next)) seen.traits |= trait.AT;
  } else if (unit === 0x25 ? next === 0x34 : unit === 0x26 && next === 0x23) seen.traits |= trait.AT;
}
function isHex(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
}

/** Is there a name before this @, and a domain with a dot of some sort behind it? A handle (@united) at the begin of a word is none. */
function mayBeMail(text: string, at: number, look: Look): boolean {
  if (at === 0) return false;
  const before = text.charCodeAt(at - 1);
  // "name @example.com" has one space.
  if (before <= 0x20 && (before !== 0x20 || !(text.charCodeAt(at - 2) > 0x20))) return false;
  let end = at + 1;
  if (text.charCodeAt(end) <= 0x20) end += 1;
  const first = text.charCodeAt(end);
  while (isAscii(text.charCodeAt(end)) || text.charCodeAt(end) === 0x2d) end += 1;
  // Behind a provider's name or the word dot the rest may be missing.
  look.seen.order |= order.HANDLE;
  if (first <= 0x39) return true;
  const next = text.charCodeAt(end);
  return DOTS.has(next === 0x20 ? text.charCodeAt(end + 1) : next) || next > 0x7f;
}
/** . ( [ { < 点 點 */
const DOTS: ReadonlySet<number> = new Set(Array.from('.([{<点點', (dot) => dot.charCodeAt(0)));
/** A letter or digit. */
function isAscii(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a);
}
