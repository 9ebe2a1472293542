/**
 * Personal numbers in free text. Digits may be full-width and grouped by spaces, dashes, dots or brackets.
 *
 * A stretch of digit groups is cut into the shortest runs of whole groups that are such a number (personal-number.ts); whole,
 * because part of a longer number is not one.
 */
import type { Steps } from '../../../engine/core/steps.ts';
import {
  closedNumber,
  HOTLINE,
  keep,
  openNumber,
  FEW_GROUPS,
  possibleInFew,
  possibleInMany,
  type Run,
} from './personal-number.ts';
import { replaced, type MaskedText } from './replaced.ts';

const DIGIT = '0-9０-９';
/** Nothing shorter than this many digits in all can hold a personal number. */
const LEAST_DIGITS = 7;
export const MAYBE_NUMBER = new RegExp(`(?:[${DIGIT}][^${DIGIT}]{0,3}){${LEAST_DIGITS}}`);
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
}
interface Found {
  /** Index of the last group that belongs to it. */
  readonly last: number;
  readonly end: number;
  readonly masked: string;
}

/**
 * The text with its personal numbers masked, and how many there were. Masking twice changes nothing more. `thorough` looks at
 * every run of groups, which tests hold the shorter way to.
 */
export function* maskNumbers(text: string, thorough = false): Steps<MaskedText> {
  let out = '';
  let from = 0;
  let count = 0;
  let looks = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const start = at;
    at = stretchEnd(text, start);
    if (at - start < LEAST_DIGITS) continue;
    const stretch = yield* stretchOf(text, start, at);
    if (stretch === null) continue;
    for (let i = 0; i < stretch.starts.length; i += 1) {
      if (++looks % LOOKS_A_STEP === 0) yield;
      const found = numberAt(stretch, i, thorough);
      if (found === null) continue;
      out += text.slice(from, stretch.starts[i]) + found.masked;
      from = found.end;
      i = found.last;
      count += 1;
    }
  }
  return count === 0 ? { text, count } : { text: out + text.slice(from), count };
}
/** For numbers, at so many groups the loop may be handed over. */
const LOOKS_A_STEP = 256;

/** Not by an expression: of a long stretch it would remember every step. */
function stretchEnd(text: string, from: number): number {
  for (let end = from + 1; ;) {
    while (isDigit(text.charCodeAt(end))) end += 1;
    let next = end;
    while (next - end < MAX_SEPARATORS && isSeparator(text.charCodeAt(next))) next += 1;
    if (!isDigit(text.charCodeAt(next))) return end;
    end = next;
  }
}

/** null: it has too few digits for a number. */
function* stretchOf(text: string, from: number, to: number): Steps<Stretch | null> {
  const digits = new Uint8Array(to - from);
  const stretch: Stretch = { text, starts: [], ends: [], at: [], digits };
  let count = 0;
  let groups = 0;
  for (let start = from; start < to;) {
    const at = count;
    let end = start;
    for (let unit = text.charCodeAt(end); isDigit(unit); unit = text.charCodeAt(end)) {
      // Those of full width begin at 0xff10, the others at 0x30.
      digits[count++] = unit & 0x0f;
      end += 1;
    }
    // What an earlier masking left of a number (138****5678) is no part of another one.
    if (end - start > 6 || !(isRemnant(text, end, 1) || isRemnant(text, start - 1, -1))) {
      stretch.starts.push(start);
      stretch.ends.push(end);
      stretch.at.push(at);
    }
    if (++groups % GROUPS_A_STEP === 0) yield;
    start = end;
    while (start < to && !isDigit(text.charCodeAt(start))) start += 1;
  }
  return count < LEAST_DIGITS ? null : stretch;
}
const GROUPS_A_STEP = 2048;

/** Is there `***`, with a digit at its far side? */
function isRemnant(text: string, at: number, step: 1 | -1): boolean {
  let stars = 0;
  let i = at;
  for (; text[i] === '*' && stars < 20; i += step) stars += 1;
  return stars >= 3 && isDigit(text.charCodeAt(i));
}

function isDigit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0xff10 && unit <= 0xff19);
}

/** Spaces, brackets, dots and dashes. */
function isSeparator(unit: number): boolean {
  return (
    unit === 0x20 ||
    unit === 0x2d ||
    unit === 0x2e ||
    unit === 0x28 ||
    unit === 0x29 ||
    unit === 0xa0 ||
    unit === 0x3000 ||
    (unit >= 0x2010 && unit <= 0x2015) ||
    (unit >= 0xff08 && unit <= 0xff09) ||
    unit === 0xff0d
  );
}

const MAX_GROUPS = 19;
const MAX_DIGITS = 19;
const ANY_LENGTH = ~0;

/** The number that begins with this group. */
function numberAt(stretch: Stretch, first: number, thorough: boolean): Found | null {
  const { text, starts, ends, at, digits } = stretch;
  const start = starts[first] ?? 0;
  const from = at[first] ?? 0;
  const plus = text[start - 1] === '+' || text[start - 1] === '＋';
  // Words stand before the first group only; before the others stand digits.
  const cue = first === 0 ? text.slice(Math.max(0, start - 24), start) : '';
  const isOpen = thorough || plus || cue !== '';
  const inMany = isOpen ? ANY_LENGTH : possibleInMany(digits, from);
  const inFew = isOpen ? ANY_LENGTH : possibleInFew(digits, from);
  const end = Math.min(starts.length, first + MAX_GROUPS);
  let open: Found | null = null;
  for (let last = first; last < end; last += 1) {
    const length = (at[last] ?? 0) + (ends[last] ?? 0) - (starts[last] ?? 0) - from;
    if (length > MAX_DIGITS) break;
    const possible = last - first < FEW_GROUPS ? inFew : inMany;
    if (length < LEAST_DIGITS || ((possible >>> length) & 1) === 0) {
      if (possible >>> length === 0) break;
      continue;
    }
    const run = runOf(
      stretch,
      first,
      last,
      String.fromCharCode(...digits.subarray(from, from + length).map(asUnit)),
      plus,
      cue,
    );
    if (length <= 11 && HOTLINE.test(run.digits)) continue;
    const closed = closedNumber(run);
    if (closed !== null) return { last, end: run.end + (closed.takesX ? 1 : 0), masked: closed.text };
    const masked = openNumber(run);
    if (masked !== null) open = { last, end: run.end, masked };
  }
  return open;
}

const asUnit = (digit: number): number => digit + 0x30;

function runOf(
  { text, starts, ends }: Stretch,
  first: number,
  last: number,
  digits: string,
  plus: boolean,
  cue: string,
): Run {
  const lengths: number[] = [];
  let joint = '';
  for (let i = first; i <= last; i += 1) {
    const start = starts[i] ?? 0;
    if (i > first) joint += text.slice(ends[i - 1], start);
    lengths.push((ends[i] ?? 0) - start);
  }
  return { plus, cue, digits, lengths, joint, text, end: ends[last] ?? 0 };
}

/** A mobile number in Chinese numerals, as speech recognition writes it. */
const SPELLED =
  /(?<![零〇一二三四五六七八九幺])[一幺][三四五六七八九][零〇一二三四五六七八九幺]{9}(?![零〇一二三四五六七八九幺])/g;

export const SPELLED_HINT = /[零〇一二三四五六七八九幺]{11}/;

export function maskSpelled(text: string): Steps<MaskedText> {
  return replaced(text, SPELLED, ([number]) => keep(number, 3, 4));
}
