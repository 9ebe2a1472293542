/** What is kept of a moving window gives, at every step, what combining the slices in it would. */
import fc from 'fast-check';
import { cyrb53 } from '../../engine/core/hash.ts';
import { describe, expect, it } from 'vitest';
import { expectEqual } from '../../engine/testing/expect-equal.ts';
import { distinct } from './distinct.ts';
import { best, copyExtreme, emptyExtreme, leaveOldest, putBest } from './extreme-total.ts';
import { addCell, cellOf, estimate, RANKS, REGISTERS } from './hyperloglog.ts';
import { quantile } from './quantile.ts';
import {
  cellIn,
  cellOut,
  copyRegisters,
  emptyRegisters,
  estimateWithin,
  registersWithin,
} from './sliding-registers.ts';
import { copyTally, countIn, countOut, emptyTally, forEachIn, isIn } from './tally.ts';
import { top } from './top-labels.ts';
import type { Sketchable, SketchAggregate, SketchState } from './aggregate.ts';

const context = { spanMs: 1000 };

/** Slices come in at one end and leave at the other, and now and then one in the middle is taken out and put in again. */
function move<S extends SketchState, X extends Sketchable>(
  aggregate: SketchAggregate<S, X>,
  slices: readonly (readonly X[])[],
  length: number,
): number {
  const { totals } = aggregate;
  let total = totals.fresh();
  let spent = 0;
  const states = slices.map((values) => {
    const state = aggregate.zero();
    for (const value of values) aggregate.add(state, value);
    return state;
  });
  states.forEach((state, i) => {
    totals.take(total, state);
    const gone = states[i - length];
    if (gone !== undefined) totals.drop(total, gone);
    const within = states.slice(Math.max(0, i - length + 1), i + 1);
    const middle = within[within.length >>> 1];
    if (middle !== undefined && i % 3 === 0) {
      totals.drop(total, middle);
      totals.take(total, middle);
    }
    if (i % 5 === 0) {
      // What is done to a copy leaves the total as it was.
      const copy = totals.copy(total);
      totals.take(copy, state);
    }
    if (totals.isSpent(total)) {
      spent += 1;
      total = totals.fresh();
      for (const one of within) totals.take(total, one);
    }
    const whole = within.reduce((a, b) => aggregate.combine(a, b), aggregate.zero());
    expectEqual(totals.lower(total, context), aggregate.lower(whole, context));
  });
  return spent;
}

let seed = 1;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
function drawn<X>(count: number, draw: () => X): X[] {
  return Array.from({ length: count }, draw);
}

describe('windows over sketches', () => {
  it('any few slices', () => {
    const labels = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 }), { maxLength: 30 });
    const numbers = fc.array(fc.array(fc.integer({ min: -50, max: 5000 }), { maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(labels, numbers, fc.integer({ min: 1, max: 10 }), (some, values, length) => {
        move(distinct, some, length);
        move(top(2), some, length);
        move(quantile(0.5), values, length);
        move(quantile(0.95), values, length);
      }),
    );
  });

  it('distinct: through 1,000 labels and far beyond, and down again', () => {
    // Slices of 300 labels: windows hold up to 6,000 of them, then a few hundred, then about 1,000.
    const wide = drawn(60, () => drawn(300, () => `w${random(9000)}`));
    const narrow = drawn(60, () => drawn(300, () => `n${random(300)}`));
    const about = drawn(120, () => drawn(300, () => `a${random(1003)}`));
    expect(move(distinct, [...wide, ...narrow, ...about, ...wide], 30)).toBeGreaterThan(0);
  });
  it('distinct: slices that are estimated themselves', () => {
    const slices = drawn(40, () => drawn(random(2) === 0 ? 3000 : 40, () => `c${random(20_000)}`));
    move(distinct, slices, 4);
  });
  it('quantile: values far apart and close together', () => {
    const far = drawn(80, () => drawn(random(60), () => (random(2) - 0.5) * 10 ** (random(20) - 8)));
    const close = drawn(80, () => drawn(random(60), () => 100 + random(20)));
    for (const q of [0, 0.1, 0.5, 0.99, 1]) move(quantile(q), [...far, ...close, ...far], 12);
  });
  it('top: thousands of labels over the window', () => {
    const slices = drawn(80, () => drawn(200, () => `l${Math.floor(1500 * (random(1000) / 1000) ** 3)}`));
    move(top(10), slices, 20);
    move(top(100), slices, 5);
    // From few labels to many and back: searched, a heap, searched.
    const few = drawn(30, () => drawn(50, () => `f${random(12)}`));
    move(top(10), [...few, ...slices, ...few, ...slices.slice(40)], 20);
  });
  it('top: bounds hold where slices have dropped counters', () => {
    const aggregate = top(50);
    const total = aggregate.totals.fresh();
    const truth = new Map<string, number>();
    const slices = drawn(6, () => drawn(9000, () => `l${Math.floor(6000 * (random(1e6) / 1e6) ** 2)}`));
    slices.forEach((labels, i) => {
      const state = aggregate.zero();
      for (const label of labels) {
        aggregate.add(state, label);
        if (i > 1) truth.set(label, (truth.get(label) ?? 0) + 1);
      }
      aggregate.totals.take(total, state);
      if (i < 2) aggregate.totals.drop(total, state);
    });
    const { detail } = aggregate.totals.lower(total, context);
    const reported = detail as unknown as readonly { item: string; count: number; error: number }[];
    expect(reported).toHaveLength(50);
    for (const { item, count, error } of reported) {
      expect(count).toBeGreaterThanOrEqual(truth.get(item) ?? 0);
      expect(count - error).toBeLessThanOrEqual(truth.get(item) ?? 0);
    }
  });
});

