/** What the configuration gives to the reading of events, and where its expressions stand. */
import { expect, it } from 'vitest';
import { createDecoder } from '../../operators/events/decode.ts';
import type { RawMessage } from '../core/types.ts';
import { operatorsOf, type ChainDef } from '../core/chain.ts';
import type { CompileExpression } from '../core/expressions/expression.ts';
import { compileExpression } from '../adapters/expressions/cel.ts';
import { parseConfig } from './config/config.ts';
import { chainOf, combiningChainOf, eventRules, partitionChainOf } from './pipeline.ts';

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
  return createDecoder({ ...eventRules(parsed.config), maskKey: 'a key' })(message).items.every(
    (item) => 'event' in item,
  );
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

it('the expressions of KPIs, clocks, journeys and rules are compiled with their place, in one partition and in several', () => {
  const kpi = { from: 'cx.case.opened', window: { kind: 'tumbling', size: '1h' } };
  const share = { kind: 'share', of: 'data.complaint == true' };
  const parsed = parseConfig(
    {
      kpis: [
        { ...kpi, id: 'complaints', where: 'data.channel == "app"', measure: { ...share, kind: 'ratio' } },
        { ...kpi, id: 'labels', where: 'data.channel == "app"', measure: { kind: 'top', value: 'data.product' } },
        { ...kpi, id: 'share', measure: share },
        { ...kpi, id: 'shared', measure: share },
        { ...kpi, id: 'cases', measure: { kind: 'count' } },
      ],
      clocks: [
        {
          ...{ id: 'reply', key: 'data.case', start: { on: 'cx.case.opened', where: 'data.channel == "web"' } },
          ...{ stop: { on: 'cx.case.replied' }, target: [{ when: 'data.priority == "high"', within: '1h' }] },
        },
      ],
      journeys: [
        {
          id: 'buy',
          key: 'data.customer.id',
          steps: [
            { id: 'cart', on: 'cx.journey.step', where: 'data.step == "cart"' },
            { id: 'done', on: 'cx.order.completed' },
          ],
        },
      ],
      rules: [{ id: 'many', kpi: 'cases', fire: 'value > 5', recover: 'value < 3', severity: 'critical', owner: 'x' }],
    },
    compileExpression,
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const places = new Set<string>();
  const compile: CompileExpression = (source, place) => {
    if (place !== undefined) places.add(`${place}: ${source}`);
    return compileExpression(source);
  };
  const expected = [
    'clocks[reply].start.key: data.case',
    'clocks[reply].start.where: data.channel == "web"',
    'clocks[reply].stop.key: data.case',
    'clocks[reply].target[0].when: data.priority == "high"',
    'journeys[buy].key: data.customer.id',
    'journeys[buy].steps[cart].where: data.step == "cart"',
    'kpis[complaints].measure.of: data.complaint == true',
    'kpis[complaints].measure.per: true',
    // Of those that share a filter, or a measure, the first names it.
    'kpis[complaints].where: data.channel == "app"',
    'kpis[labels].measure.value: data.product',
    'kpis[share].measure.of: data.complaint == true',
    'rules[many].fire: value > 5',
    'rules[many].recover: value < 3',
  ];
  started(chainOf(parsed.config, { compile }));
  expect([...places].sort()).toEqual(expected);
  places.clear();
  started(partitionChainOf(parsed.config, () => undefined, { compile }));
  started(combiningChainOf(parsed.config, { compile }));
  expect([...places].sort()).toEqual(expected);
});

const started = (def: ChainDef<never, unknown>): void => {
  for (const operator of operatorsOf(def)) operator.create({ partition: 0 });
};
