/** What the hashes give is stored: these values stay. */
import { describe, expect, it } from 'vitest';
import { partitionOf } from './partition/partition-of.ts';
import {
  cyrb53,
  cyrb64,
  fibonacci,
  fnv1a,
  fnv1a64,
  fnv1aUnit,
  fnv1aUtf8,
  hex32,
  shiftMultiply,
  spread,
} from './hash.ts';

const TEXT = '订单 42';

describe('hashes', () => {
  it('are those of the published test values', () => {
    // FNV-1a: the reference values of its authors for "foobar" and "".
    expect(hex32(fnv1a('foobar'))).toBe('bf9cf968');
    expect(hex32(fnv1aUtf8('foobar'))).toBe('bf9cf968');
    expect(hex32(fnv1a(''))).toBe('811c9dc5');
    expect(fnv1a64('foobar').toString(16)).toBe('85944171f73967e8');
    // MurmurHash3's finaliser of 1.
    expect(hex32(spread(1))).toBe('514e28b7');
    expect(spread(0)).toBe(0);
  });
  it('stay what they were, for texts that are not ASCII too', () => {
    expect(fnv1aUtf8(TEXT)).toBe(1298401066);
    expect(partitionOf(TEXT, 7)).toBe(1298401066 % 7);
    expect(hex32(fnv1a(TEXT)) + hex32(shiftMultiply(TEXT))).toBe('66b501fad7e4cc25');
    expect(cyrb53(TEXT)).toBe(4555961038336881);
    expect(cyrb53('')).toBe(3338908027751811);
    const words = new Uint32Array(2);
    cyrb64(TEXT, words);
    expect([...words]).toEqual([1464660849, 1492135839]);
    expect(fnv1a64('{"kpis":[],"zone":"上海"}').toString(36)).toBe('1nnj6jx1q1fw1');
  });
  it('go on from what stands before', () => {
    expect(fnv1a('bar', fnv1a('foo'))).toBe(fnv1a('foobar'));
    expect(fnv1aUnit('r'.charCodeAt(0), fnv1a('fooba'))).toBe(fnv1a('foobar'));
    expect(fibonacci(1) >>> 0).toBe(0x9e3779b1);
  });
});
