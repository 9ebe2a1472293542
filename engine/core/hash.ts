/**
 * All hashes of texts and numbers that are not secret. What they give is stored (subjects, ids, saved state, partitions): a variant
 * never changes, another need is another variant. The keyed one, for what must not be guessed, is
 * `operators/events/masking/siphash.ts`; the features of models have theirs in `models/text/features.mjs`, as they were trained with.
 */
import { must } from './must.ts';

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

const encoder = new TextEncoder();

/** FNV-1a, 32 bit, over UTF-16 code units. `from`: a seed, or the hash of what stands before. */
export function fnv1a(text: string, from = OFFSET): number {
  let hash = from | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash;
}

/** The same over one more unit, which may be beyond those of texts. */
export function fnv1aUnit(unit: number, from: number): number {
  return Math.imul(from ^ unit, PRIME);
}

/** FNV-1a, 32 bit, over UTF-8 bytes, unsigned: the hash of nats-server's `partition()` mapping. */
export function fnv1aUtf8(text: string): number {
  let hash = OFFSET | 0;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** FNV-1a, 64 bit, over code points. Slow. */
export function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const char of text) hash = BigInt.asUintN(64, (hash ^ BigInt(must(char.codePointAt(0)))) * 0x100000001b3n);
  return hash;
}

/** Multiplied and shifted unit by unit, 32 bit: independent enough of FNV-1a to make 64 bits with it. */
export function shiftMultiply(text: string): number {
  let hash = PRIME;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15);
  return hash;
}

/** Spreads the bits of a 32-bit hash over all of it (the finaliser of MurmurHash3). */
export function spread(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A number times 2³² / φ (Fibonacci hashing): its upper bits differ where numbers lie side by side. */
export function fibonacci(key: number): number {
  return Math.imul(key, 0x9e3779b1);
}

/** cyrb53 (public domain): 53 bits, over UTF-16 code units, by two rounds of multiply-xor that are mixed at the end. */
export function cyrb53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** The same with all its 64 bits, as two words: of a million texts one pair in 10⁷ sets collides. Makes nothing. */
export function cyrb64(text: string, into: Uint32Array): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  into[0] = a;
  into[1] = b;
}

/** 8 hex digits. */
export function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
