import { expect, it } from 'vitest';
import { Histogram, POWERS_OF_TWO_MS, ROUND_STEPS_MS } from './histogram.ts';

it('a histogram counts each value in the first bucket that it does not exceed, the largest beyond the last bound', () => {
  const histogram = new Histogram([1, 10]);
  for (const ms of [0, 1, 1.5, 10, 10.5, 99]) histogram.record(ms);
  expect(histogram.view()).toEqual({ bounds: [1, 10], counts: [2, 2, 2], count: 6, sumMs: 122, maxMs: 99 });
});

it('the bounds rise: dashboards of people are built on them', () => {
  expect(POWERS_OF_TWO_MS.at(-1)).toBe(8192);
  for (const bounds of [POWERS_OF_TWO_MS, ROUND_STEPS_MS]) expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
});
