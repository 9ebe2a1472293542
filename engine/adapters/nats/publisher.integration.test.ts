import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFixture, recordingLogger, startBroker, until } from '../testing/broker.fixture.ts';
import { Publisher } from './publisher.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const MIB = 2 ** 20;

it('sends no more bytes than it may before some are acknowledged, and forgets what nobody waits for', async () => {
  const publisher = new Publisher(broker.nc, { logger: recordingLogger(), ackWithinMs: 60_000 });
  const replies: string[] = [];
  // Takes all, and acknowledges when asked to.
  broker.nc.subscribe('test.large', { callback: (_, message) => void replies.push(message.reply ?? '') });
  const messages = Array.from({ length: 64 }, () => ({
    subject: 'test.large',
    headers: {},
    data: new Uint8Array(MIB / 2),
  }));
  const giveUp = new AbortController();
  const published = publisher.publish(messages, giveUp.signal);
  await until(() => replies.length === 32);
  await new Promise((wake) => setTimeout(wake, 200));
  expect([replies.length, publisher.depth()]).toEqual([32, 64]);
  expect(publisher.bytes()).toBeGreaterThanOrEqual(32 * MIB);
  expect(publisher.bytes()).toBeLessThan(33 * MIB);

  for (const reply of replies.slice(0, 8)) broker.nc.publish(reply, '{"stream":"S","seq":1}');
  await until(() => replies.length === 40);
  expect(publisher.depth()).toBe(56);
  expect(publisher.bytes()).toBeLessThan(29 * MIB);

  giveUp.abort(new Error('enough'));
  await expect(published).rejects.toThrow('enough');
  expect([publisher.depth(), publisher.bytes()]).toEqual([0, 0]);
  publisher.close();
});
