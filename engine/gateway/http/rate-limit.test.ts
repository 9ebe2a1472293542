import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

describe('rate limit', () => {
  it('grants a burst, then the rate, each caller its own', () => {
    let now = 0;
    const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 0, 500]);
    expect(limit.take('b')).toBe(0);
    now = 490;
    expect(limit.take('a')).toBeGreaterThanOrEqual(10);
    now = 501;
    expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBeGreaterThan(490);
    now = 60_000;
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 0, 500]);
  });

  it('gives no credit when the clock goes back', () => {
    let now = 10_000;
    const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => now);
    expect(limit.take('a')).toBe(0);
    now = 0;
    expect(limit.take('a')).toBe(1_000);
  });

  it('remembers a bounded number of callers, the latest', () => {
    const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => 0, 100);
    for (let i = 0; i < 1_000; i++) limit.take(String(i));
    expect(limit.callers).toBe(100);
    expect(limit.take('999')).toBeGreaterThan(0);
    expect(limit.take('1')).toBe(0);
  });
});
