/** A followed bucket against a real broker. */
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBroker, type BrokerFixture } from '../testing/broker.fixture.ts';
import { FACT_HISTORY, FollowedBucket, openFactBucket, type FactEntry } from './fact-bucket.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const { signal } = new AbortController();
async function follow(bucket: string) {
  const entries: FactEntry[] = [];
  const followed = await FollowedBucket.open(broker.nc, { bucket, replicas: 1 }, () => ({
    ...{ logger: broker.logger, signal, onReset: () => entries.splice(0) },
    onEntry: (entry) => entries.push(entry),
  }));
  return { followed, entries };
}

it('that is missing is made, with a history, and is settled at once', async () => {
  const { followed, entries } = await follow('EMPTY');
  await followed.settled(signal);
  expect([followed.history, entries]).toEqual([FACT_HISTORY, []]);
  followed.close();
});

it('is settled when all that it holds was handed over, in its order, deletions too', async () => {
  const kv = await openFactBucket(broker.nc, 'MANY', 1);
  for (let i = 0; i < 3000; i += 500)
    await Promise.all(Array.from({ length: 500 }, (_, j) => kv.put(`k${i + j}`, String(i + j))));
  await kv.delete('k7');
  const { followed, entries } = await follow('MANY');
  await followed.settled(signal);
  expect(entries.length).toBe(3001);
  expect(entries.at(-1)).toMatchObject({ key: 'k7', text: null });
  // Whoever asks while others wait for an answer is not given theirs.
  const before = [followed.settled(signal), followed.settled(signal)];
  await kv.put('k8', 'changed');
  await followed.settled(signal);
  expect(entries.at(-1)).toMatchObject({ key: 'k8', text: 'changed' });
  await Promise.all(before);
  followed.close();
});

it('is settled though its last message was deleted by hand', async () => {
  const { followed, entries } = await follow('HAND');
  const kv = await new Kvm(jetstream(broker.nc)).open('HAND');
  await kv.put('a', '1');
  await followed.settled(signal);
  await broker.jsm.streams.purge('KV_HAND');
  await kv.put('b', '2');
  const last = await kv.put('c', '3');
  await broker.jsm.streams.deleteMessage('KV_HAND', last);
  await followed.settled(signal);
  expect(entries.map(({ key }) => key)).toEqual(expect.arrayContaining(['a', 'b']));
  followed.close();
});

it('outlives a broker that is killed: what comes after is handed over too', async () => {
  const { followed, entries } = await follow('KILLED');
  const kv = await new Kvm(jetstream(broker.nc)).open('KILLED');
  await kv.put('a', '1');
  await followed.settled(signal);
  await broker.kill();
  await expect
    .poll(
      () =>
        kv.put('b', '2').then(
          () => true,
          () => false,
        ),
      { timeout: 300_000 },
    )
    .toBe(true);
  await expect
    .poll(
      () =>
        followed.settled(signal).then(
          () => true,
          () => false,
        ),
      { timeout: 300_000 },
    )
    .toBe(true);
  expect(entries.map(({ key }) => key)).toEqual(expect.arrayContaining(['a', 'b']));
  followed.close();
});
