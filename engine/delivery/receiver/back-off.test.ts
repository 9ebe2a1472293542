import { expect, it } from 'vitest';
import { backOff } from './back-off.ts';

it('doubles from a second to 30, less up to a fifth and never more, spread over notices', () => {
  for (const [attempts, whole] of [
    [1, 1000],
    [2, 2000],
    [5, 16_000],
    [6, 30_000],
    [3000, 30_000],
  ] as const) {
    const waits = Array.from({ length: 500 }, (_, i) => backOff(attempts, `n${i}`));
    expect(Math.max(...waits)).toBeLessThanOrEqual(whole);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(whole * 0.8);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(whole * 0.15);
  }
});
