/** Words with capitals, and what stands around them: whether they may be names, and which words say so. */
import type { Look } from './look.ts';
import { isSigned } from './mark-signs.ts';
import { BEFORE_BETWEEN, BEFORE_NAME, COMMON, FIRST_NAME, listsOf, ROLE_OF_NAME, says, STREETS } from './exact-cues.ts';
import * as order from './word-order.ts';
import * as cue from './word-cues.ts';
import { isCued, mayBePairAt } from '../names/latin-pairs.ts';
import { isCallingAt } from '../names/mask-single-names.ts';
import { isCapital, unitAt } from '../unit-at.ts';

/** John van der Berg */
const MAX_BETWEEN = 10;
/** No two words of a name are as far from each other: the rest of the first, and two short words between. */
export const MOST_OF_NAME = 40;
/** Between a word and the name that follows it. */
const MAX_CALL = 6;
/** left it at, picked me up at */
export const HOME_WORDS = 4;

/** A word with a capital. */
export function large(text: string, start: number, end: number, isLoud: boolean, look: Look, cues: number): void {
  const { seen } = look;
  const gap = start - look.lettersEnd;
  const lists = listsOf(text, start, end);
  const before = gap > MAX_CALL ? 0 : BEFORE_NAME.cuesOf(text, look.lettersStart, look.lettersEnd, look.cues1);
  if (start - look.capitalEnd > MOST_OF_NAME) look.capitalsAt = start;
  else if (start - look.capitalEnd <= MAX_BETWEEN) {
    seen.order |= order.PAIR;
    if ((seen.order & order.NAMED_PAIR) === 0 && isNamed(text, lists, look) && mayBePairAt(text, look.capitalStart)) {
      seen.order |= order.NAMED_PAIR;
      seen.pairAt = look.capitalsAt;
    }
  }
  if (isLoud && end - start > 2) {
    if (start - look.loudEnd === 1 && look.isLoudCued) seen.order |= order.LOUD_PAIR;
    look.loudEnd = end;
    look.isLoudCued = gap <= 2 && (before & LOUD_CUES) !== 0;
  }
  if (start - look.selfNameAt <= MOST_OF_NAME) seen.order |= order.SELF_PAIR;
  if ((before & cue.SELF) !== 0 && isSelf(text, look)) look.selfNameAt = start;
  look.capitalStart = start;
  look.capitalLists = lists;
  look.capitalEnd = end;
  look.nameEnd = end;
  seen.capital |= STREETS.cuesOf(text, start, end, cues);
  if (isSigned(text, start)) seen.order |= order.DASHED;
  if (gap <= MAX_CALL) called(text, before, look);
}
/** I'm, I am; this is, here is; not that is. */
function isSelf(text: string, { lettersStart: start, lettersEnd: end }: Look): boolean {
  if (text.charCodeAt(end - 1) !== 0x73) return true;
  const before = unitAt(text, start - 2);
  return end - start === 2 && (before === 0x73 || before === 0x65);
}
/** Does anything say that this word and the one with a capital before it are a name? Most such pairs are none. */
function isNamed(text: string, lists: number, { capitalLists, capitalStart, capitalEnd }: Look): boolean {
  const next = text.charCodeAt(capitalEnd);
  // A space behind more than one letter, or what goes on a word: an apostrophe, a dash, letters of another script.
  if (next === 0x20 ? capitalEnd - capitalStart === 1 : next !== 0x27 && next !== 0x2d && next <= 0x7f) return false;
  return ((capitalLists & OF_FIRST) | (lists & FIRST_NAME)) !== 0 || isCued(text, capitalStart);
}
const OF_FIRST = FIRST_NAME | ROLE_OF_NAME;
const LOUD_CUES = cue.ROLE | cue.NAME | cue.BETWEEN | cue.GREETING | cue.TITLE | cue.SMALL_TITLE;

/**
 * May the last word with a capital be a name? No common one; and initials, what an apostrophe or a dash joins to another word, and
 * what stands before another word with a capital: rules for one name take a part of it.
 */
function isName(text: string, { capitalStart: start, capitalEnd: end, capitalLists: lists }: Look): boolean {
  const next = unitAt(text, end);
  if (end - start === 1 || next === 0x27 || next === 0x2019 || next === 0x2d) return true;
  if (next === 0x20) {
    const after = unitAt(text, end + 1);
    if (isCapital(after) || after >= 0xc0) return true;
  }
  return (lists & COMMON) === 0 || (lists & FIRST_NAME) !== 0;
}

/** A word without one, behind a name. */
export function small(text: string, start: number, end: number, cues: number, look: Look): void {
  const gap = start - look.lettersEnd;
  const between = unitAt(text, start - 1);
  if (gap === 1 && (between === 0x27 || between === 0x2019 || between === 0x2d)) look.nameEnd = end;
  else if (gap <= 2 && (cues & cue.SAYS) !== 0 && says(text, start) && isName(text, look))
    look.seen.order |= order.SAYING;
}

/** What the words before a word with a capital say of it. */
function called(text: string, cues: number, look: Look): void {
  const { seen, cues2, cues3 } = look;
  const before = (cues & cue.TITLE) === 0 || isTitle(text, look) ? cues : cues & ~cue.TITLE;
  seen.called |= before;
  if ((before & cue.AT_HOUSE) !== 0 && look.words - look.livesAt < HOME_WORDS) seen.order |= order.ADDRESSED;
  let asked = 0;
  if (
    (before & cue.NAMING) !== 0 ||
    ((before & cue.BETWEEN) !== 0 && (cues2 & cue.SPOKE) !== 0 && isSpokenTo(text, look))
  )
    asked = order.SPOKEN_TO;
  if ((before & cue.ROLE) !== 0 && ((cues2 | ((cues2 & cue.ROLE) === 0 ? 0 : cues3)) & cue.DETERMINER) !== 0)
    asked |= order.INTRODUCED;
  if ((cues2 & cue.NAME) !== 0 || ((before & cue.FROM) !== 0 && (cues2 & cue.SENT) !== 0)) asked |= order.NAMED;
  const named = before & OF_NAMED;
  if ((asked | named) === 0 || !isName(text, look)) return;
  seen.named |= (named & cue.SELF) === 0 || isCallingAt(text, look.capitalStart) ? named : named & ~cue.SELF;
  seen.order |= asked;
}
/** M. Dupont, and no m of I'm. */
function isTitle(text: string, { lettersStart, lettersEnd }: Look): boolean {
  return lettersEnd - lettersStart > 1 || (text.charCodeAt(lettersStart) === 0x4d && unitAt(text, lettersEnd) === 0x2e);
}
/** What rules ask of `named`. */
const OF_NAMED = cue.GREETING | cue.SIGN_OFF | cue.SELF | cue.NAME | cue.NAME_ABROAD;
function isSpokenTo(text: string, { start2, end2, cues2 }: Look): boolean {
  return (BEFORE_BETWEEN.cuesOf(text, start2, end2, cues2) & cue.SPOKE) !== 0;
}
