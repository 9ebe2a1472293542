/** Requests that end during a steady stream: nothing stands still, nothing is recreated, whether the server tells their end or not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { Publisher } from './publisher.ts';
import { StreamReader } from '../streams/stream-reader.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const COUNT = 3000;

describe('a pull consumer', () => {
  it.each([
    ['with a credit for all', 2048],
    ['with several requests out', 40],
  ])(
    '%s goes on where a request runs out as a message comes (which 2.9 does not say)',
    async (_name, maxMessages) => {
      const said: string[] = [];
      const noted = (text: string): void => void said.push(text);
      const logger = { ...broker.logger, warn: noted, error: noted };
      const { last_seq: after } = (await broker.jsm.streams.info('CX_EVENTS_0')).state;
      const publisher = new Publisher(broker.nc, { logger: broker.logger });
      const reader = new StreamReader(broker.nc, { stream: 'CX_EVENTS_0', after, maxMessages, expiresMs: 100, logger });
      const control = new AbortController();
      const seqs: number[] = [];
      let last = performance.now();
      let longest = 0;
      const reading = (async () => {
        while (seqs.length < COUNT) {
          const batch = await reader.next(1000, control.signal);
          if (batch === undefined) return;
          const now = performance.now();
          if (seqs.length > 0) longest = Math.max(longest, now - last);
          last = now;
          seqs.push(...batch.map(({ seq }) => seq));
        }
      })();
      try {
        for (let i = 0; i < COUNT; i += 3) {
          const messages = [0, 1, 2].map((k) => ({
            subject: 'cx.events.app.feedback.k1',
            headers: { 'Nats-Msg-Id': `${String(maxMessages)}-${String(i + k)}` },
            data: Buffer.from('{}'),
          }));
          void publisher.publish(messages, control.signal).catch(noted);
          await new Promise((resume) => setTimeout(resume, 3));
        }
        await reading;
      } finally {
        control.abort();
        reader.close();
        publisher.close();
      }
      expect(seqs).toEqual(Array.from({ length: COUNT }, (_, i) => after + 1 + i));
      expect(said).toEqual([]);
      // Some thirty requests ended; the watchdog would have waited for 1,600 ms each time that one was not announced.
      process.stdout.write(`${String(maxMessages)}: longest wait ${String(Math.round(longest))} ms\n`);
      expect(longest).toBeLessThan(1000);
    },
    300_000,
  );
});
