/** What `process` says where its result is empty, so that nobody takes a mistyped name for a quiet month. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { checkConfig } from '../../../adapters/config/config-file.ts';
import type { Outgoing } from '../../../core/types.ts';
import { configForm, type Config } from '../../config/config.ts';
import { ProcessSummary } from './process-summary.ts';

const checked = checkConfig<Config>(
  `
scoring: {sentiment: null, issues: null}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: Satisfaction}, from: cx.survey.answered, measure: {kind: csat, value: data.score}, window: {kind: tumbling, size: 1h}}
  - {id: cases, title: {zh-CN: 个案, en: Cases}, from: [cx.case.opened, cx.survey.answered], measure: {kind: count}, window: {kind: tumbling, size: 1h}}
`,
  configForm(compileExpression),
  {},
);
if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
const { config } = checked;

const message = (subject: string): Outgoing =>
  ({
    ...{ subject, type: '', time: 0 },
    data: { kpi: 'csat', key: {}, window: { end: '2026-01-05T01:00:00Z' }, value: 1, n: 1, final: true },
  }) as unknown as Outgoing;

function summaryOf(...subjects: readonly string[]): ProcessSummary {
  const summary = new ProcessSummary(config);
  summary.see(subjects.map(message));
  return summary;
}

it('names the types that the KPIs ask for, each once, where none of them has a window', () => {
  expect(summaryOf('cx.enriched.app.case.-').nothing('', 1, 'ndjson')).toEqual({
    why: 'no KPI has a window: no event is of a type, and meets the condition, that one of them asks for',
    fields: { wanted: 'cx.survey.answered, cx.case.opened' },
  });
});

it('names what --only asks for, and of how many messages, where no subject begins so', () => {
  expect(summaryOf('cx.kpi.csat', 'cx.kpi.csat').nothing('cx.kpis', 0, 'ndjson')).toEqual({
    why: 'no subject of a message begins with what --only asks for',
    fields: { only: 'cx.kpis', of: 2 },
  });
});

it('says of a table that it is of windows alone, where --only asks for something else', () => {
  expect(summaryOf('cx.kpi.csat').nothing('cx.alerts', 0, 'csv')).toEqual({
    why: 'no window of a KPI, which a table is of, has a subject that begins with what --only asks for',
    fields: { only: 'cx.alerts', of: 1 },
  });
});

it('says nothing where there is a result, or where there was no message at all to ask of', () => {
  expect(summaryOf('cx.kpi.csat').nothing('cx.kpi', 1, 'ndjson')).toBeNull();
  expect(summaryOf('cx.kpi.csat').nothing('', 1, 'csv')).toBeNull();
  expect(new ProcessSummary({ kpis: [], rules: [] }).nothing('cx.kpi', 0, 'ndjson')).toBeNull();
});
