/**
 * Personal numbers in a folded text (folding.ts). Digits may be grouped by spaces, dashes, dots, brackets and the like.
 *
 * A stretch of digit groups is cut into runs of whole groups that are such a number (personal-number.ts); whole, because part of a
 * longer number is not one.
 */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import { wholeRun } from './numbers/digit-runs.ts';
import type { Edit } from './folding.ts';
import { CUE_UNITS, cueOf, isMeasured, isPhoneAfter, type Cue } from './number-cues.ts';
import { FEW_GROUPS, personalNumber, possibleInFew, possibleInMany, type Masked } from './personal-number.ts';
import { unitAt } from './unit-at.ts';

/** Nothing shorter than this many digits in all can be a personal number. */
export const LEAST_DIGITS = 7;
/** Between two digits of one stretch stand at most so many separators. */
const MAX_SEPARATORS = 3;

/** Groups of digits that may belong together. */
interface Stretch {
  readonly text: string;
  /** By group: where in the text it begins and ends, and where in `digits`. */
  readonly starts: number[];
  readonly ends: number[];
  readonly at: number[];
  /** All of them, 0 to 9. */
  readonly digits: Uint8Array;
  /** Of the words before it. */
  cue: Cue | null;
}
interface Found extends Masked {
  /** Index of the last group that belongs to it. */
  readonly last: number;
  readonly end: number;
}

/** `thorough` looks at every run of groups, which tests hold the shorter way to. */
export function* numbersIn(text: string, thorough = false): Steps<Edit[]> {
  const edits: Edit[] = [];
  let looks = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const start = at;
    at = stretchEnd(text, start);
    while (at < 0) {
      yield;
      at = stretchEnd(text, ~at);
    }
    if (at - start < LEAST_DIGITS) continue;
    if (++looks % LOOKS_A_STEP === 0) yield;
    const stretch = yield* stretchOf(text, start, at);
    if (stretch === null) continue;
    for (let i = 0; i < stretch.starts.length; i += 1) {
      if (++looks % LOOKS_A_STEP === 0) yield;
      const found = numberAt(stretch, i, thorough);
      if (found === null) continue;
      i = found.put === null ? found.last : masked(stretch, i, found, found.put, edits);
    }
  }
  return edits;
}
/** Adds its edit, or that of the run it is a part of, which stays behind a word for an order; the last group that is done with. */
function masked({ text, starts, cue }: Stretch, first: number, found: Found, put: string, edits: Edit[]): number {
  const from = starts[first] as number;
  const run = wholeRun(text, from, found.end, edits.at(-1)?.to ?? 0);
  const edit = run ?? withExtension(text, found, { from, to: found.end, put });
  if (run === null || cue !== 'order' || run.from !== starts[0]) edits.push(edit);
  let { last } = found;
  while (last + 1 < starts.length && (starts[last + 1] as number) < edit.to) last += 1;
  return last;
}
/** 503-555-0123 x45: a desk behind a line, hidden with it. */
function withExtension(text: string, { rank }: Found, edit: Edit): Edit {
  const [found, word = ''] = (rank === FIXED_RANK ? null : EXTENSION.exec(text.slice(edit.to, edit.to + 20))) ?? [];
  return found === undefined ? edit : { from: edit.from, to: edit.to + found.length, put: `${edit.put}${word}***` };
}
const EXTENSION = /^([ ,，]{0,2}(?:ext(?:ension)?[.:]?|x(?=[0-9]{2})|转接?|分机号?[:：]?) ?)[0-9]{1,5}(?![0-9])/i;

/** For numbers, at so many groups the loop may be handed over. */
const LOOKS_A_STEP = 64;

/** Not by an expression: of a long stretch it would remember every step. `~end`: it goes on from there, after so many groups. */
function stretchEnd(text: string, from: number): number {
  for (let end = from + 1, groups = 1; ; groups += 1) {
    while (isDigit(unitAt(text, end))) end += 1;
    const next = gapEnd(text, end);
    if (next === end || !isDigit(unitAt(text, next))) return end;
    end = next;
    if (groups === GROUPS_A_STEP) return ~end;
  }
}

/** A single star between two digits separates them; more are what masking left. */
function gapEnd(text: string, from: number): number {
  if (unitAt(text, from) === 0x2a) return from + 1;
  let next = from;
  while (next - from < MAX_SEPARATORS && isSeparator(unitAt(text, next))) next += 1;
  return next;
}

/** null: it has too few digits for a number. */
function* stretchOf(text: string, from: number, to: number): Steps<Stretch | null> {
  const digits = new Uint8Array(to - from);
  const stretch: Stretch = { text, starts: [], ends: [], at: [], digits, cue: null };
  let count = 0;
  let groups = 0;
  for (let start = from; start < to;) {
    const at = count;
    let end = start;
    for (let unit = unitAt(text, end); isDigit(unit); unit = unitAt(text, end)) {
      digits[count++] = unit & 0x0f;
      end += 1;
    }
    // What an earlier masking left of a number (138****5678) is no part of another one.
    if (end - start > 6 || !(isRemnant(text, end, 1) || isRemnant(text, start - 1, -1))) {
      // Mobile numbers without anything between them: two, three, four.
      const own = isMobilesInARow(digits, at, count) ? MOBILE_DIGITS : end - start;
      for (let part = start; part < end; part += own) {
        stretch.starts.push(part);
        stretch.ends.push(part + own);
        stretch.at.push(at + part - start);
      }
    }
    if (++groups % GROUPS_A_STEP === 0) yield;
    start = end;
    while (start < to && !isDigit(unitAt(text, start))) start += 1;
  }
  return count < LEAST_DIGITS ? null : stretch;
}
const GROUPS_A_STEP = 2048;

