import { describe, expect, test } from 'vitest';
import type { JourneyFunnel } from '../../line/funnel-form.ts';
import { funnelShown, isBelow } from './funnel-model.ts';

/** Of a journey of three steps: how many reach each, without leaps. */
function funnel(...reached: readonly number[]): JourneyFunnel {
  const ids = ['cart', 'pay', 'done'];
  const steps = reached.map((n, i) => {
    const next = reached[i + 1];
    return {
      ...{ step: ids[i] ?? '', reached: n, dropped: next === undefined ? 0 : n - next },
      ...{ to_next: next === undefined || n === 0 ? null : (next / n) * 100, time_s: 12, stalls: 3 },
    };
  });
  return { ended: reached[0] ?? 0, completed: reached.at(-1) ?? 0, conversion: null, steps, break_points: [] };
}

describe('a funnel beside the time before', () => {
  const shown = funnelShown(funnel(1000, 500, 330), funnel(2000, 1010, 960));

  test('says of each step how many of those before pass into it', () => {
    expect(shown.steps.map(({ pass }) => pass)).toEqual([100, 50, 66]);
    expect(shown.steps.map(({ usualPass }) => usualPass?.toFixed(1))).toEqual([undefined, '50.5', '95.0']);
  });
  test('draws each step by its share of the first', () => {
    expect(shown.steps.map(({ share }) => share)).toEqual([100, 50, 33]);
    expect(shown.steps.map(({ usualShare }) => usualShare)).toEqual([100, 50.5, 48]);
  });
  test('finds the step where more are lost than chance explains, and how many', () => {
    expect([shown.worst?.id, shown.lost]).toEqual(['done', 145]);
    expect(shown.steps.map(({ isWorse }) => isWorse)).toEqual([false, false, true]);
  });
  test('finds none where all is as before, better, or too little is known', () => {
    for (const [now, before] of [
      [funnel(1000, 500, 330), funnel(2000, 1000, 660)],
      [funnel(1000, 700, 600), funnel(2000, 1000, 660)],
      [funnel(20, 5, 1), funnel(2000, 1000, 900)],
      [funnel(1000, 500, 330), funnel(20, 19, 18)],
      [funnel(1000, 500, 330), null],
      [funnel(0, 0, 0), funnel(2000, 1000, 660)],
    ] as const)
      expect(funnelShown(now, before).worst).toBeNull();
  });
  test('compares with nothing where hardly any journey ended before', () => {
    expect([funnelShown(funnel(1000, 500, 330), funnel(20, 19, 18)).hasUsual, shown.hasUsual]).toEqual([false, true]);
  });
});

test.each([
  ['far below, of many', 66, 500, 95, 1000, true],
  ['a little below, of many', 94, 500, 95, 1000, false],
  ['a little below, of very many', 94, 50_000, 95, 100_000, true],
  ['above', 96, 50_000, 95, 100_000, false],
  ['far below, of few', 10, 29, 95, 1000, false],
])('%s: by more than chance or not', (_what, percent, n, usual, usualN, is) => {
  expect(isBelow(percent, n, usual, usualN)).toBe(is);
});
