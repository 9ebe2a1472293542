/** Base64 (RFC 4648 §4) in plain code: bytes within JSON. */
import { byteAt } from '../../../engine/core/must.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0));
const VALUES = new Int8Array(128).fill(-1);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
const PAD = 0x3d;

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    // The last group may lack one byte or two: RFC 4648 fills it with zeros.
    const word =
      (byteAt(bytes, i) << 16) | ((left > 1 ? byteAt(bytes, i + 1) : 0) << 8) | (left > 2 ? byteAt(bytes, i + 2) : 0);
    text[at++] = byteAt(CODES, word >>> 18);
    text[at++] = byteAt(CODES, (word >>> 12) & 63);
    text[at++] = left > 1 ? byteAt(CODES, (word >>> 6) & 63) : PAD;
    text[at++] = left > 2 ? byteAt(CODES, word & 63) : PAD;
  }
  return decoder.decode(text);
}

/** null: it is not base64. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const codes = encoder.encode(padding === 0 ? text : text.slice(0, -padding) + 'A'.repeat(padding));
  if (codes.length !== text.length) return null;
  const bytes = new Uint8Array((codes.length / 4) * 3);
  let at = 0;
  let invalid = 0;
  for (let i = 0; i < codes.length; i += 4) {
    const a = valueOf(byteAt(codes, i));
    const b = valueOf(byteAt(codes, i + 1));
    const c = valueOf(byteAt(codes, i + 2));
    const d = valueOf(byteAt(codes, i + 3));
    invalid |= a | b | c | d;
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  return invalid < 0 ? null : bytes.subarray(0, bytes.length - padding);
}

/** Of a code: what it stands for, below 0 where it is no letter of the alphabet. */
function valueOf(code: number): number {
  return VALUES[code] ?? -1; // beyond ASCII: of more than one byte in UTF-8
}
