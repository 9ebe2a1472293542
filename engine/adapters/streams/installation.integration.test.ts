import { jetstream } from '@nats-io/jetstream';
import { afterEach, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { keptInstallation } from './installation.ts';

const brokers: BrokerFixture[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

async function store(): Promise<() => Promise<string>> {
  const broker = await startBroker();
  brokers.push(broker);
  return () => keptInstallation(jetstream(broker.nc), broker.jsm);
}

it('is named once, by whoever of several is first, and differs from store to store', async () => {
  const [one, other] = [await store(), await store()];
  const names = await Promise.all([one(), one(), one(), one()]);
  expect(new Set(names).size).toBe(1);
  expect(names[0]).toMatch(/^[0-9a-f]{24}$/);
  expect(await one()).toBe(names[0]);
  expect(await other()).not.toBe(names[0]);
});

it('is not made up beside something else that stands in its place', async () => {
  const named = await store();
  await jetstream(brokers[0]!.nc).publish('cx.state.installation', 'a name with spaces');
  await expect(named()).rejects.toThrow('cx.state.installation holds no name');
});
