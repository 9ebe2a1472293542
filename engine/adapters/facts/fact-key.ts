/**
 * Keys of a bucket for what facts are of: any text. What NATS allows in a key stands as it is, so that buckets can be filled by hand;
 * every other byte is written as `=XX`, as in quoted-printable.
 */
import { EngineError } from '../../core/errors.ts';

const MAX_CHARS = 512;
const PLAIN = /^[-/_a-zA-Z0-9.]$/;

export function encodeFactKey(whose: string): string {
  if (whose === '' || whose.length > MAX_CHARS)
    throw new EngineError('USAGE_INVALID', [`a key of facts has 1 to ${MAX_CHARS} characters`]);
  let key = '';
  for (const byte of new TextEncoder().encode(whose)) {
    const char = String.fromCharCode(byte);
    key += PLAIN.test(char) ? char : escaped(byte);
  }
  // NATS has no empty tokens.
  return key.replace(/^\.|\.$|\.(?=\.)/g, '=2E');
}

/** What cannot be an escape stands for itself: somebody else may have written it. */
export function decodeFactKey(key: string): string {
  if (!key.includes('=')) return key;
  const bytes: number[] = [];
  for (let i = 0; i < key.length; i += 1) {
    const hex = key[i] === '=' ? /^=([0-9A-F]{2})/.exec(key.slice(i, i + 3))?.[1] : undefined;
    if (hex === undefined) bytes.push(key.charCodeAt(i));
    else {
      bytes.push(parseInt(hex, 16));
      i += 2;
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const escaped = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
