/** What the configuration gives to the reading of events. */
import { expect, it } from 'vitest';
import { createDecoder } from '../../operators/events/decode.ts';
import type { RawMessage } from '../core/types.ts';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { parseConfig } from './config/config.ts';
import { eventRules } from './pipeline.ts';

function isTakenIn(measure: object | null, answer: object): boolean {
  const window = { kind: 'tumbling', size: '1h' };
  const kpis = measure === null ? [] : [{ id: 'a', from: 'cx.survey.answered', measure, window }];
  const parsed = parseConfig({ kpis }, compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const event = {
    ...{ specversion: '1.0', id: 'e', source: '/s', type: 'cx.survey.answered', time: '2026-03-02T01:00:00Z' },
    data: { channel: 'survey', ...answer },
  };
  const message: RawMessage = {
    ...{ subject: 'cx.events.survey.survey.-', headers: {}, seq: 1, stored: Date.UTC(2026, 2, 2, 1, 1) },
    data: Buffer.from(JSON.stringify(event)),
  };
  return createDecoder(eventRules(parsed.config))(message).items.every((item) => 'event' in item);
}

it('answers on the scale of a measure of the configuration are taken in, others by the usual scale or their own', () => {
  const nine = { metric: 'csat', score: 9 };
  expect(isTakenIn({ kind: 'csat', value: 'data.score', min: 1, max: 10 }, nine)).toBe(true);
  expect(isTakenIn({ kind: 'csat', value: 'data.score' }, nine)).toBe(false);
  expect(isTakenIn(null, nine)).toBe(false);
  expect(isTakenIn(null, { ...nine, scale: { min: 1, max: 10 } })).toBe(true);
  expect(
    isTakenIn({ kind: 'mean100', value: 'enrichment.sentiment.score', min: -1, max: 1 }, { metric: 'csat', score: 0 }),
  ).toBe(false);
});
