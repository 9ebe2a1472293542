import { expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { parseConfig, type Config } from './config.ts';
import { sharingMark } from './config-fingerprints.ts';

const kpi = {
  id: 'volume',
  from: 'cx.page.viewed',
  measure: { kind: 'count' },
  window: { kind: 'tumbling', size: '1m' },
};
const configOf = (more: object): Config => {
  const parsed = parseConfig({ kpis: [kpi], ...more }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
};

it('instances that compute the same have the same mark, wherever they listen', () => {
  const mark = sharingMark(configOf({}), 'key');
  expect(mark).toMatch(/^[\w-]{16}$/);
  const elsewhere = { http: { port: 9_000 }, threads: 2, nats: { servers: ['nats://10.0.0.7:4222'] } };
  expect(sharingMark(configOf(elsewhere), 'key')).toBe(mark);
});

it('a window, a zone, a channel or the key of pseudonyms that differs makes another', () => {
  const longer = { kpis: [{ ...kpi, window: { kind: 'tumbling', size: '2m' } }] };
  const marks = [{}, longer, { time: { zone: 'UTC' } }, { channels: ['kiosk'] }].map((more) =>
    sharingMark(configOf(more), 'key'),
  );
  expect(new Set([...marks, sharingMark(configOf({}), 'another key')]).size).toBe(5);
});
