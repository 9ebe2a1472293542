/** What is saved of a journey when: its steps as they come, its run once they are settled; that time passed them is how far time is. */
import { expect, it } from 'vitest';
import { must } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { JourneyTable, type TableHearing } from './journey-table.ts';
import type { JourneyConfig, StepRecord } from './journey.ts';
import { readPart, type SavedPart } from './saved-journeys.ts';

const CONFIG: JourneyConfig = {
  ...{ id: 'checkout', title: { 'zh-CN': '下单', en: 'Checkout' }, key: 'data.customer.id' },
  steps: ['cart', 'pay', 'done'].map((id) => ({ id, on: ['cx.journey.step'], where: null })),
  ...{ stallMs: null, expireMs: 100, allowedLatenessMs: 15, keep: [], maxKeys: 100, funnel: null },
};
const stepAt = (step: number, at: Millis): StepRecord => ({
  ...{ journey: 0, key: 'ann', step, at, id: `e${String(at)}`, kept: [] },
});
const hearing = (said: string[]): TableHearing => ({
  said: (_, key, { kind, at }) => void said.push(`${key} ${kind} ${String(at)}`),
  withdrawn: (_, key, { kind, at }) => void said.push(`${key} ${kind} ${String(at)} withdrawn`),
  late: () => undefined,
  count: () => undefined,
});
const savedOf = (table: JourneyTable): SavedPart => readPart(must(table.delta()));

it('a step is saved when it comes and when it is settled, and what time passes between them as how far time is', () => {
  const said: string[] = [];
  const table = new JourneyTable([CONFIG]);
  for (const step of [stepAt(0, 10), stepAt(1, 20)]) {
    table.reached(step.at);
    table.take(step, 0, hearing(said));
  }
  const came = must(table.delta());
  expect(readPart(came).keys).toEqual([
    ['checkout', 'ann', null, expect.toSatisfy((tail: unknown[]) => tail.length === 2)],
  ]);
  table.pass(21, hearing(said));
  const passed = must(table.delta());
  expect([readPart(passed).keys, readPart(passed).passed, said]).toEqual([[], 21, ['ann left 20']]);
  expect(table.delta()).toBeUndefined();

  // Whoever is restored says it no second time.
  const again: string[] = [];
  new JourneyTable([CONFIG], [came, passed]).pass(22, hearing(again));
  expect(again).toEqual([]);

  table.pass(36, hearing(said));
  const [settled] = savedOf(table).keys;
  expect(settled).toEqual(['checkout', 'ann', expect.objectContaining({ step: 1, started: 10, since: 20 }), []]);
  table.pass(126, hearing(said));
  expect([savedOf(table).keys, said]).toEqual([[['checkout', 'ann', null]], ['ann left 20', 'ann ended 110']]);
});
