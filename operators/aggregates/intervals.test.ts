/** 95 % intervals against published tables, and against what they are by definition, computed another way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../engine/core/share.ts';
import { nps } from './balance.ts';
import { difference, meanInterval } from './intervals.ts';
import { share, topShare } from './proportion.ts';
import { mean } from './sum.ts';
import type { Aggregate, Lowered } from './aggregate.ts';

function over<X>(aggregate: Aggregate<readonly number[], X>, values: readonly X[]): Lowered {
  const states = values.map((value) => aggregate.lift(value));
  return aggregate.lower(
    states.reduce((a, b) => aggregate.combine(a, b), aggregate.zero()),
    { spanMs: 1000 },
  );
}
function times<X>(count: number, value: X): X[] {
  return Array.from({ length: count }, () => value);
}
function rounded(interval: readonly [number, number] | null, places: number): readonly number[] | undefined {
  return interval?.map((bound) => Number(bound.toFixed(places)));
}

/** By the definition of the normal distribution: Simpson's rule over its density, and bisection. */
const Z = bisect(0, 5, (z) => {
  const steps = 2000;
  let sum = 1 + Math.exp(-(z * z) / 2);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * Math.exp(-(((i * z) / steps) ** 2) / 2);
  return (sum * z) / steps / 3 / Math.sqrt(2 * Math.PI) - 0.475;
});
/** Where a function that rises through 0 is 0. */
function bisect(from: number, to: number, rising: (x: number) => number): number {
  let low = from;
  let high = to;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

describe('Wilson', () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
  // Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score, without continuity correction).
  it.each([
    [81, 263, [0.2553, 0.3662]],
    [15, 148, [0.0624, 0.1605]],
    [0, 20, [0, 0.1611]],
    [1, 29, [0.0061, 0.1718]],
  ])('of %d in %d is %j, as published', (successes, trials, expected) => {
    expect(rounded(wilson(successes, trials), 4)).toEqual(expected);
    const answers = [...times(successes, 1), ...times(trials - successes, 0)];
    expect(rounded(over(share, answers).interval, 2)).toEqual(
      expected.map((bound) => Number((bound * 100).toFixed(2))),
    );
  });
  it.each([
    // CSAT 80 %: n → bounds in percent; complaints 5 %.
    [16, 20, [58.4, 91.9]],
    [80, 100, [71.1, 86.7]],
    [400, 500, [76.3, 83.3]],
    [5, 100, [2.2, 11.2]],
    [50, 1000, [3.8, 6.5]],
  ])('of %d in %d is %j percent', (successes, trials, expected) => {
    expect(rounded(over(topShare(4), [...times(successes, 4), ...times(trials - successes, 3)]).interval, 1)).toEqual(
      expected,
    );
  });
  it('holds the proportions that the sample does not refute: |p − successes / n| ≤ z · √(p (1 − p) / n)', () => {
    const sample = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(sample, ([successes, n]) => {
        const observed = successes / n;
        const off = (p: number): number => Math.abs(p - observed) - Z * Math.sqrt((p * (1 - p)) / n);
        const [low, high] = wilson(successes, n) ?? [NaN, NaN];
        expect(low).toBeCloseTo(successes === 0 ? 0 : bisect(0, observed, (p) => -off(p)), 9);
        expect(high).toBeCloseTo(successes === n ? 1 : bisect(observed, 1, off), 9);
      }),
    );
  });
  it('ends where the scale ends, and is none where there is no proportion', () => {
    expect(wilson(0, 10)?.[0]).toBe(0);
    expect(wilson(10, 10)?.[1]).toBe(1);
    expect(wilson(0, 0)).toBeNull();
    expect(wilson(3, 2)).toBeNull();
  });
});

describe('NPS', () => {
  it.each([
    // p = 0.5, d = 0.2: half the width, in points.
    [30, 27.9],
    [100, 15.3],
    [1000, 4.8],
  ])('with %d answers has an interval of ± %d', (n, expected) => {
    const [low, high] = difference(0.5 * n, 0.2 * n, n) ?? [NaN, NaN];
    expect(Number((((high - low) / 2) * 100).toFixed(1))).toBe(expected);
  });
  it('is the mean of answers worth 100, 0 and −100, by their standard error', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 2, maxLength: 300 }), (answers) => {
        const worth = answers.map((score): number => (score >= 9 ? 100 : score <= 6 ? -100 : 0));
        const middle = worth.reduce((sum, one) => sum + one, 0) / worth.length;
        const variance = worth.reduce((sum, one) => sum + (one - middle) ** 2, 0) / worth.length;
        const half = Z * Math.sqrt(variance / worth.length);
        const { value, interval } = over(nps, answers);
        expect(value).toBeCloseTo(middle, 9);
        expect(interval?.[0]).toBeCloseTo(Math.max(-100, middle - half), 9);
        expect(interval?.[1]).toBeCloseTo(Math.min(100, middle + half), 9);
      }),
    );
  });
  it('of one answer has none', () => {
    expect(over(nps, [10]).interval).toBeNull();
  });
});

describe('a mean', () => {
  // NIST Statistical Reference Datasets, univariate, "Michelo": A. A. Michelson's hundred measurements of the speed of light
  // (1882), in km/s less 299,000. Certified: mean 852.4, standard deviation 79.0105478190518.
  const MICHELSON = [
    850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960, 960, 940,
    960, 940, 880, 800, 850, 880, 900, 840, 830, 790, 810, 880, 880, 830, 800, 790, 760, 800, 880, 880, 880, 860, 720,
    720, 620, 860, 970, 950, 880, 910, 850, 870, 840, 840, 850, 840, 840, 840, 890, 810, 810, 820, 800, 770, 760, 740,
    750, 760, 910, 920, 890, 860, 880, 720, 840, 850, 850, 780, 890, 840, 780, 810, 760, 810, 790, 810, 820, 850, 870,
    870, 810, 740, 810, 940, 950, 800, 810, 870,
  ];
  it('spans 1.96 standard errors of the certified deviation', () => {
    expect(MICHELSON).toHaveLength(100);
    const { value, interval } = over(mean, MICHELSON);
    expect(value).toBe(852.4);
    const half = Z * (79.0105478190518 / 10);
    expect(interval?.[0]).toBeCloseTo(852.4 - half, 9);
    expect(interval?.[1]).toBeCloseTo(852.4 + half, 9);
  });
  it('far from 0 is as exact: deviations survive a large offset', () => {
    const { interval } = over(
      mean,
      MICHELSON.map((speed) => 299_000 + speed),
    );
    expect(interval?.[1]).toBeCloseTo(299_852.4 + Z * 7.90105478190518, 5);
  });
  it('of one value has none', () => {
    expect(over(mean, [4]).interval).toBeNull();
    expect(meanInterval(1, 4, 16)).toBeNull();
  });
});
