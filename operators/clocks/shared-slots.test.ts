/** A slot that a key of one clock leaves is taken by a key of another: what is saved then says whose it is. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../engine/app/config/config.ts';
import { playThrough } from '../../engine/testing/several-partitions.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

const START = Date.UTC(2026, 2, 2);
const CONFIG = `
time: {allowed_lateness: 1s, out_of_orderness: 0s}
clocks:
  - {id: first, key: data.a, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, expire: 1h}
  - {id: second, key: data.b, start: {on: cx.case.assigned}, stop: {on: cx.case.resolved}, expire: 1h}
`;

function event(second: number, type: string, data: Readonly<Record<string, string>>): CxEnvelope {
  const [ts, eventId] = [START + second * 1000, `e${String(second)}`];
  const names = { source: '/t', eventId, type, family: 'case', channel: 'app', subjectKey: 'k', attributes: {} };
  return {
    id: `/t|${eventId}`,
    key: 'k',
    ts,
    value: { ...names, data, time: ts, received: ts, enrichment: NOT_SCORED },
  };
}

it('a run that began in the slot of a forgotten key of another clock is there after a crash', () => {
  const parsed = parseConfig(parse(CONFIG), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const events = [
    // A stop of nobody, which is forgotten once it can no longer change anything.
    event(0, 'cx.case.replied', { a: 'x' }),
    event(5, 'cx.page.viewed', {}),
    event(6, 'cx.case.assigned', { b: 'y' }),
    event(7, 'cx.page.viewed', {}),
    event(8, 'cx.case.resolved', { b: 'y' }),
    event(20, 'cx.page.viewed', {}),
  ];
  const outcomes = (crashEvery: number): readonly unknown[] =>
    playThrough(parsed.config, events, { partitions: 1, commitEvery: 4, crashEvery })
      .filter(({ subject }) => subject.startsWith('cx.clocks.'))
      .map(({ subject, data }) => [subject, (data as Readonly<Record<string, unknown>>)['outcome']]);
  expect(outcomes(0)).toEqual([['cx.clocks.second', 'stopped']]);
  expect(outcomes(1)).toEqual(outcomes(0));
});
