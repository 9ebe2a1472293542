/** What `process` says at a terminal of a KPI: its course beside its last value, and the chart of `--chart`. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { checkConfig } from '../../../adapters/config/config-file.ts';
import type { Outgoing } from '../../../core/types.ts';
import { configForm, type Config } from '../../config/config.ts';
import { ProcessSummary } from '../shared/process-summary.ts';

const checked = checkConfig<Config>(
  `
scoring: {sentiment: null, issues: null}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: Satisfaction}, from: cx.survey.answered, measure: {kind: csat, value: data.score}, window: {kind: tumbling, size: 1h}, target: 90}
rules:
  - {id: csat_low, kpi: csat, fire: value < 40, severity: major}
`,
  configForm(compileExpression),
  {},
);
if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 5, hour)).toISOString();
const message = (subject: string, data: object): Outgoing =>
  ({ subject, data, type: '', time: 0 }) as unknown as Outgoing;
const window = (hour: number, value: number, key: object = {}): Outgoing =>
  message('cx.kpi.csat', {
    kpi: 'csat',
    key,
    window: { start: at(hour), end: at(hour + 1) },
    value,
    n: 9,
    final: true,
  });
const change = (hour: number, state: string, previous: string | null): Outgoing =>
  message('cx.alerts.major.csat_low', { alert: 'a', rule: 'csat_low', kpi: 'csat', state, previous, at: at(hour) });

it('draws the course of the company alone, where its rules fire, its target, and when an alert was open', () => {
  const summary = new ProcessSummary(checked.config);
  summary.see([window(0, 80), window(1, 80), window(2, 30), window(3, 30), window(4, 80), window(4, 0, { a: 'b' })]);
  summary.see([change(3, 'firing', null), change(5, 'resolved', 'firing')]);
  expect(summary.text({ events_in: 5 })).toContain('6 windows, last 80.0 (n 9)  ██▁▁█');
  const lines = summary.chart('csat', 40).trimEnd().split('\n');
  expect(lines[0]).toBe(`  csat, Satisfaction, ${at(1)} … ${at(5)}`);
  expect(lines[1]).toBe(`90.0 ┤${'┄'.repeat(34)}`);
  expect(lines.filter((line) => line.startsWith('40.0 ┤'))).toHaveLength(1);
  expect(lines.at(-2)).toMatch(/^30\.0 ┤[ ┄]*[⠁-⣿]/);
  expect(lines.at(-1)).toMatch(/^ {5}│ {16,17}!+$/);
});

it('says of a KPI without a window that it has none', () => {
  expect(new ProcessSummary(checked.config).chart('csat', 40)).toBe(
    '  csat: no window of the whole company has a value\n',
  );
});
