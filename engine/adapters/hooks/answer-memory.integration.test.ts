/** Answers are taken once over all instances: a real nats-server. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBroker, type BrokerFixture } from '../testing/broker.fixture.ts';
import { AnswerMemory } from './answer-memory.ts';

let broker: BrokerFixture;
let now: number;
let memories: readonly AnswerMemory[];
beforeEach(async () => {
  broker = await startBroker();
  now = 1_000_000;
  memories = [1, 2, 3].map(() => new AnswerMemory(broker.nc, 1, () => now));
});
afterEach(() => broker.close());

/** By every instance at once: how many were the first. */
async function taken(id: string): Promise<number> {
  const all = await Promise.all(memories.flatMap((memory) => [memory.take(id), memory.take(id)]));
  return all.filter((one) => one === 'mine').length;
}

it('one of those that come at once has it; again after it was given back, and never after it was settled', async () => {
  const [memory] = memories;
  const id = 'link oncall n1 a满意度 *.>';
  expect(await taken(id)).toBe(1);
  expect(await taken(id)).toBe(0);
  await memory?.giveBack(id);
  expect(await taken(id)).toBe(1);
  expect(await memory?.take(id)).toBe('under_way');
  await memory?.settle(id);
  now += 60_000;
  expect(await taken(id)).toBe(0);
  expect(await memory?.take(id)).toBe('done');
  expect(await taken('another')).toBe(1);
});

it('what an instance took and did not settle before it ended is taken over by one', async () => {
  expect(await taken('x')).toBe(1);
  now += 14_000;
  expect(await taken('x')).toBe(0);
  now += 1_000;
  expect(await taken('x')).toBe(1);
});
