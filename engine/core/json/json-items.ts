/**
 * A list in JSON, cut into its items without decoding any: a batch may be megabytes, and what decodes it whole holds the event
 * loop that long. If each item is JSON then so is the list, and the other way round.
 */
import type { Steps } from '../steps/steps.ts';

/** What may nest around and inside an event. */
export const MAX_JSON_DEPTH = 64;

/** `more`: there are more than were wanted. */
export type ListItems =
  { readonly items: readonly Uint8Array[] } | { readonly fault: string } | { readonly more: true };

const BYTES_A_STEP = 128 * 1024;

/** @param from where the list opens */
export function* jsonItems(bytes: Uint8Array, from: number, most: number): Steps<ListItems> {
  const items: Uint8Array[] = [];
  const end = bytes.length;
  let depth = 0;
  let begin = from + 1;
  let yieldAt = from + BYTES_A_STEP;
  let at = from;
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; at < end && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) return { fault: TOO_DEEP };
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (--depth === 0) break;
    } else if (byte === COMMA && depth === 1) {
      if (items.length === most) return { more: true };
      items.push(trimmed(bytes, begin, at));
      begin = at + 1;
    }
    if (at < yieldAt) continue;
    yield;
    yieldAt = at + BYTES_A_STEP;
  }
  if (at >= end) return { fault: `it ends too early (after ${end} bytes): expected , or ]` };
  const last = trimmed(bytes, begin, at);
  if (last.length > 0 || items.length > 0) items.push(last);
  if (items.length > most) return { more: true };
  const rest = trimmed(bytes, at + 1, end);
  if (rest.length === 0) return { items };
  return { fault: `at byte ${rest.byteOffset - bytes.byteOffset + 1}: expected the end, after one complete value` };
}

/** Whether a JSON text nests deeper than anything we read: a decoder would take its time to follow. */
export function nestsTooDeep(bytes: Uint8Array): boolean {
  const end = bytes.length;
  let depth = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; at < end && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}
export const TOO_DEEP = `it nests deeper than ${MAX_JSON_DEPTH} levels`;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Without the white space around it. */
function trimmed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  let begin = from;
  let end = to;
  while (begin < end && isSpace(bytes[begin])) begin += 1;
  while (end > begin && isSpace(bytes[end - 1])) end -= 1;
  return bytes.subarray(begin, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