describe('the best of a window', () => {
  it('is that of its slices, whatever comes late', () => {
    const step = fc.record({ value: fc.integer({ min: 0, max: 9 }), late: fc.option(fc.tuple(fc.nat(9), fc.nat(9))) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 12 }), (steps, length) => {
        const better = (a: number, b: number): boolean => a > b;
        const total = emptyExtreme();
        const slices = new Map<number, number>();
        steps.forEach(({ value, late }, at) => {
          slices.set(at, value);
          putBest(total, at, value, better);
          slices.delete(at - length);
          leaveOldest(total, at - length);
          if (late !== null) {
            const start = Math.max(0, at - length + 1, at - late[0]);
            slices.set(start, Math.max(slices.get(start) ?? 0, late[1]));
            putBest(total, start, slices.get(start) ?? 0, better);
          }
          const copy = copyExtreme(total);
          putBest(copy, at + 1, 10, better);
          expectEqual([best(copy), best(total)], [10, Math.max(...slices.values())]);
        });
      }),
    );
  });
  it('costs no more for a value that stays the best', () => {
    const total = emptyExtreme();
    let most = 0;
    for (let at = 0; at < 100_000; at++) {
      putBest(total, at, -at, (a, b) => a > b);
      if (at >= 100) leaveOldest(total, at - 100);
      most = Math.max(most, total.starts.length);
    }
    expect(most).toBeLessThanOrEqual(300);
  });
});

describe('numbers counted in and out', () => {
  it('a tally holds what a map would', () => {
    const step = fc.tuple(fc.oneof(fc.nat(20), fc.constantFrom(2 ** 53 - 1, 2 ** 32, 2 ** 40 + 5)), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const tally = emptyTally();
        const model = new Map<number, number>();
        for (const [key, isIn] of steps) {
          const count = model.get(key) ?? 0;
          if (isIn) {
            expectEqual(countIn(tally, key), count === 0);
            model.set(key, count + 1);
          } else if (count > 0) {
            expectEqual(countOut(tally, key), count === 1);
            if (count === 1) model.delete(key);
            else model.set(key, count - 1);
          }
        }
        const held = new Map<number, number>();
        forEachIn(copyTally(tally), (key, count) => void held.set(key, count));
        expect(held).toEqual(model);
        expect(tally.size).toBe(model.size);
        expect([0, 20, 2 ** 40 + 5].map((key) => isIn(tally, key))).toEqual(
          [0, 20, 2 ** 40 + 5].map((key) => model.has(key)),
        );
      }),
    );
  });
  it('registers from which hashes were taken out estimate as if these had never been in', () => {
    const sliding = emptyRegisters();
    const hashes = drawn(20_000, () => cyrb53(`h${random(12_000)}`));
    hashes.forEach((hash) => cellIn(sliding, cellOf(hash)));
    hashes.slice(0, 15_000).forEach((hash) => cellOut(sliding, cellOf(hash)));
    const registers = new Uint8Array(REGISTERS);
    hashes.slice(15_000).forEach((hash) => addCell(registers, cellOf(hash)));
    expect(registersWithin(sliding)).toEqual(registers);
    expect(estimateWithin(sliding)).toBe(estimate(registers));
    const copy = copyRegisters(sliding);
    hashes.slice(15_000).forEach((hash) => cellOut(copy, cellOf(hash)));
    expect([estimateWithin(copy), copy.cells]).toEqual([0, 0]);
    expect(estimateWithin(sliding)).toBe(estimate(registers));
  });
  it('registers count cells as often as they come, more than a byte holds and of any rank', () => {
    const cell = fc.tuple(fc.constantFrom(0, 1, REGISTERS - 1), fc.constantFrom(1, 2, 7, 8, 9, 40));
    const step = fc.tuple(cell, fc.constantFrom(1, 2, 254, 255, 256, 700), fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const sliding = emptyRegisters();
        const model = new Map<number, number>();
        for (const [[register, rank], by, isIn] of steps) {
          const at = register * RANKS + rank;
          const count = model.get(at) ?? 0;
          if (isIn) cellIn(sliding, at, by);
          else for (let i = 0; i < Math.min(by, count); i++) cellOut(sliding, at);
          model.set(at, isIn ? count + by : count - Math.min(by, count));
        }
        const held = [...model].filter(([, count]) => count > 0).map(([at]) => at);
        const highest = new Uint8Array(REGISTERS);
        for (const at of held) highest[at >> 6] = Math.max(highest[at >> 6] ?? 0, at % RANKS);
        expectEqual(registersWithin(sliding), highest);
        expect(sliding.cells).toBe(held.length);
        expect(estimateWithin(sliding)).toBe(estimate(highest));
      }),
    );
  });
  it('a hash is cut into its register, the low 14 bits, and the rank of the 39 above', () => {
    const anyHash = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.constantFrom(0, 2 ** 53 - 1, 2 ** 32, 2 ** 14, 2 ** 46));
    fc.assert(
      fc.property(anyHash, (hash) => {
        const bits = hash.toString(2).padStart(53, '0');
        const rank = bits.slice(0, 39).indexOf('1');
        expect(cellOf(hash)).toBe(parseInt(bits.slice(39), 2) * RANKS + (rank < 0 ? 39 : rank) + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
