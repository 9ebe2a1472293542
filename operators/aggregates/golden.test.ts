/** Figures that are known: the definitions of customer-experience measures, and the error bounds that the sketches promise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ces, nps } from './balance.ts';
import { count, rate } from './count.ts';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { CxEvent } from '../shared/messages.ts';
import { distinct } from './distinct.ts';
import { readerOf } from '../measures/measures.ts';
import { ratio, RATIO_OF, RATIO_PER } from './proportion.ts';
import { quantile } from './quantile.ts';
import { stability } from './stability.ts';
import { sum } from './sum.ts';
import { top } from './top-labels.ts';
import type { Aggregate, Lowered } from './aggregate.ts';

function over<S, X>(aggregate: Aggregate<S, X>, values: readonly X[], spanMs = 1000): Lowered {
  let state = aggregate.zero();
  for (const value of values) state = aggregate.combine(state, aggregate.lift(value));
  return aggregate.lower(state, { spanMs });
}
function times<X>(count: number, value: X): X[] {
  return Array.from({ length: count }, () => value);
}

describe('definitions', () => {
  it('NPS is promoters (9 and more) less detractors (below 7) of all answers, whatever the decimals', () => {
    expect(over(nps, [10, 9, 8, 7, 6, 0]).value).toBeCloseTo(0);
    expect(over(nps, [9, 10, 10, 8]).value).toBe(75);
    expect(over(nps, [6]).value).toBe(-100);
    expect(over(nps, [7, 8]).value).toBe(0);
    expect(over(nps, [6.5, 6.999]).value).toBe(-100);
    expect(over(nps, [7.5, 8.5, 8.99]).value).toBe(0);
    expect(over(nps, [6.5, 8.5, 9.5, 9]).value).toBe(25);
  });
  it('the least and the greatest may be any number, an instant in milliseconds too', () => {
    const event = { data: { at: 1_772_442_904_120 } } as unknown as CxEvent;
    for (const kind of ['min', 'max'] as const) {
      const config = { kind, value: 'data.at' };
      const read = readerOf(config, compileExpression);
      expect(read(event)).toBe(1_772_442_904_120);
      expect(readerOf({ ...config, max: 5 }, compileExpression)(event)).toBeUndefined();
    }
  });
  it('CES has three usages', () => {
    const answers = [1, 2, 3, 4, 5, 6, 7, 7];
    expect(over(ces.mean, answers).value).toBe(35 / 8);
    expect(over(ces.top, answers).value).toBe(50);
    expect(over(ces.index, answers).value).toBe(0);
  });
  it('a ratio counts both sides by itself, and may pass 100 % where they are different events', () => {
    expect(over(ratio, [RATIO_PER, RATIO_PER, RATIO_PER | RATIO_OF, RATIO_PER]).value).toBe(25);
    expect(over(ratio, [RATIO_PER, RATIO_OF, RATIO_OF, RATIO_OF])).toEqual({ value: 300, n: 1, interval: null });
    expect(over(ratio, [RATIO_OF])).toEqual({ value: null, n: 0, interval: null });
  });
  it('a rate is reported for its unit, whatever the window', () => {
    expect(over(rate(60_000), times(30, 1), 900_000).value).toBe(2);
  });
  it('a count has no interval', () => {
    expect(over(count, [1, 1])).toEqual({ value: 2, n: 2, interval: null });
  });
});

describe('exact sums', () => {
  it('do not depend on order', () => {
    expect(over(sum, [0.1, 0.2, 0.3]).value).toBe(0.6);
    expect(over(sum, [0.3, 0.2, 0.1]).value).toBe(0.6);
    expect(over(sum, [1e12, 0.000001, -1e12]).value).toBe(0.000001);
  });
  it('do not drift when values are taken out again, however often', () => {
    const total = new Float64Array(3);
    const parts = Array.from({ length: 1000 }, (_, i) => {
      const part = new Float64Array(3);
      sum.add(part, 0, i * 0.1 + (i % 7) * 1e9);
      return part;
    });
    const fixed = parts[0] as Float64Array;
    sum.merge(total, 0, fixed, 0);
    for (let i = 0; i < 1_000_000; i++) {
      sum.merge(total, 0, parts[i % 1000] as Float64Array, 0);
      if (i >= 500) sum.remove(total, 0, parts[(i - 500) % 1000] as Float64Array, 0);
    }
    for (let i = 999_500; i < 1_000_000; i++) sum.remove(total, 0, parts[i % 1000] as Float64Array, 0);
    expect([...total]).toEqual([...fixed]);
  });
});

describe('the population stability index', () => {
  const halves = { min: 0, max: 1, bins: 2 };
  const index = (reference: readonly number[], values: readonly number[], bins = 2): number | null =>
    over(stability({ ...halves, bins }, reference), values).value;

  it('is Σ (a − e) · ln(a / e): of quarters against halves, ln(3) / 4', () => {
    expect(index([50, 50], [0.1, 0.6, 0.7, 0.9])).toBeCloseTo(Math.log(3) / 4, 12);
    expect(index([30, 70], [...times(3, 0.2), ...times(7, 0.8)])).toBeCloseTo(0, 12);
  });
  it('of a scorecard in five bands of 10, 20, 40, 20, 10 percent that became 5, 15, 40, 25, 15, is 0.0805', () => {
    const bands = [5, 15, 40, 25, 15].flatMap((count, band) => times(count, (band + 0.5) / 5));
    expect(index([10, 20, 40, 20, 10], bands, 5)).toBeCloseTo(0.080_472, 6);
  });
  it('takes a finer reference together, ends of the scale into the end bins, and reports the counts', () => {
    const lowered = over(stability(halves, [10, 40, 20, 30]), [0, 0.25, 0.5, 1]);
    expect([lowered.value, lowered.detail]).toEqual([0, { counts: [2, 2] }]);
  });
  it('stays finite where a bin is empty, and is unknown without a reference', () => {
    expect(index([50, 50], times(100, 0.1))).toBeCloseTo(0.5 * Math.log(2) + (0.005 - 0.5) * Math.log(0.01), 12);
    expect(index([100, 0], times(100, 0.9))).toBeGreaterThan(5);
    expect(over(stability(halves, null), [0.1, 0.9])).toMatchObject({ value: null, n: 2, detail: { counts: [1, 1] } });
  });
});

describe('sketches', () => {
  it('quantile is within 1 % of the value of that rank', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 300 })), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.constantFrom(0, 0.25, 0.5, 0.9, 0.95, 0.99, 1),
        (values, q) => {
          const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] as number;
          const { value } = over(quantile(q), values);
          // Below 1e-9 a value is 0.
          expect(Math.abs((value ?? NaN) - exact)).toBeLessThanOrEqual(0.01 * Math.abs(exact) + 1e-9);
        },
      ),
    );
  });

  it('distinct is exact to 1,000 labels', () => {
    const labels = Array.from({ length: 3000 }, (_, i) => `customer-${i % 1000}`);
    expect(over(distinct, labels)).toEqual({ value: 1000, n: 3000, interval: null });
  });
  it.each([
    // Expected standard errors of 0.55 to 0.8 % (bench/results.md): over so many sets a fifth more would be a fault.
    [1500, 300],
    [20_000, 60],
    [200_000, 12],
  ])(
    'distinct of %d labels, in %d sets, is off by a standard error below 0.98 percent, and without bias',
    (size, sets) => {
      const errors = Array.from({ length: sets }, (_, set) => {
        const state = distinct.zero();
        for (let i = 0; i < size; i++) distinct.add(state, `set-${set}-${i}`);
        return (distinct.lower(state, { spanMs: 1 }).value ?? NaN) / size - 1;
      });
      expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / sets)).toBeLessThan(0.0098);
      expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / sets)).toBeLessThan(
        (3 * 0.008125) / Math.sqrt(sets),
      );
      expect(errors.filter((error) => Math.abs(error) > 0.02).length).toBeLessThanOrEqual(1 + 0.014 * sets);
    },
  );
  it('distinct of merged parts is that of the whole', () => {
    const whole = distinct.zero();
    const parts = [distinct.zero(), distinct.zero(), distinct.zero()];
    for (let i = 0; i < 4000; i++) {
      distinct.add(whole, `c-${i}`);
      distinct.add(parts[i % 7 === 0 ? 0 : i % 2 === 0 ? 1 : 2] as (typeof parts)[number], `c-${i}`);
    }
    expect(parts.reduce((a, b) => distinct.combine(a, b))).toEqual(whole);
  });

  it('top is exact up to its counters, and reports who is most frequent', () => {
    const { value, detail } = over(top(2), ['a', 'b', 'a', ['a', 'c'], 'b', 'a']);
    expect({ value, detail }).toEqual({
      value: 4,
      detail: [
        { item: 'a', count: 4, error: 0 },
        { item: 'b', count: 2, error: 0 },
      ],
    });
  });
  it('top keeps its bounds beyond its counters, merged or not', () => {
    const parts = [top(20).zero(), top(20).zero()];
    const truth = new Map<string, number>();
    let seed = 7;
    for (let i = 0; i < 60_000; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      // Heavy head, long tail.
      const label = `l${Math.floor(5000 * (seed / 2 ** 32) ** 4)}`;
      truth.set(label, (truth.get(label) ?? 0) + 1);
      top(20).add(parts[i % 2] as (typeof parts)[number], label);
    }
    const merged = top(20).combine(parts[0] as (typeof parts)[number], parts[1] as (typeof parts)[number]);
    const detail = top(20).lower(merged, { spanMs: 1 }).detail as unknown as {
      item: string;
      count: number;
      error: number;
    }[];
    expect(merged.counters.size).toBeLessThanOrEqual(2000);
    for (const { item, count: reported, error } of detail) {
      const exact = truth.get(item) ?? 0;
      expect(reported).toBeGreaterThanOrEqual(exact);
      expect(reported - error).toBeLessThanOrEqual(exact);
    }
    const heaviest = [...truth].sort(([, a], [, b]) => b - a).slice(0, 5);
    expect(detail.slice(0, 5).map(({ item }) => item)).toEqual(heaviest.map(([item]) => item));
  });
});
