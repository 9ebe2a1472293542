import { describe, expect, it } from 'vitest';
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../core/wire.ts';
import type { EngineStatus } from '../shared/status-report.ts';
import { rowId, topScreen, type TopView } from './top-screen.ts';
import { fitted, widthOf } from './text-width.ts';

const value = (key: Readonly<Record<string, string>>, of: number | null, n = 12): KpiMessage => ({
  ...{ kpi: 'csat', key, value: of, n, interval: null, revision: 1, final: false },
  ...{ window: { start: '2026-01-05T09:00:00.000Z', end: '2026-01-05T09:05:00.000Z' }, watermark: '' },
});
const csat: KpiDescription = {
  ...{ id: 'csat', title: { 'zh-CN': '满意度', en: 'Satisfaction' }, unit: '%', decimals: 1, better: 'higher' },
  ...{ target: 80, by: [[], ['channel']], window: {} },
  values: [value({}, 71.25, 1_204), value({ channel: 'app' }, 60), value({ channel: 'web' }, null, 0)],
};
const alert: AlertMessage = {
  ...{ alert: 'a1', rule: 'csat_low', kpi: 'csat', key: { channel: 'app' }, state: 'firing', previous: 'pending' },
  ...{ value: 60, n: 12, interval: null, threshold: 'value < 70', since: '2026-01-05T09:00:00.000Z', at: '' },
  ...{ window: { start: '', end: '' }, reason: '60.0 % is below 70', reason_zh: '60.0 % 低于 70', flaps: 0 },
  ...{ title: { 'zh-CN': '满意度低', en: 'Satisfaction low' }, causes: [], samples: [], owner: null, runbook: null },
  ...{ severity: 'critical', acked: null, silenced: false },
};
const status: EngineStatus = {
  ...{ url: 'http://127.0.0.1:8080', version: '0.1.0', at: '2026-01-05T09:03:05.000Z', ready: true, healthy: true },
  ...{ reasons: [], events: { in: 9, processed: 9, duplicate: 0, late: 0, rejected: 0 }, eventsPerSecond: 1_234 },
  ...{ lagSeconds: 0.2, watermark: null, behindSeconds: null, partitions: [], boards: 3, encryption: null },
  alerts: [alert],
};
const view: TopView = {
  ...{ url: status.url, lang: 'en', status, kpis: [csat], one: null, oldSince: null, columns: 120, rows: 40 },
  courses: new Map([[rowId('csat', {}), [80, 75, 71].map((v, i) => ({ t: i, v }))]]),
};

describe('the screen of top', () => {
  it('has a line for each KPI with what it is worth, its target and course, and all open alerts', () => {
    expect(topScreen(view)).toBe(
      [
        '✓ ready  http://127.0.0.1:8080  1,234 events/s  lag 0.2 s  3 boards',
        '',
        'KPI            value      n    target  course  alerts',
        'Satisfaction  71.3 %  1,204  ≥ 80.0 %  █▄▁     1 Critical',
        '',
        'open alerts: 1',
        '  Critical  Satisfaction low (channel=app)  3 min 5 s  60.0 % is below 70',
        '',
      ].join('\n'),
    );
  });
  it('is as even in Chinese, whose characters take two cells', () => {
    const lines = topScreen({ ...view, lang: 'zh-CN' }).split('\n');
    expect(lines[2]).toBe('指标      数值      n      目标  走势  告警');
    expect(lines[3]).toBe('满意度  71.3 %  1,204  ≥ 80.0 %  █▄▁   1 严重');
    expect(widthOf(String(lines[2]).split('走势')[0] ?? '')).toBe(widthOf(String(lines[3]).split('█')[0] ?? ''));
  });
  it('shows the keys of one KPI, the worst first, each with its own alerts', () => {
    const rows = topScreen({ ...view, one: csat })
      .split('\n')
      .slice(3, 6);
    expect(rows.map((row) => row.split('  ')[0])).toEqual(['channel=app', 'all', 'channel=web']);
    expect(rows[0]).toContain('1 Critical');
    expect(rows[1]).not.toContain('Critical');
    expect(rows[2]).toContain('–');
  });
  it('says of what is old that it is, and of what was never answered that it waits', () => {
    expect(topScreen({ ...view, oldSince: status.at })).toMatch(
      /^✕ no answer: what follows is old, of 2026-01-05T09:03/,
    );
    expect(topScreen({ ...view, status: null, kpis: [] })).toMatch(/^waiting for an answer {2}http:/);
  });
  it('does not say that none is open where alerts are not known', () => {
    expect(topScreen({ ...view, status: { ...status, alerts: null } })).toContain('open alerts: not known');
    expect(topScreen({ ...view, status: { ...status, alerts: [] } })).toContain('open alerts: none');
  });
  it('says how grave an alert is in the words of notices, whatever its severity', () => {
    for (const [severity, zh, en] of [
      ['info', '提示', 'Info'],
      ['major', '重要', 'Major'],
    ] as const) {
      const seen = { ...view, status: { ...status, alerts: [{ ...alert, severity }] } };
      expect(topScreen(seen)).toContain(`1 ${en}`);
      expect(topScreen({ ...seen, lang: 'zh-CN' })).toContain(`1 ${zh}`);
    }
  });
  it('is cut to the terminal', () => {
    const lines = topScreen({ ...view, columns: 20, rows: 5 })
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(4);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(20);
  });
});

it.each([
  ['app', 5, 'app  '],
  ['满意度', 8, '满意度  '],
  ['满意度指标', 8, '满意度… '],
  ['a\x1b[31mb\nc', 9, 'a[31mbc  '],
  ['👍🏽👍🏽', 3, '👍🏽…'],
  ['x', 0, ''],
])('%j takes exactly %i cells', (text, cells, shown) => {
  expect(fitted(text, cells)).toBe(shown);
  expect(widthOf(shown)).toBe(cells);
});
