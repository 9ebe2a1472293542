/**
 * Looks a MessagePack message over before it is decoded. A decoder believes the lengths it reads (five bytes can make it
 * reserve a list of millions), recurses as deep as the sender likes, and gives values that JSON does not have; after this
 * scan it can do none of that. One pass, no recursion, nothing allocated but a small stack.
 */

import type { ListItems } from '../../core/json/json-items.ts';
import type { Steps } from '../../core/steps/steps.ts';

/** What may nest in a message around and inside an event. */
const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;

// One scan at a time, so that the stack can be used again.
/** Values still to come at each level; for maps names and values both count, distinguished by `isMap` and parity. */
const left = new Float64Array(MAX_DEPTH + 1);
const isMap = new Uint8Array(MAX_DEPTH + 1);

/** `converts`: it is decodable, and holds timestamps, which become RFC 3339 text. Else a sentence without content. */
export function scanMessagePack(bytes: Uint8Array): { readonly converts: boolean } | { readonly fault: string } {
  const scan = scanValue(bytes, 0);
  if ('fault' in scan || scan.end === bytes.length) return scan;
  return { fault: followed(bytes.length - scan.end, scan.end) };
}

/** The items of a message that is a list, undecoded. */
export function* messagePackItems(bytes: Uint8Array, most: number): Steps<ListItems> {
  const size = SIZES[(bytes[0] ?? 0) - 0xc0] ?? 0;
  let count = (bytes[0] ?? 0) & 0x0f;
  if (size > 0) count = bytes.subarray(1, 1 + size).reduce((length, byte) => length * 256 + byte, 0);
  if (bytes.length < 1 + size) return { fault: `it ends too early (after ${bytes.length} bytes)` };
  if (count > bytes.length - 1 - size)
    return { fault: 'the list at byte 0 names more values than there are bytes left' };
  if (count > most) return { more: true };
  const items: Uint8Array[] = [];
  let at = 1 + size;
  for (let yieldAt = BYTES_A_STEP; items.length < count;) {
    const scan = scanValue(bytes, at);
    if ('fault' in scan) return scan;
    items.push(bytes.subarray(at, scan.end));
    at = scan.end;
    if (at < yieldAt) continue;
    yield;
    yieldAt = at + BYTES_A_STEP;
  }
  return at === bytes.length ? { items } : { fault: followed(bytes.length - at, at) };
}
const BYTES_A_STEP = 64 * 1024;

function followed(bytes: number, at: number): string {
  return `${bytes} bytes follow after the value ends at byte ${at}`;
}

/** The value that begins at `from`, and where it ends. */
function scanValue(
  bytes: Uint8Array,
  from: number,
): { readonly converts: boolean; readonly end: number } | { readonly fault: string } {
  const end = bytes.length;
  let depth = 0;
  let at = from;
  let values = 0;
  let converts = false;
  left[0] = 1;
  isMap[0] = 0;
  for (;;) {
    while (left[depth] === 0) {
      if (depth === 0) return { converts, end: at };
      depth -= 1;
    }
    if (at >= end) return { fault: `it ends too early (after ${end} bytes)` };
    if (++values > MAX_VALUES) return { fault: `it holds more than ${MAX_VALUES} values` };
    const isName = isMap[depth] === 1 && (left[depth] ?? 0) % 2 === 0;
    left[depth] = (left[depth] ?? 0) - 1;
    const start = at;
    const byte = bytes[at++] ?? 0;
    let length = 0;
    let items = -1;
    let map = false;
    if (byte < 0x80 || byte >= 0xe0) {
      if (isName) return notAName(start);
      continue;
    }
    if (byte < 0x90) {
      items = byte & 0x0f;
      map = true;
    } else if (byte < 0xa0) {
      items = byte & 0x0f;
    } else if (byte < 0xc0) {
      at += byte & 0x1f;
      if (at > end) return { fault: `the string at byte ${start} is longer than what is left` };
      continue;
    } else {
      const size = SIZES[byte - 0xc0] ?? 0;
      if (at + size > end) return { fault: `it ends too early (after ${end} bytes)` };
      for (let i = 0; i < size; i += 1) length = length * 256 + (bytes[at + i] ?? 0);
      switch (byte) {
        case 0xd9:
        case 0xda:
        case 0xdb:
          at += size + length;
          if (at > end) return { fault: `the string at byte ${start} is longer than what is left` };
          continue;
        case 0xdc:
        case 0xdd:
          items = length;
          break;
        case 0xde:
        case 0xdf:
          items = length;
          map = true;
          break;
        case 0xc0:
        case 0xc2:
        case 0xc3:
        case 0xca:
        case 0xcb:
        case 0xcc:
        case 0xcd:
        case 0xce:
        case 0xcf:
        case 0xd0:
        case 0xd1:
        case 0xd2:
        case 0xd3:
          if (isName) return notAName(start);
          break;
        case 0xd6:
        case 0xd7:
          // Timestamps (extension −1) of 32 and 64 bits; the one of 96 bits is for years beyond 2514.
          if (bytes[at] !== 0xff) return notJson(start);
          if (isName) return notAName(start);
          converts = true;
          at += byte === 0xd6 ? 5 : 9;
          if (at > end) return { fault: `it ends too early (after ${end} bytes)` };
          continue;
        default:
          return notJson(start);
      }
      at += size;
    }
    if (items < 0) continue;
    if (isName) return notAName(start);
    if (items * (map ? 2 : 1) > end - at) {
      return { fault: `the ${map ? 'map' : 'list'} at byte ${start} names more values than there are bytes left` };
    }
    if (depth === MAX_DEPTH) return { fault: `it nests deeper than ${MAX_DEPTH} levels` };
    depth += 1;
    left[depth] = map ? items * 2 : items;
    isMap[depth] = map ? 1 : 0;
  }
}

/** Bytes after each marker from 0xc0 on: of its value, or of its length. */
const SIZES: readonly number[] = [
  0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
];

function notAName(at: number): { fault: string } {
  return { fault: `the map's name at byte ${at} is not a string` };
}
function notJson(at: number): { fault: string } {
  return { fault: `the value at byte ${at} is binary or an extension, which JSON does not have` };
}
