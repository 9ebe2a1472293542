/** JSON and MessagePack (msgpackr) behind one face that never throws, never repeats the input in its faults, and gives well-formed texts. */
import { Buffer, isUtf8 } from 'node:buffer';
import { Unpackr } from 'msgpackr';
import { jsonFault } from '../../core/json/json-fault.ts';
import { jsonItems, nestsTooDeep, TOO_DEEP, type ListItems } from '../../core/json/json-items.ts';
import type { Steps } from '../../core/steps/steps.ts';
import { wellFormed } from '../../core/json/well-formed.ts';
import { MessagePackScanner } from '../../core/messagepack/messagepack-scan.ts';

export type Decoded = { readonly value: unknown } | { readonly fault: string };

export interface Codec {
  json(bytes: Uint8Array): Decoded;
  messagePack(bytes: Uint8Array): Decoded;
  /** Of a message that is a list, by its first byte. */
  jsonItems(bytes: Uint8Array, most: number): Steps<ListItems>;
  messagePackItems(bytes: Uint8Array, most: number): Steps<ListItems>;
  toBase64(bytes: Uint8Array): string;
  /** null: not base64. */
  fromBase64(text: string): Uint8Array | null;
}

export function createCodec(): Codec {
  const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
  const scanner = new MessagePackScanner();
  return {
    json(bytes) {
      if (bytes.length > SURELY_SHALLOW && nestsTooDeep(bytes)) return { fault: `${NOT_JSON}: ${TOO_DEEP}` };
      const buffer = view(bytes);
      let text = buffer.toString('utf8');
      // U+FFFD may have been sent as such: only then is a second look needed.
      if (text.includes('\ufffd') && !isUtf8(buffer)) {
        return { fault: 'the payload is not UTF-8 (is it GBK or GB 18030? JSON must be UTF-8)' };
      }
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      try {
        const value: unknown = JSON.parse(text);
        return { value: text.includes('\\u') && SURROGATE.test(text) ? wellFormed(value) : value };
      } catch {
        return { fault: `${NOT_JSON}: ${jsonFault(text)}` };
      }
    },
    messagePack(bytes) {
      const scan = scanner.scan(bytes);
      if ('fault' in scan) return { fault: `${NOT_MESSAGE_PACK}: ${scan.fault}` };
      try {
        const value: unknown = unpackr.unpack(view(bytes));
        return { value: wellFormed(scan.converts ? withoutDates(value) : value) };
      } catch {
        return { fault: 'the payload is not valid MessagePack' };
      }
    },
    *jsonItems(bytes, most) {
      const from = bytes.indexOf(0x5b);
      return faulted(NOT_JSON, yield* jsonItems(bytes, from, most));
    },
    *messagePackItems(bytes, most) {
      return faulted(NOT_MESSAGE_PACK, yield* scanner.items(bytes, most));
    },
    toBase64: (bytes) => view(bytes).toString('base64'),
    fromBase64: (text) =>
      /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && text.length % 4 !== 1 ? Buffer.from(text, 'base64') : null,
  };
}

const NOT_JSON = 'the payload is not valid JSON';
const NOT_MESSAGE_PACK = 'the payload is not usable MessagePack';
/** Only so can JSON in UTF-8 hold half of a pair. */
const SURROGATE = /\\u[dD][89a-fA-F]/;
/** However deep a shorter text nests, it is decoded in no time. */
const SURELY_SHALLOW = 32 * 1024;

function faulted(what: string, list: ListItems): ListItems {
  return 'fault' in list ? { fault: `${what}: ${list.fault}` } : list;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Timestamps as RFC 3339 text. The depth was bounded by the scan. */
function withoutDates(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutDates(item)]));
}
