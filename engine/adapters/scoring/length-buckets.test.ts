import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LengthBuckets } from './length-buckets.ts';

const item = (length: number, since = 0): { text: string; since: number } => ({ text: 'x'.repeat(length), since });
const limits = { texts: 4, units: 1000, deadlineMs: 5 };

describe('length buckets', () => {
  it('cut a batch as soon as one length holds enough, else when the oldest is due', () => {
    const buckets = new LengthBuckets(limits);
    for (const length of [10, 300, 20, 10]) buckets.add(item(length));
    expect(buckets.take(4.9)).toEqual([]);
    expect(buckets.dueAt()).toBe(5);
    buckets.add(item(11, 1));
    expect(buckets.take(1).map((one) => one.text.length)).toEqual([10, 20, 10, 11]);
    expect(buckets.take(5).map((one) => one.text.length)).toEqual([300]);
    expect(buckets.dueAt()).toBeUndefined();
  });

  it('give what is there at once where nothing waits for others', () => {
    const buckets = new LengthBuckets({ ...limits, deadlineMs: 0 });
    buckets.add(item(300, 7));
    expect(buckets.dueAt()).toBe(7);
    expect(buckets.take(7).map((one) => one.text.length)).toEqual([300]);
  });

  it('fill a due batch up with shorter texts', () => {
    const buckets = new LengthBuckets(limits);
    buckets.add(item(300, 0));
    buckets.add(item(10, 3));
    expect(buckets.take(5).map((one) => one.text.length)).toEqual([300, 10]);
  });

  it('let one text be longer than a batch, alone', () => {
    const buckets = new LengthBuckets(limits);
    for (const length of [5000, 5000, 600]) buckets.add(item(length));
    expect(buckets.take(9).map((one) => one.text.length)).toEqual([5000]);
    expect(buckets.take(9).map((one) => one.text.length)).toEqual([5000]);
    expect(buckets.take(9).map((one) => one.text.length)).toEqual([600]);
  });

  it('give back everything once, within the limits, the overdue before the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 })), (lengths) => {
        const buckets = new LengthBuckets(limits);
        const items = lengths.map((length, i) => item(length, i));
        items.forEach((one) => buckets.add(one));
        const seen: object[] = [];
        while (buckets.size > 0) {
          const batch = buckets.take(lengths.length + 5);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(4);
          const units = batch.reduce((sum, one) => sum + one.text.length, 0);
          if (batch.length > 1) expect(units).toBeLessThanOrEqual(1000);
          const left = items.filter((one) => !seen.includes(one));
          expect(batch).toContain(left[0]);
          seen.push(...batch);
        }
        expect(new Set(seen).size).toBe(items.length);
        expect(buckets.take(1e9)).toEqual([]);
      }),
    );
  });
});