const MOBILE_DIGITS = 11;
function isMobilesInARow(digits: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 2 * MOBILE_DIGITS || length > 4 * MOBILE_DIGITS || length % MOBILE_DIGITS !== 0) return false;
  for (let at = from; at < to; at += MOBILE_DIGITS) if (digits[at] !== 1 || (digits[at + 1] ?? 0) < 3) return false;
  return true;
}

/** Is there `***`? */
function isRemnant(text: string, at: number, step: 1 | -1): boolean {
  return text[at] === '*' && text[at + step] === '*' && text[at + 2 * step] === '*';
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Spaces, line ends, brackets, dots, dashes, slashes, commas. */
const SEPARATORS: ReadonlySet<number> = new Set(
  Array.from(' \t\n\r()[]（）【】.。-/\\_,，、·•・‧∙~～|…', (c) => c.charCodeAt(0)),
);
function isSeparator(unit: number): boolean {
  return SEPARATORS.has(unit);
}

const MAX_GROUPS = 19;
const MAX_DIGITS = 19;
const ANY_LENGTH = ~0;

/** The number that begins with this group. */
function numberAt(stretch: Stretch, first: number, thorough: boolean): Found | null {
  const { text, starts, ends, at, digits } = stretch;
  const start = starts[first] as number;
  const from = at[first] as number;
  const plus = /[+＋➕]\s?[(（]?$/.test(text.slice(Math.max(0, start - 3), start));
  const isOpen = thorough || plus || first === 0;
  const inMany = isOpen ? ANY_LENGTH : possibleInMany(digits, from);
  const inFew = isOpen || laterCue(stretch) === 'phone' ? ANY_LENGTH : possibleInFew(digits, from);
  const end = Math.min(starts.length, first + MAX_GROUPS);
  let best: Found | null = null;
  for (let last = first; last < end; last += 1) {
    const length = (at[last] as number) + (ends[last] as number) - (starts[last] as number) - from;
    if (length > MAX_DIGITS) break;
    const possible = last - first < FEW_GROUPS ? inFew : inMany;
    if (length < LEAST_DIGITS || ((possible >>> length) & 1) === 0) {
      if (possible >>> length === 0) break;
      continue;
    }
    const masked = masksAs(stretch, first, last, plus);
    if (masked === null || (best !== null && masked.rank < best.rank)) continue;
    best = {
      ...masked,
      last,
      end: (ends[last] as number) + (masked.takesX === true ? takenX(text, ends[last] as number) : 0),
    };
    if (masked.rank === FIXED_RANK) break;
  }
  if (best !== null && stretch.cue === null) stretch.cue = 'none';
  return best;
}
/** Numbers of this rank have one length: the first that fits is it. */
const FIXED_RANK = 4;

function takenX(text: string, end: number): number {
  return /[ -]/.test(text[end] ?? '') ? 2 : 1;
}

function masksAs(stretch: Stretch, first: number, last: number, plus: boolean): Masked | null {
  const { text, starts, ends, at, digits } = stretch;
  const start = starts[first] as number;
  const end = ends[last] as number;
  const to = (at[last] as number) + end - (starts[last] as number);
  let joint = '';
  const lengths: number[] = [];
  for (let i = first; i <= last; i += 1) {
    if (i > first) joint += text.slice(ends[i - 1], starts[i]);
    lengths.push((ends[i] as number) - (starts[i] as number));
  }
  const after = text.slice(end, end + 20);
  const cue =
    first === 0 ? (stretch.cue ??= cueOf(text.slice(Math.max(0, start - CUE_UNITS), start))) : laterCue(stretch);
  return personalNumber({
    plus,
    cue: cue !== 'none' ? cue : isMeasured(after) ? 'amount' : isPhoneAfter(after) ? 'phone' : cue,
    digits: String.fromCharCode(...digits.subarray(at[first], to).map(asUnit)),
    lengths,
    joint,
    glued: first === 0 ? (/[A-Za-z]{1,12}$/.exec(text.slice(Math.max(0, start - 12), start))?.[0] ?? '') : '',
    after,
    isDecimal: /(?:^|[^0-9.])[0-9]{1,3}\.$/.test(text.slice(Math.max(0, start - 5), start)),
  });
}

/** A word for a phone is for each number of a list; any other for the first only. */
function laterCue({ cue }: Stretch): Cue {
  return cue === 'phone' ? 'phone' : 'none';
}

const asUnit = (digit: number): number => digit + 0x30;
