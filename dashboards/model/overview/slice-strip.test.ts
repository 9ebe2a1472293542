import { expect, test } from 'vitest';
import type { KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { connected, describe, value } from '../../testing/live-script.ts';
import { NO_VALUES } from '../kpi-values.ts';
import { MOST_BARS, sliceStrip, type SliceStrip } from './slice-strip.ts';

const slice = (channel: string, v: number, n = 100): KpiMessage =>
  value({ key: { channel }, value: v, n, interval: [v - 2, v + 2] });
const strip = (values: readonly KpiMessage[], change: Partial<KpiDescription> = {}): SliceStrip | null => {
  const kpi = describe(change);
  return sliceStrip(kpi, connected(values).kpis.get('csat') ?? NO_VALUES, {}, 'en');
};

test('a bar a slice in an order of its own, the worst marked and named', () => {
  const shown = strip([value(), slice('phone', 90), slice('app', 83.1), slice('web', 88)]);
  expect(shown?.bars.map(({ name, isWorst }) => [name, isWorst])).toEqual([
    ['App', true],
    ['Web', false],
    ['Phone', false],
  ]);
  expect(shown).toMatchObject({ label: 'Lowest', key: 'App', value: '83.1%' });
});

test('where sizes differ bars begin at nothing; where they are alike, their differences are seen', () => {
  const far = strip([value(), slice('app', 20), slice('web', 10)], { better: 'lower', target: null });
  expect(far?.bars.map(({ height }) => height)).toEqual([1, 0.5]);
  const alike = strip([value(), slice('app', 90), slice('web', 80)]);
  expect(alike?.bars[1]?.height).toBeLessThan(0.5);
  expect(alike?.target).toBeGreaterThan(0.3);
});

test('a slice with few cases says nothing; so does one alone, and what is not split so', () => {
  expect(strip([value(), slice('app', 83), slice('sms', 1, 9)])).toBeNull();
  expect(strip([value(), slice('app', 83), slice('~other', 1)])).toBeNull();
  expect(strip([value(), slice('app', 83), slice('web', 81)], { by: [[]] })).toBeNull();
  expect(strip([])).toBeNull();
});

test('of many those with most cases are shown; a count says its share of the whole', () => {
  const many = Array.from({ length: 12 }, (_, i) => slice(`c${i}`, 80 + i, 100 + i));
  const shown = strip([value(), ...many]);
  expect([shown?.bars.length, shown?.bars[0]?.name]).toEqual([MOST_BARS, 'c4']);
  const counts = [value({ value: 400, n: 400 }), slice('app', 124, 124), slice('web', 90, 90)];
  expect(strip(counts, { unit: 'count', decimals: 0 })).toMatchObject({
    label: 'Most',
    key: 'App',
    value: '31%',
    target: null,
  });
});
