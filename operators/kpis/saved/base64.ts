/** Base64 (RFC 4648 §4) in plain code: bytes within JSON. */
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
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text[at++] = CODES[word >>> 18] ?? 0;
    text[at++] = CODES[(word >>> 12) & 63] ?? 0;
    text[at++] = left > 1 ? (CODES[(word >>> 6) & 63] ?? 0) : PAD;
    text[at++] = left > 2 ? (CODES[word & 63] ?? 0) : PAD;
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
    const a = VALUES[codes[i] ?? 0] ?? -1;
    const b = VALUES[codes[i + 1] ?? 0] ?? -1;
    const c = VALUES[codes[i + 2] ?? 0] ?? -1;
    const d = VALUES[codes[i + 3] ?? 0] ?? -1;
    invalid |= a | b | c | d;
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  return invalid < 0 ? null : bytes.subarray(0, bytes.length - padding);
}
