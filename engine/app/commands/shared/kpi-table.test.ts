import { expect, it } from 'vitest';
import { at } from '../../../core/must.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import type { Outgoing } from '../../../core/types.ts';
import { parseConfig } from '../../config/config.ts';
import { KpiTable } from './kpi-table.ts';

const kpi = (id: string, by: readonly (readonly string[])[]): object => ({
  ...{ id, from: 'cx.case.opened', measure: { kind: 'count' }, window: { kind: 'tumbling', size: '1d' }, by },
});
const parsed = parseConfig(
  { kpis: [kpi('a', [[], ['channel']]), kpi('b', [['region', 'channel']])] },
  compileExpression,
);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const table = new KpiTable(parsed.config);
const message = (subject: string, fields: object): Outgoing => ({
  ...{ id: 'i', subject, type: 'cx.kpi.changed', time: 0 },
  data: {
    ...{ kpi: 'a', key: {}, value: 1.5, n: 2, interval: null, revision: 0, final: true, watermark: null },
    window: { start: '2026-02-28T16:00:00.000Z', end: '2026-03-01T16:00:00.000Z' },
    ...fields,
  },
});

it('has a column for each dimension that a KPI is by, and local times', () => {
  expect(table.header()).toBe('kpi,channel,region,start,end,value,n,low,high,revision,partial\n');
  expect(
    table.rows([
      message('cx.kpi.a', { interval: [1, 2], partial: true }),
      message('cx.kpi.a', { key: { channel: 'app' }, value: null }),
    ]),
  ).toEqual([
    'a,,,2026-03-01 00:00:00,2026-03-02 00:00:00,1.5,2,1,2,0,true\n',
    'a,app,,2026-03-01 00:00:00,2026-03-02 00:00:00,,2,,,0,\n',
  ]);
});

it('leaves out what is no final window', () => {
  expect(table.rows([message('cx.kpi.a', { final: false }), message('cx.alerts.major.x', {})])).toEqual([]);
});

it('quotes what needs it, and keeps a formula from being one', () => {
  const [row] = table.rows([message('cx.kpi.b', { key: { region: 'a,"b"', channel: '=1+2' } })]);
  expect(row).toContain(`a,'=1+2,"a,""b""",`);
});

it.each(['=1', '+1', '-1', '@x', '\uff1d1', '\uff0b1', '\uff0d1', '\uff20x', ' =1', '\u3000=1', '\t=1', '\n=1', '\r1'])(
  'keeps %j from being a formula',
  (channel) => {
    const row = at(table.rows([message('cx.kpi.b', { key: { region: 'x', channel } })]), 0);
    expect(row).toMatch(/^a,"?'/);
    expect(row.replaceAll('"', '')).toContain(`a,'${channel},x,`);
  },
);

it('leaves other text as it is', () => {
  for (const channel of ['a=1', '华东', "'quoted", '1-2'])
    expect(table.rows([message('cx.kpi.b', { key: { region: 'x', channel } })])[0]).toContain(`a,${channel},x,`);
});
