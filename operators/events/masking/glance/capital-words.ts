/** What words with capitals say, and words behind them: which may be names, and which words stand before them. */
import { BEFORE_BETWEEN, BEFORE_NAME, isOfPair, says, STREETS } from './exact-cues.ts';
import * as known from './known-words.ts';
import type { Look } from './look.ts';
import { isSigned } from './mark-signs.ts';
import * as order from './word-order.ts';
import * as cue from './word-cues.ts';
import { COMMON, FIRST_NAME, OF_PAIR, traitsIn } from './word-shape.ts';
import { isCapital, unitAt } from '../unit-at.ts';

/** John van der Berg */
const MAX_BETWEEN = 10;
/** Between a word and the name that follows it. */
const MAX_CALL = 6;
/** left it at, picked me up at */
export const HOME_WORDS = 4;

/** A word with a capital. */
export function large(
  text: string,
  start: number,
  end: number,
  isLoud: boolean,
  look: Look,
  cues: number,
  place: number,
): void {
  const { seen } = look;
  const gap = start - look.lettersEnd;
  const before = gap > MAX_CALL ? 0 : cuesBefore(text, look);
  const own = place >= 0 ? (known.TRAITS_OF[place] as number) : traitsIn(text, start, end);
  const isRare = end - start > 1 && (own & COMMON) === 0;
  if (isRare) seen.order |= order.NAME_WORD;
  const isFirst = (own & FIRST_NAME) !== 0;
  look.isName = isRare || isFirst || mayBeName(text, start, end);
  const isStrong = isFirst || (own & OF_PAIR) !== 0 || mayFollowCue(text, start, look);
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
  seen.capital |= place >= 0 ? (known.STREETS_OF[place] as number) : STREETS.cuesOf(text, start, end, cues);
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

/** What the word before says of a name that follows it. */
function cuesBefore(text: string, { place1, lettersStart, lettersEnd, cues1 }: Look): number {
  return place1 >= 0 ? (known.BEFORE_OF[place1] as number) : BEFORE_NAME.cuesOf(text, lettersStart, lettersEnd, cues1);
}

/** Is it behind what may be a word that goes with names (latin-pairs.ts)? */
function mayFollowCue(text: string, start: number, { place1, lettersStart, lettersEnd }: Look): boolean {
  if (start - lettersEnd > MAX_CALL) return false;
  const before = unitAt(text, start - 2);
  // One letter or mark and a space stand before it.
  if (before === 0x2c || before === 0x3a || before === 0x20) return true;
  return place1 >= 0 ? ((known.TRAITS_OF[place1] as number) & OF_PAIR) !== 0 : isOfPair(text, lettersStart, lettersEnd);
}

/** A word without one, behind a name. */
export function small(text: string, start: number, end: number, cues: number, look: Look): void {
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
