/** Voices read back from a real stream: those of just now beside those of the hour before, bounded, each slot once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { Publisher } from '../../adapters/nats/publisher.ts';
import { type BrokerFixture, startBroker } from '../../adapters/testing/broker.fixture.ts';
import { formatInstant } from '../../core/cloud-events.ts';
import { RecentVoices } from './recent-voices.ts';
import { SLOT_MS } from './voice-slots.ts';
import { STREAM } from './voice-of.ts';

const signal = new AbortController().signal;
const QUARTER_MS = 15 * 60_000;
let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

async function say(texts: readonly string[]): Promise<void> {
  const publisher = new Publisher(broker.nc, { logger: broker.logger });
  const time = formatInstant(Date.now());
  const messages = texts.map((text, i) => {
    const event = { id: `e${i}`, source: 's', type: 'cx.feedback.posted' };
    const enrichment = { status: 'ok', lang: null, issues: [], quality: {}, event, received: time, emitted: time };
    const data = { channel: 'app', text, customer: { id: `c-${i}` }, enrichment };
    return {
      subject: `cx.enriched.app.feedback.k${i}`,
      headers: { 'ce-time': time },
      data: new TextEncoder().encode(JSON.stringify(data)),
    };
  });
  await publisher.publish(messages, signal);
  publisher.close();
}

test('what was stored in the quarter of an hour is now, what was in the slots before it is before; a slot is read once', async () => {
  const voices = new RecentVoices();
  const began = Date.now();
  await say(Array.from({ length: 400 }, (_, i) => `voice ${i}`));
  const stored = Date.now();
  const now = await voices.sample(stored, broker.nc, broker.logger, signal);
  expect([now.now.length, now.before.length]).toEqual([400, 0]);
  expect(now.now[7]).toMatchObject({ text: 'voice 7', who: 'c-7' });
  expect(now.beforeTo - now.beforeFrom).toBe(12 * SLOT_MS);
  expect(stored - now.beforeTo).toBeGreaterThanOrEqual(QUARTER_MS);

  // As it will be when the slot of these voices has passed.
  const later = stored + QUARTER_MS + SLOT_MS;
  const then = await voices.sample(later, broker.nc, broker.logger, signal);
  const isOneSlot = Math.floor(began / SLOT_MS) === Math.floor(stored / SLOT_MS);
  expect([then.now.length, then.before.length]).toEqual([0, isOneSlot ? 300 : then.before.length]);
  expect(then.before[0]?.text).toBe('voice 0');
  await (await managerOf(broker.nc)).streams.purge(STREAM);
  expect((await voices.sample(later + 1, broker.nc, broker.logger, signal)).before).toHaveLength(then.before.length);
  const gone = await voices.sample(later + 13 * SLOT_MS, broker.nc, broker.logger, signal);
  expect([gone.now.length, gone.before.length]).toEqual([0, 0]);
});

test('where more came than is read at once, what is known has no hole: it begins after what was passed over', async () => {
  const voices = new RecentVoices();
  await say(Array.from({ length: 30 }, (_, i) => `early ${i}`));
  expect((await voices.sample(Date.now(), broker.nc, broker.logger, signal)).now).toHaveLength(30);
  await say(Array.from({ length: 2_100 }, (_, i) => `late ${i}`));
  const { now } = await voices.sample(Date.now(), broker.nc, broker.logger, signal);
  expect([now.length, now[0]?.text, now.at(-1)?.text]).toEqual([2_000, 'late 100', 'late 2099']);
});

test('who is cut off while an earlier hour is read hears so, and the engine goes on: nothing fails that nobody waits for', async () => {
  const voices = new RecentVoices();
  await voices.all(broker.nc, broker.logger, signal);
  // What is now is known: the second look is that of the first slot.
  const cut = new AbortController();
  const look = cut.signal.throwIfAborted.bind(cut.signal);
  let looks = 0;
  cut.signal.throwIfAborted = () => {
    if ((looks += 1) === 2) cut.abort(new Error('not in time'));
    look();
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    await expect(voices.sample(Date.now(), broker.nc, broker.logger, cut.signal)).rejects.toThrow('not in time');
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
  expect((await voices.sample(Date.now(), broker.nc, broker.logger, signal)).beforeTo).toBeGreaterThan(0);
});
