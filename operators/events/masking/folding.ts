/**
 * A text as masking reads it: digits of every script, full-width letters, spaces, dashes and what has no width folded to ASCII, and
 * percent-encoding undone, so that each rule knows one way of writing. What a rule finds there is replaced in the text as it was written.
 */

import { at } from '../../../engine/core/must.ts';
import type { Steps } from '../../../engine/core/steps/steps.ts';
import { escapedAt } from './links/percent.ts';

export interface Reading {
  /** As it was written, and masked so far. */
  readonly text: string;
  /** The same, folded: what the rules look at. */
  readonly read: string;
  /** By unit of `read`, and one for its end: where it begins in `text`. null: both texts are the same. */
  readonly starts: Int32Array | null;
}
/** A part of `read`, and what takes its place. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/** Where the digit 0 of scripts beside ASCII stands; the nine others follow. */
const ZEROS: readonly number[] = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0,
  0x0f20, 0x1040, 0x17e0, 0x1810,
];
/** 𝟎 to 𝟿: bold, double-struck, sans-serif and monospace digits, ten of each. */
const MATH_FROM = 0x1d7ce;
const MATH_TO = 0x1d7ff;

const GONE = 1;
const PERCENT = 0x25;
/** By code unit: 0 for what stays, 1 for what goes, else what it becomes. */
const FOLDED: Uint16Array = foldedUnits();

function foldedUnits(): Uint16Array {
  const table = new Uint16Array(0x10000);
  const to = (from: number, last: number, unit: number): void => void table.fill(unit, from, last + 1);
  for (const zero of ZEROS) for (let i = 0; i < 10; i += 1) table[zero + i] = 0x30 + i;
  // Of full width; commas, brackets, colons and the like are Chinese punctuation, which the rules know.
  for (const [from, last] of [
    [0xff03, 0xff07],
    [0xff0a, 0xff0b],
    [0xff0d, 0xff19],
    [0xff1d, 0xff1d],
    [0xff20, 0xff5d],
  ] as const) {
    for (let unit = from; unit <= last; unit += 1) table[unit] = unit - 0xfee0;
  }
  for (let unit = 0xff66; unit <= 0xff9d; unit += 1)
    table[unit] = String.fromCharCode(unit).normalize('NFKC').charCodeAt(0);
  for (const space of [0xa0, 0x1680, 0x202f, 0x205f, 0x3000]) table[space] = 0x20;
  to(0x2000, 0x200a, 0x20);
  for (const dash of [0x2212, 0xfe58, 0xfe63]) table[dash] = 0x2d;
  to(0x2010, 0x2015, 0x2d);
  // Subscripts and superscripts.
  for (let i = 0; i < 10; i += 1) table[0x2080 + i] = 0x30 + i;
  for (let i = 4; i < 10; i += 1) table[0x2070 + i] = 0x30 + i;
  for (const [unit, digit] of [
    [0x2070, 0x30],
    [0xb9, 0x31],
    [0xb2, 0x32],
    [0xb3, 0x33],
  ] as const) {
    table[unit] = digit;
  }
  table[0xfe6b] = 0x40;
  for (const [from, last] of [
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x2064],
    [0x2066, 0x2069],
    [0xfe00, 0xfe0f],
  ] as const) {
    to(from, last, GONE);
  }
  for (const unit of [0xad, 0x61c, 0x180e, 0x20e3, 0xfeff]) table[unit] = GONE;
  return table;
}

/** Is this unit read as another one? */
export function isFolded(unit: number): boolean {
  return unit === PERCENT || (unit > 0x7f && (FOLDED[unit] !== 0 || unit === 0xd835));
}

/** @param folds does the text hold a unit that is folded? */
export function readingOf(text: string, folds: boolean): Reading {
  if (!folds) return { text, read: text, starts: null };
  const starts = new Int32Array(text.length + 1);
  let read = '';
  let length = 0;
  /** What stays as it is, from here on. */
  let from = 0;
  for (let at = 0, next = 0; at < text.length; at = next) {
    next = at + 1;
    let point = text.charCodeAt(at);
    if (point === PERCENT) {
      const escaped = escapedAt(text, at);
      if (escaped !== null) ({ point, end: next } = escaped);
    } else if (point === 0xd835) {
      point = text.codePointAt(at) ?? point;
      if (point > 0xffff) next += 1;
    }
    const folded = point > 0xffff ? mathDigit(point) : point > 0x7f ? (FOLDED[point] as number) : 0;
    if (folded === 0 && next === at + 1) {
      starts[length++] = at;
      continue;
    }
    read += text.slice(from, at);
    from = next;
    if (folded === GONE) continue;
    starts[length++] = at;
    if (folded !== 0) read += String.fromCharCode(folded);
    else {
      read += String.fromCodePoint(point);
      // Both halves are one: nothing begins between them.
      if (point > 0xffff) starts[length++] = at;
    }
  }
  if (from === 0) return { text, read: text, starts: null };
  read += text.slice(from);
  starts[length] = text.length;
  return { text, read, starts: starts.subarray(0, length + 1) };
}

/** 0: it is none. */
function mathDigit(point: number): number {
  return point >= MATH_FROM && point <= MATH_TO ? 0x30 + ((point - MATH_FROM) % 10) : 0;
}

/** @param edits in order, none within another; what they put is ASCII or stands in `read` already */
export function* edited(reading: Reading, edits: readonly Edit[]): Steps<Reading> {
  if (edits.length === 0) return reading;
  const { text, read, starts } = reading;
  let newRead = '';
  let piece = '';
  let from = 0;
  let done = 0;
  for (const edit of edits) {
    piece += read.slice(from, edit.from) + edit.put;
    from = edit.to;
    if (++done % EDITS_A_STEP > 0) continue;
    newRead += ofOnePiece(piece);
    piece = '';
    yield;
  }
  newRead += piece + read.slice(from);
  if (starts === null) return { text: newRead, read: newRead, starts };
  yield;
  return { read: newRead, ...(yield* editedText(text, starts, edits, newRead.length)) };
}
const EDITS_A_STEP = 1000;

/** The same of a brief text that nothing is folded in. */
export function editedNow(text: string, edits: readonly Edit[]): string {
  let masked = '';
  let from = 0;
  for (const edit of edits) {
    masked += text.slice(from, edit.from) + edit.put;
    from = edit.to;
  }
  return masked + text.slice(from);
}

/** Reading a unit joins a text that was put together of many: all of a long one at once would take too long. */
const ofOnePiece = (text: string): string => (Number.isNaN(text.charCodeAt(0)) ? '' : text);

function* editedText(
  text: string,
  starts: Int32Array,
  edits: readonly Edit[],
  length: number,
): Steps<{ readonly text: string; readonly starts: Int32Array }> {
  const newStarts = new Int32Array(length + 1);
  let out = '';
  let from = 0;
  let count = 0;
  let done = 0;
  const keepTo = (to: number): void => {
    const shift = out.length - at(starts, from);
    for (let i = from; i < to; i += 1) newStarts[count++] = at(starts, i) + shift;
    out += text.slice(at(starts, from), at(starts, to));
  };
  for (const edit of edits) {
    keepTo(edit.from);
    for (let i = 0; i < edit.put.length; i += 1) newStarts[count++] = out.length + i;
    out += edit.put;
    from = edit.to;
    if (++done % EDITS_A_STEP === 0) yield;
  }
  keepTo(starts.length - 1);
  newStarts[count] = out.length;
  return { text: out, starts: newStarts };
}
