/**
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed 64-bit hash. Whoever lacks the key can neither compute it nor, unlike
 * with a plain hash, try all phone numbers until one fits. In halves of 32 bits: an event may hold thousands of identifiers.
 */
const encoder = new TextEncoder();

/** v0 … v3, the low half of each first. One hash at a time. */
const v = new Int32Array(8);

/** @param key 16 bytes */
export function sipHash(key: Uint8Array, message: Uint8Array): bigint {
  const [k0, k1, k2, k3] = [word(key, 0, 4), word(key, 4, 4), word(key, 8, 4), word(key, 12, 4)];
  v[0] = k0 ^ 0x70736575;
  v[1] = k1 ^ 0x736f6d65;
  v[2] = k2 ^ 0x6e646f6d;
  v[3] = k3 ^ 0x646f7261;
  v[4] = k0 ^ 0x6e657261;
  v[5] = k1 ^ 0x6c796765;
  v[6] = k2 ^ 0x79746573;
  v[7] = k3 ^ 0x74656462;
  const left = message.length % 8;
  const whole = message.length - left;
  for (let at = 0; at < whole; at += 8) absorb(word(message, at, 4), word(message, at + 4, 4));
  const low = word(message, whole, Math.min(4, left));
  absorb(low, word(message, whole + 4, Math.max(0, left - 4)) | (message.length << 24));
  half(4, half(4) ^ 0xff);
  for (let i = 0; i < 4; i += 1) round();
  const high = half(1) ^ half(3) ^ half(5) ^ half(7);
  return (BigInt(high >>> 0) << 32n) | BigInt((half(0) ^ half(2) ^ half(4) ^ half(6)) >>> 0);
}

function half(at: number, value?: number): number {
  if (value !== undefined) v[at] = value;
  return v[at] ?? 0;
}

function absorb(low: number, high: number): void {
  half(6, half(6) ^ low);
  half(7, half(7) ^ high);
  round();
  round();
  half(0, half(0) ^ low);
  half(1, half(1) ^ high);
}

function round(): void {
  step(0, 2, 13);
  rotate(0, 32);
  step(4, 6, 16);
  step(0, 6, 21);
  step(4, 2, 17);
  rotate(4, 32);
}

/** `a += b; b = (b rotated) ^ a`, of the words at `a` and `b`. */
function step(a: number, b: number, by: number): void {
  const low = (half(a) >>> 0) + (half(b) >>> 0);
  half(a, low | 0);
  half(a + 1, (half(a + 1) + half(b + 1) + (low > 0xffff_ffff ? 1 : 0)) | 0);
  rotate(b, by);
  half(b, half(b) ^ half(a));
  half(b + 1, half(b + 1) ^ half(a + 1));
}

/** Rotates the word at `at` to the left, by 32 at most. */
function rotate(at: number, by: number): void {
  const low = half(at);
  const high = half(at + 1);
  half(at, by === 32 ? high : (low << by) | (high >>> (32 - by)));
  half(at + 1, by === 32 ? low : (high << by) | (low >>> (32 - by)));
}

function word(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i -= 1) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

/** A key of any text as 16 bytes. */
export function sipKey(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const key = new Uint8Array(16);
  const view = new DataView(key.buffer);
  view.setBigUint64(0, sipHash(new Uint8Array(16), bytes), true);
  view.setBigUint64(8, sipHash(new Uint8Array(16).fill(1), bytes), true);
  return key;
}
