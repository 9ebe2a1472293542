import { describe, expect, test } from 'vitest';
import type { KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { csatAlert } from '../../testing/scenario.ts';
import { emptyBoard, type BoardState } from '../board.ts';
import { keyId, type Key } from '../kpi-values.ts';
import { issueKpi, issueRows, moveOf } from './voices-model.ts';

const AT = Date.UTC(2026, 10, 29, 6, 35);
const MINUTE = 60_000;
const KPI: KpiDescription = {
  ...{ id: 'issue_voices', title: { 'zh-CN': '问题', en: 'Issues' }, unit: 'count', decimals: 0, better: 'lower' },
  ...{ target: null, by: [[], ['issue']], window: null, values: [] },
};
const value = (key: Key, n: number, endsAgo = 0): KpiMessage => ({
  ...{ kpi: KPI.id, key, value: n, n, interval: null, revision: 0, final: true, watermark: new Date(AT).toISOString() },
  window: {
    start: new Date(AT - (endsAgo + 1) * MINUTE).toISOString(),
    end: new Date(AT - endsAgo * MINUTE).toISOString(),
  },
});
const NOW = { refund: 640, crash: 62, late: 731, attitude: 100, fresh: 9 };
const USUAL = { refund: 41, crash: 60, late: 702, attitude: 260 };
const PAST = Object.entries(USUAL).flatMap(([issue, n]) =>
  Array.from({ length: 8 }, (_, i) => value({ issue }, n + (i % 2), i + 1)),
);
function board(alerts: BoardState['alerts'] = new Map()): BoardState {
  const latest = [
    ...Object.entries(NOW).map(([issue, n]) => value({ issue }, n)),
    value({}, 1500),
    value({ issue: '' }, 30),
  ];
  const values = { latest: new Map(latest.map((one) => [keyId(one.key), one])), points: [] };
  return { ...emptyBoard({}, AT), kpis: new Map([[KPI.id, values]]), alerts };
}

describe('issues', () => {
  const rows = issueRows(KPI, board(), PAST);

  test('rising ones come first, then as many as usual, then fewer; among like ones by how many', () => {
    expect(rows.map(({ issue, move }) => `${issue} ${move}`)).toEqual([
      ...['refund rising', 'late same', 'crash same', 'fresh unknown', 'attitude falling'],
    ]);
  });
  test('are held against the middle of the windows before, none of which overlaps with the one shown', () => {
    expect(rows.map(({ issue, usual }) => [issue, usual])).toEqual([
      ['refund', 42],
      ['late', 703],
      ['crash', 61],
      ['fresh', null],
      ['attitude', 261],
    ]);
    const overlapping = [...PAST, ...Array.from({ length: 9 }, () => value({ issue: 'refund' }, 600, 0.5))];
    expect(issueRows(KPI, board(), overlapping)[0]?.usual).toBe(42);
  });
  test('have their course up to now, oldest first', () => {
    expect(rows[0]?.course.map(({ v }) => v)).toEqual([42, 41, 42, 41, 42, 41, 42, 41, 640]);
  });
  test('of an alert come before all others', () => {
    const message = csatAlert(AT, { key: { issue: 'crash' } });
    expect(issueRows(KPI, board(new Map([['a', { message, firedAt: null }]])), PAST)[0]).toMatchObject({
      ...{ issue: 'crash', alert: { alert: message.alert } },
    });
  });
});

test.each([
  [640, 41, 'rising'],
  [62, 60, 'same'],
  [3, 0, 'same'],
  [4, 0, 'rising'],
  [204, 260, 'falling'],
  [9, null, 'unknown'],
] as const)('%d where %d are usual: %s', (n, usual, move) => {
  expect(moveOf(n, usual)).toBe(move);
});

test('the KPI is the first count that is split by issue alone, or the one that is named', () => {
  const others: KpiDescription[] = [
    { ...KPI, id: 'share', unit: 'percent' },
    { ...KPI, id: 'pairs', by: [['issue', 'region']] },
  ];
  expect(issueKpi([...others, KPI], null)?.id).toBe('issue_voices');
  expect(issueKpi([...others, KPI], 'share')?.id).toBe('share');
  expect([issueKpi(others, null), issueKpi([KPI], 'pairs')]).toEqual([null, null]);
});
