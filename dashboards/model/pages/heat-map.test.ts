import { describe, expect, test } from 'vitest';
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { csatAlert } from '../../testing/scenario.ts';
import { emptyBoard, type BoardState } from '../board.ts';
import { keyId } from '../kpi-values.ts';
import { findingsOf, heatMap, kpiHeatMap, MOST_COLUMNS, type HeatMap } from './heat-map.ts';

const AT = Date.UTC(2026, 10, 29, 6, 35);
const KPI: KpiDescription = {
  ...{ id: 'negative', title: { 'zh-CN': '负面声音占比', en: 'Negative voices' }, unit: 'percent', decimals: 1 },
  ...{ better: 'lower', target: 20, by: [[], ['region', 'channel']], window: null, values: [] },
};
const value = (key: Record<string, string>, share: number | null, n = 500, kpi = KPI.id): KpiMessage => ({
  ...{ kpi, key, value: share, n, interval: null, revision: 0, final: true },
  window: { start: new Date(AT - 60_000).toISOString(), end: new Date(AT).toISOString() },
  watermark: new Date(AT).toISOString(),
});
const firing = (key: Record<string, string>, severity: string): AlertMessage =>
  csatAlert(AT, { alert: `${severity} ${keyId(key)}`, kpi: KPI.id, key, severity });
function board(values: readonly KpiMessage[], alerts: readonly AlertMessage[] = []): BoardState {
  const kpis = new Map<string, { latest: Map<string, KpiMessage>; points: [] }>();
  for (const one of values) {
    const known = kpis.get(one.kpi) ?? { latest: new Map(), points: [] };
    kpis.set(one.kpi, known);
    known.latest.set(keyId(one.key), one);
  }
  const open = alerts.map((message) => [message.alert, { message, firedAt: null }] as const);
  return { ...emptyBoard({}, AT), kpis, alerts: new Map(open) };
}
const east = (channel: string) => ({ region: 'east', channel });
const south = (channel: string) => ({ region: 'south', channel });
const VALUES = [
  value(east('app'), 92, 1460),
  value(east('phone'), 16),
  value(south('app'), 18),
  value(south('phone'), 22),
  value(south('email'), 90, 21),
  value({ region: 'east' }, 35.6),
  value({ channel: 'app' }, 38.7),
  value({}, 20.4),
];
const cellsOf = (map: HeatMap, pick: 'shade' | 'kind' | 'isOff') =>
  map.rows.map(({ cells }) => cells.map((cell) => cell[pick]));

describe('one KPI over two dimensions', () => {
  const state = board(VALUES, [firing(east('app'), 'critical'), firing(east('app'), 'minor')]);
  const map = heatMap(KPI, 'region', 'channel', state, {});

  test('has a row and a column for each value that was heard, in an order that does not change', () => {
    expect(map.rows.map(({ id }) => id)).toEqual(['east', 'south']);
    expect(map.columns.map(({ id }) => id)).toEqual(['app', 'phone', 'email']);
  });
  test('shades by how bad a value is among those without an alert', () => {
    expect(map.range).toEqual([16, 22]);
    expect(cellsOf(map, 'shade')).toEqual([
      [46, 0, 0],
      [15, 46, 0],
    ]);
  });
  test('gives neither shade nor verdict where cases are few or nothing was heard', () => {
    expect(cellsOf(map, 'kind')).toEqual([
      ['value', 'value', 'none'],
      ['value', 'value', 'few'],
    ]);
    expect(cellsOf(map, 'isOff')).toEqual([
      [true, false, false],
      [false, true, false],
    ]);
  });
  test('has margins as far as the KPI is computed for them', () => {
    expect(map.rows.map(({ total }) => total?.value)).toEqual([35.6, undefined]);
    expect(map.columns.map(({ total }) => total?.value)).toEqual([38.7, undefined, undefined]);
    expect(map.whole?.value).toBe(20.4);
  });
  test('finds the cell that the gravest rule fires on', () => {
    const { worst, ...counts } = findingsOf(map);
    expect([worst?.key, worst?.alert?.severity, counts]).toEqual([
      east('app'),
      'critical',
      { firing: 1, off: 1, judged: 4 },
    ]);
  });
  test('finds the worst that is off target where no rule fires, and nothing where all is well', () => {
    expect(findingsOf(heatMap(KPI, 'region', 'channel', board(VALUES.slice(1)), {})).worst?.key).toEqual(
      south('phone'),
    );
    expect(findingsOf(heatMap({ ...KPI, target: 95 }, 'region', 'channel', board(VALUES), {})).worst).toBeNull();
  });
  test('counts no silenced alert', () => {
    const silenced = { ...firing(east('app'), 'critical'), silenced: true };
    expect(findingsOf(heatMap(KPI, 'region', 'channel', board(VALUES, [silenced]), {})).firing).toBe(0);
  });
  test('deepens what is low where high is better', () => {
    const map2 = heatMap({ ...KPI, better: 'higher' }, 'region', 'channel', board(VALUES.slice(1)), {});
    expect(cellsOf(map2, 'shade')).toEqual([
      [0, 46, 0],
      [31, 0, 0],
    ]);
  });
  test('shows a slice alone when the address names one', () => {
    expect(heatMap(KPI, 'region', 'channel', state, { region: 'south' }).rows.map(({ id }) => id)).toEqual(['south']);
  });
  test('keeps those with alerts and with most cases when there are more than fit, and says how many are left out', () => {
    const many = Array.from({ length: 30 }, (_, i) => value(east(`channel${i}`), 10, 100 + i));
    const few = heatMap(KPI, 'region', 'channel', board(many, [firing(east('channel0'), 'major')]), {});
    expect([few.columns.length, few.hidden]).toEqual([MOST_COLUMNS, 30 - MOST_COLUMNS]);
    expect(few.columns.map(({ id }) => id)).toEqual([
      'channel0',
      ...[23, 24, 25, 26, 27, 28, 29].map((i) => `channel${i}`),
    ]);
  });
});

test('one dimension over several KPIs shades each by its own range', () => {
  const csat: KpiDescription = { ...KPI, id: 'csat', better: 'higher', target: 85 };
  const state = board([
    ...[12, 14].map((share, i) => value({ channel: ['app', 'phone'][i] ?? '' }, share)),
    ...[90, 70].map((share, i) => value({ channel: ['app', 'phone'][i] ?? '' }, share, 500, 'csat')),
    value({}, 13),
  ]);
  const map = kpiHeatMap([KPI, csat], 'channel', state, {});
  expect(cellsOf(map, 'shade')).toEqual([
    [0, 0],
    [46, 46],
  ]);
  expect(cellsOf(map, 'isOff')).toEqual([
    [false, false],
    [false, true],
  ]);
  expect([map.range, map.columns.map(({ total }) => total?.value)]).toEqual([null, [13, undefined]]);
});
