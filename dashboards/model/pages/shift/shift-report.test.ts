import { describe, expect, test } from 'vitest';
import type { AlertMessage, KpiMessage } from '../../../../engine/core/wire.ts';
import { describe as description, value } from '../../../testing/live-script.ts';
import { csatAlert } from '../../../testing/scenario.ts';
import { episodesOf } from '../episodes.ts';
import {
  dayBefore,
  shiftAddress,
  shiftAlerts,
  shiftCsv,
  shiftKpi,
  shiftQuotes,
  shiftSpan,
  shiftStep,
  stripRows,
} from './shift-report.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T16:00:00Z');
const SPAN = { from: NOW - 8 * HOUR, to: NOW };
const iso = (ms: number): string => new Date(ms).toISOString();
const at = (hour: number, fields: Partial<KpiMessage>): KpiMessage =>
  value({ ...fields, window: { start: iso(SPAN.from + (hour - 1) * HOUR), end: iso(SPAN.from + hour * HOUR) } });

describe('the span', () => {
  test('is the last eight hours unless the address says another, and never of the future', () => {
    expect(shiftSpan(shiftAddress(''), NOW)).toEqual(SPAN);
    expect(shiftSpan(shiftAddress('?span=12h'), NOW).from).toBe(NOW - 12 * HOUR);
    expect(shiftAddress('?span=9h&to=yesterday')).toEqual({ span: '8h', to: null });
    expect(shiftSpan(shiftAddress(`?to=${iso(NOW - HOUR)}`), NOW)).toEqual({ from: NOW - 9 * HOUR, to: NOW - HOUR });
    expect(shiftSpan(shiftAddress(`?to=${iso(NOW + HOUR)}`), NOW)).toEqual(SPAN);
    expect(dayBefore(SPAN, 7).to).toBe(NOW - 168 * HOUR);
  });
  test('is looked at once a window, and each five minutes at most', () => {
    expect([
      shiftStep({ kind: 'sliding', sizeMs: HOUR, slideMs: 1000 }),
      shiftStep({ sizeMs: 1000 }),
      shiftStep(null),
    ]).toEqual([HOUR, 300_000, 300_000]);
  });
});

describe('a KPI', () => {
  const kpi = description({ target: 85 });
  const shift = [
    at(1, { value: 90, n: 100 }),
    at(2, { value: 80, n: 300 }),
    at(3, { value: 95, n: 0 }),
    at(4, { value: null, n: 0 }),
  ];
  test('counts windows by their n, finds the worst, and how long it was on target', () => {
    const row = shiftKpi({ kpi, shift, day: [at(1, { value: 82.6, n: 1 })], week: [at(1, { value: 70, n: 1 })] }, []);
    expect(row).toMatchObject({ mean: 82.5, n: 400, onTarget: 2 / 3, day: 0, week: 12.5, now: 'ok' });
    expect(row.worst).toEqual({ value: 80, at: SPAN.from + 2 * HOUR });
    expect(shiftKpi({ kpi: description({ better: 'lower', target: 85 }), shift, day: [], week: [] }, [])).toMatchObject(
      {
        ...{ worst: { value: 95 }, day: null, now: 'off' },
      },
    );
  });
  test('leaves out windows that lack events, and says what it does not know', () => {
    const partial = [at(1, { value: 10, n: 9, partial: true }), at(2, { value: 12, n: 1, retracted: true })];
    expect(shiftKpi({ kpi, shift: partial, day: [], week: [] }, [])).toMatchObject({
      ...{ mean: null, worst: null, onTarget: null, n: 0, day: null, now: 'noData' },
    });
    expect(shiftKpi({ kpi: description({ target: null }), shift, day: [], week: [] }, [])).toMatchObject({
      ...{ worst: null, onTarget: null, now: 'noTarget' },
    });
  });
  test('with an open alert stands as such, but not with one that is silenced, pending or of another', () => {
    const now = (alert: Partial<AlertMessage>): string =>
      shiftKpi({ kpi, shift, day: [], week: [] }, [csatAlert(NOW, alert)]).now;
    expect([
      now({ kpi: 'csat' }),
      now({ kpi: 'csat', silenced: true }),
      now({ kpi: 'nps' }),
      now({ kpi: 'csat', state: 'pending' }),
    ]).toEqual(['alert', 'ok', 'ok', 'ok']);
  });
  test('goes into a spreadsheet unrounded, with empty cells for what is not known', () => {
    expect(shiftCsv([shiftKpi({ kpi, shift: [], day: [], week: [] }, [])]).split('\r\n')[1]).toBe(
      'csat,,,,85,,0,,,noData',
    );
  });
});

describe('alerts', () => {
  const change = (alert: string, hour: number, fields: Partial<AlertMessage> = {}): AlertMessage =>
    csatAlert(NOW, {
      alert,
      since: iso(SPAN.from + hour * HOUR),
      at: iso(SPAN.from + hour * HOUR),
      acked: null,
      ...fields,
    });
  const ended = (alert: string, from: number, to: number, fields: Partial<AlertMessage> = {}): AlertMessage[] => [
    change(alert, from, fields),
    change(alert, from, { ...fields, state: 'resolved', previous: 'firing', at: iso(SPAN.from + to * HOUR) }),
  ];
  const of = (...changes: readonly AlertMessage[]) =>
    shiftAlerts(episodesOf(changes, (_, one, than) => one < than).values(), SPAN);

  test('are those that fired within the span, open ones first, then the gravest', () => {
    const acked = { by: '陈皓', at: iso(SPAN.from + 1.1 * HOUR) };
    const found = of(
      ...ended('before', -3, -1),
      ...ended('into', -1, 1, { severity: 'major' }),
      ...ended('within', 1, 2, { acked }),
      change('open', 7, { severity: 'major' }),
      ...ended('after', 9, 10),
      change('pending', 3, { state: 'pending', previous: null }),
      change('silenced', 6, { severity: 'minor', silenced: true }),
    );
    const names = found.alerts.map(({ episode }) => episode.message.alert);
    expect(names).toEqual(['open', 'silenced', 'within', 'into']);
    expect([found.open, found.notAcked]).toEqual([1, 1]);
    expect(found.alerts[2]).toMatchObject({ by: '陈皓', ackedAfterMs: 0.1 * HOUR, to: SPAN.from + 2 * HOUR });
  });
  test('one that ended after the span was open at its end', () => {
    expect(of(...ended('later', 7, 9)).open).toBe(1);
  });
  test('stand in the strip by rule, longest first, and speak once each', () => {
    const { alerts } = of(
      ...ended('a', 1, 2, { rule: 'short', samples: ['slow', 'slow'] }),
      ...ended('b', 1, 3, { rule: 'long', samples: ['rude'] }),
      ...ended('c', 4, 6, { rule: 'long', samples: ['slow'] }),
    );
    expect(stripRows(alerts, SPAN).map((row) => row.map(({ episode }) => episode.message.alert))).toEqual([
      ['b', 'c'],
      ['a'],
    ]);
    expect(shiftQuotes(alerts, 2)).toEqual(['slow', 'rude']);
  });
});
