import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KpiMessage } from '../core/wire.ts';
import { Series } from './series.ts';

const at = (ms: number): string => new Date(ms).toISOString();
function value(end: number, fields: Partial<KpiMessage> = {}): KpiMessage {
  return {
    kpi: 'csat',
    key: {},
    window: { start: at(end - 60_000), end: at(end) },
    value: 1,
    n: 1,
    interval: null,
    revision: 0,
    final: false,
    watermark: at(end),
    ...fields,
  };
}
const FAR = 1e12;
const read = (series: Series): [number, number | null][] =>
  series.between('csat', {}, 0, FAR).map(({ window, value: number }) => [Date.parse(window.end), number]);

describe('series', () => {
  it('gives back what was put in', () => {
    const series = new Series();
    const message = value(100_000, {
      value: 81.25,
      n: 40,
      interval: [70, 90.5],
      revision: 2,
      final: true,
      key: { a: 'b' },
    });
    series.add(message);
    series.add(value(105_000, { value: null, n: 0, partial: true }));
    expect(series.between('csat', { a: 'b' }, 0, FAR)).toEqual([
      message,
      value(105_000, { value: null, n: 0, key: { a: 'b' }, partial: true }),
    ]);
    expect(series.between('csat', {}, 100_000, 105_000)).toHaveLength(1);
  });

  it('corrects a window by its final value and by revisions, and not by live ones that come after', () => {
    const series = new Series();
    series.add(value(5_000, { value: 1 }));
    series.add(value(10_000, { value: 2 }));
    series.add(value(5_000, { value: 3, final: true }));
    series.add(value(5_000, { value: 4 }));
    series.add(value(5_000, { value: 5, final: true, revision: 2 }));
    series.add(value(5_000, { value: 6, final: true, revision: 1 }));
    series.add(value(7_000, { value: 9, final: true }));
    expect(read(series)).toEqual([
      [5_000, 5],
      [7_000, 9],
      [10_000, 2],
    ]);
  });

  it('forgets a window that is retracted', () => {
    const series = new Series();
    for (const end of [1_000, 2_000, 3_000]) series.add(value(end));
    series.add(value(2_000, { retracted: true, final: true }));
    series.add(value(3_000, { retracted: true, window: { start: at(0), end: at(3_000) } }));
    expect(read(series).map(([end]) => end)).toEqual([1_000, 3_000]);
  });

  it('holds the newest windows in order, one a second, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ end: fc.nat(40_000), final: fc.boolean() }), { maxLength: 200 }), (inputs) => {
        const series = new Series(7);
        for (const { end, final } of inputs) series.add(value(end + 1_000, { final }));
        const ends = read(series).map(([end]) => end);
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        expect(new Set(ends.map((end) => Math.floor(end / 1_000))).size).toBe(ends.length);
        expect(ends.length).toBeLessThanOrEqual(7);
        // Final windows of distinct seconds, newest first: none of the last seven may be missing.
        const finals = new Set(inputs.filter(({ final }) => final).map(({ end }) => Math.floor(end / 1_000) + 1));
        if (inputs.every(({ final }) => final)) {
          expect(new Set(ends.map((end) => Math.floor(end / 1_000)))).toEqual(
            new Set([...finals].sort((a, b) => b - a).slice(0, 7)),
          );
        }
      }),
    );
  });

  it('keeps the last ones in a ring', () => {
    const series = new Series(5);
    for (let i = 1; i <= 12; i++) series.add(value(i * 1_000, { value: i }));
    expect(read(series).map(([, number]) => number)).toEqual([8, 9, 10, 11, 12]);
    expect(series.coversFrom).toBe(8_000);
    series.add(value(3_000, { value: 3, final: true }));
    expect(read(series).map(([, number]) => number)).toEqual([8, 9, 10, 11, 12]);
  });
});
