import { describe, expect, it } from 'vitest';
import { RepeatCache } from './repeat-cache.ts';

describe('the repeat cache', () => {
  it('forgets what was used longest ago once its bytes are spent', () => {
    // A text of two units with its value costs 4 + 6 = 10 bytes: sixteen of them fit.
    const cache = new RepeatCache<number>(160, 6);
    const name = (i: number): string => String(i).padStart(2, '0');
    for (let i = 0; i < 16; i++) cache.set(name(i), i);
    expect(cache.bytes).toBe(160);
    expect(cache.get('00')).toBe(0);
    cache.set('16', 16);
    expect(cache.get('01')).toBeUndefined();
    expect(cache.get('00')).toBe(0);
    expect(cache.bytes).toBe(160);
  });

  it('counts a text once, takes none that is too large, and none at all without a budget', () => {
    const cache = new RepeatCache<number>(160, 6);
    cache.set('ab', 1);
    cache.set('ab', 2);
    expect(cache.get('ab')).toBe(2);
    expect(cache.bytes).toBe(10);
    cache.set('too long', 3);
    expect(cache.get('too long')).toBeUndefined();
    cache.clear();
    expect(cache.bytes).toBe(0);
    expect(cache.get('ab')).toBeUndefined();
    const none = new RepeatCache<number>(0, 6);
    none.set('ab', 1);
    expect(none.get('ab')).toBeUndefined();
  });
});
