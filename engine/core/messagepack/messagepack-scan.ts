/**
 * Looks a MessagePack message over before it is decoded. A decoder believes the lengths it reads (five bytes can make it
 * reserve a list of millions), recurses as deep as the sender likes, and gives values that JSON does not have; after this
 * scan it can do none of that. One pass, no recursion, nothing allocated but what it returns.
 */

import type { ListItems } from '../json/json-items.ts';
import { at as itemAt } from '../must.ts';
import type { Steps } from '../steps/steps.ts';

/** What may nest in a message around and inside an event. */
const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;

const BYTES_A_STEP = 64 * 1024;

interface Fault {
  /** A sentence without content. */
  readonly fault: string;
}

/** One scan at a time: the stack is used again. */
export class MessagePackScanner {
  /** Values still to come at each level; for maps names and values both count, distinguished by `#isMap` and parity. */
  readonly #left = new Float64Array(MAX_DEPTH + 1);
  readonly #isMap = new Uint8Array(MAX_DEPTH + 1);

  /** `converts`: it is decodable, and holds timestamps, which become RFC 3339 text. */
  scan(bytes: Uint8Array): { readonly converts: boolean } | Fault {
    const scan = this.#scanValue(bytes, 0);
    if ('fault' in scan || scan.end === bytes.length) return scan;
    return followed(bytes.length - scan.end, scan.end);
  }

  /** The items of a message that is a list, undecoded. */
  *items(bytes: Uint8Array, most: number): Steps<ListItems> {
    const marker = bytes[0];
    if (marker === undefined) return endsEarly(0);
    const size = itemAt(SIZES, marker);
    if (bytes.length < 1 + size) return endsEarly(bytes.length);
    const count = size === 0 ? marker & 0x0f : numberAt(bytes, 1, size);
    if (count > bytes.length - 1 - size)
      return { fault: 'the list at byte 0 names more values than there are bytes left' };
    if (count > most) return { more: true };
    const items: Uint8Array[] = [];
    let at = 1 + size;
    for (let yieldAt = BYTES_A_STEP; items.length < count;) {
      const scan = this.#scanValue(bytes, at);
      if ('fault' in scan) return scan;
      items.push(bytes.subarray(at, scan.end));
      at = scan.end;
      if (at < yieldAt) continue;
      yield;
      yieldAt = at + BYTES_A_STEP;
    }
    return at === bytes.length ? { items } : followed(bytes.length - at, at);
  }

  /** The value that begins at `from`, and where it ends. */
  #scanValue(bytes: Uint8Array, from: number): { readonly converts: boolean; readonly end: number } | Fault {
    const left = this.#left;
    const isMap = this.#isMap;
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
      const start = at;
      const marker = bytes[at++];
      if (marker === undefined) return endsEarly(end);
      if (++values > MAX_VALUES) return { fault: `it holds more than ${MAX_VALUES} values` };
      const toCome = itemAt(left, depth);
      const isName = isMap[depth] === 1 && toCome % 2 === 0;
      left[depth] = toCome - 1;
      const kind = KINDS[marker];
      const size = itemAt(SIZES, marker);
      if (at + size > end) return endsEarly(end);
      if (kind === Kind.notJson || (kind === Kind.timestamp && bytes[at] !== TIMESTAMP)) return notJson(start);
      if (isName && kind !== Kind.string) return notAName(start);
      if (kind === Kind.scalar) {
        at += size;
      } else if (kind === Kind.timestamp) {
        converts = true;
        at += marker === 0xd6 ? 5 : 9;
        if (at > end) return endsEarly(end);
      } else if (kind === Kind.string) {
        at += size + (size === 0 ? marker & 0x1f : numberAt(bytes, at, size));
        if (at > end) return { fault: `the string at byte ${start} is longer than what is left` };
      } else {
        const items = size === 0 ? marker & 0x0f : numberAt(bytes, at, size);
        at += size;
        const inside = kind === Kind.map ? items * 2 : items;
        if (inside > end - at) return tooMany(kind === Kind.map ? 'map' : 'list', start);
        if (depth === MAX_DEPTH) return { fault: `it nests deeper than ${MAX_DEPTH} levels` };
        depth += 1;
        left[depth] = inside;
        isMap[depth] = kind === Kind.map ? 1 : 0;
      }
    }
  }
}

/** What a marker says that follows. */
const Kind = { notJson: 0, scalar: 1, string: 2, list: 3, map: 4, timestamp: 5 } as const;
/** Extension −1. Its form of 96 bits is for years beyond 2514, and refused. */
const TIMESTAMP = 0xff;

const between = (marker: number, first: number, last: number): boolean => marker >= first && marker <= last;

function kindOf(marker: number): number {
  if (marker < 0x80 || marker >= 0xe0) return Kind.scalar;
  if (marker < 0x90 || marker >= 0xde) return Kind.map;
  if (marker < 0xa0 || marker >= 0xdc) return Kind.list;
  if (marker < 0xc0 || marker >= 0xd9) return Kind.string;
  if (marker === 0xd6 || marker === 0xd7) return Kind.timestamp;
  return marker === 0xc0 || between(marker, 0xc2, 0xc3) || between(marker, 0xca, 0xd3) ? Kind.scalar : Kind.notJson;
}

const KINDS = Uint8Array.from({ length: 256 }, (_, marker) => kindOf(marker));

/** Bytes after each marker: of its value, or of its length. Before 0xc0 and from 0xe0 on the marker says it all. */
const SIZES_FROM_C0: readonly number[] = [
  0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
];
const SIZES = new Uint8Array(256);
SIZES.set(SIZES_FROM_C0, 0xc0);

function numberAt(bytes: Uint8Array, from: number, size: number): number {
  let number = 0;
  for (let i = from; i < from + size; i += 1) number = number * 256 + itemAt(bytes, i);
  return number;
}

function endsEarly(bytes: number): Fault {
  return { fault: `it ends too early (after ${bytes} bytes)` };
}
function followed(bytes: number, at: number): Fault {
  return { fault: `${bytes} bytes follow after the value ends at byte ${at}` };
}
function tooMany(what: string, at: number): Fault {
  return { fault: `the ${what} at byte ${at} names more values than there are bytes left` };
}
function notAName(at: number): Fault {
  return { fault: `the map's name at byte ${at} is not a string` };
}
function notJson(at: number): Fault {
  return { fault: `the value at byte ${at} is binary or an extension, which JSON does not have` };
}
