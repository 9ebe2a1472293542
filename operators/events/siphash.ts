/**
 * SipHash-2-4 (Aumasson, Bernstein 2012): a keyed 64-bit hash. Whoever lacks the key can neither compute it nor, unlike
 * with a plain hash, try all phone numbers until one fits. Used on rare paths only: BigInt keeps it short.
 */
const MASK = 0xffff_ffff_ffff_ffffn;
const encoder = new TextEncoder();

/** @param key 16 bytes */
export function sipHash(key: Uint8Array, message: Uint8Array): bigint {
  const k0 = word(key, 0, 8);
  const k1 = word(key, 8, 8);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = (): void => {
    v0 = (v0 + v1) & MASK;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & MASK;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & MASK;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & MASK;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const absorb = (value: bigint): void => {
    v3 ^= value;
    round();
    round();
    v0 ^= value;
  };
  const whole = message.length - (message.length % 8);
  for (let at = 0; at < whole; at += 8) absorb(word(message, at, 8));
  absorb(word(message, whole, message.length - whole) | (BigInt(message.length & 0xff) << 56n));
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i += 1) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

function word(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function rotate(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & MASK;
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
