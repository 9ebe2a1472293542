import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../core/types.ts';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { type JetstreamSource, jetstreamSource } from './jetstream-source.ts';
import { Publisher } from '../nats/publisher.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

let published = 0;
async function publish(count: number, bytes = 100): Promise<void> {
  const publisher = new Publisher(broker.nc, { logger: broker.logger });
  const messages = Array.from({ length: count }, () => {
    published += 1;
    return {
      subject: 'cx.events.app.feedback.k1',
      headers: { 'Nats-Msg-Id': `m-${String(published)}`, 'Ce-Id': String(published) },
      data: Buffer.alloc(bytes, published % 256),
    };
  });
  await publisher.publish(messages, AbortSignal.timeout(120_000));
  publisher.close();
}

/** Reads on until stopped; what it got is in `seqs`. */
function follow(
  after: number,
  nc = broker.nc,
): {
  readonly source: JetstreamSource;
  readonly seqs: number[];
  readonly got: RawMessage[];
  stop(): Promise<void>;
} {
  const source = jetstreamSource(nc, { stream: 'CX_EVENTS_0', partition: 0, logger: broker.logger });
  const control = new AbortController();
  const seqs: number[] = [];
  const got: RawMessage[] = [];
  const reading = (async () => {
    for await (const batch of source.batches(after, control.signal)) {
      for (const message of batch) {
        seqs.push(message.seq);
        got.push(message);
      }
    }
  })();
  return {
    source,
    seqs,
    got,
    stop: async () => {
      control.abort();
      await reading;
    },
  };
}

/** The same connection, from which so many deliveries to subscriptions do not arrive. */
function hardOfHearing(ears: { deaf: number }): NatsConnection {
  return new Proxy(broker.nc, {
    get: (target, name) => {
      if (name === 'subscribe') {
        return (subject: string, options: { callback: (error: Error | null, message: Msg) => void }) =>
          target.subscribe(subject, {
            callback: (error, message) => {
              if (ears.deaf > 0) ears.deaf -= 1;
              else options.callback(error, message);
            },
          });
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

async function consumers(): Promise<string[]> {
  const names: string[] = [];
  for await (const info of broker.jsm.consumers.list('CX_EVENTS_0')) names.push(info.name);
  return names;
}

describe('jetstreamSource', () => {
  it('is caught up on an empty stream, and hands over what comes', async () => {
    const reader = follow(0);
    await until(() => reader.source.caughtUp());
    const before = Date.now();
    await publish(3);
    await until(() => reader.seqs.length === 3);
    expect(reader.seqs).toEqual([1, 2, 3]);
    const first = reader.got[0]!;
    expect(first.subject).toBe('cx.events.app.feedback.k1');
    expect(first.headers).toEqual({ 'nats-msg-id': 'm-1', 'ce-id': '1' });
    expect([...first.data]).toEqual(Array.from({ length: 100 }, () => 1));
    expect(Math.abs(first.stored - before)).toBeLessThan(onThisMachine(2000));
    expect(reader.source.caughtUp()).toBe(true);
    await reader.stop();
    await until(async () => (await consumers()).length === 0);
  });

  it('goes on after the given position', async () => {
    await publish(5000);
    const reader = follow(1500);
    await until(() => reader.source.caughtUp());
    expect(reader.seqs).toEqual(range(1501, published));
    await reader.stop();
  });

  it('holds no more than its buffer while nobody asks, for longer than the broker keeps an idle request', async () => {
    const source = jetstreamSource(broker.nc, {
      stream: 'CX_EVENTS_0',
      partition: 0,
      logger: broker.logger,
      maxMessages: 300,
      maxBatch: 40,
    });
    const control = new AbortController();
    const batches = source.batches(0, control.signal)[Symbol.asyncIterator]();
    await batches.next();
    await until(() => source.buffered() > 200);
    await new Promise((wake) => setTimeout(wake, 2500));
    expect(source.buffered()).toBeGreaterThan(200);
    expect(source.buffered()).toBeLessThanOrEqual(300);
    expect(source.caughtUp()).toBe(false);
    const seqs: number[] = [];
    while (!source.caughtUp()) {
      const { value } = (await batches.next()) as { value: readonly RawMessage[] };
      expect(value.length).toBeLessThanOrEqual(40);
      expect(source.buffered()).toBeLessThanOrEqual(300);
      await new Promise((wake) => setImmediate(wake));
      seqs.push(...value.map(({ seq }) => seq));
    }
    expect(seqs.at(-1)).toBe(published);
    expect(seqs).toEqual(range(seqs[0]!, published));
    control.abort();
    await batches.return?.();
  });

  it('hands over messages larger than a request may bring', async () => {
    const position = published;
    await publish(30, 1_000_000);
    const reader = follow(position);
    await until(() => reader.seqs.length === 30);
    expect(reader.seqs).toEqual(range(position + 1, published));
    await reader.stop();
  });

  it('recreates its consumer when it is deleted under it, within two seconds', async () => {
    const reader = follow(published);
    await until(() => reader.source.caughtUp());
    for (const name of await consumers()) await broker.jsm.consumers.delete('CX_EVENTS_0', name);
    const from = published;
    await publish(10);
    const began = performance.now();
    await until(() => reader.seqs.length === 10);
    expect(performance.now() - began).toBeLessThan(onThisMachine(2000));
    expect(reader.seqs).toEqual(range(from + 1, published));
    await reader.stop();
  });

  it('recreates its consumer when nothing comes from it any more, and when deliveries were lost on the way', async () => {
    const from = published;
    const ears = { deaf: 0 };
    const reader = follow(from, hardOfHearing(ears));
    await until(() => reader.source.caughtUp());
    ears.deaf = Number.POSITIVE_INFINITY; // neither messages nor heartbeats
    await publish(10);
    await new Promise((wake) => setTimeout(wake, 800));
    ears.deaf = 0;
    await publish(1); // what was lost shows in the count of deliveries
    await until(() => reader.seqs.length === 11, 1000);
    ears.deaf = Number.POSITIVE_INFINITY;
    await publish(10);
    const names = await consumers();
    await until(async () => (await consumers()).some((name) => !names.includes(name)), 2600);
    ears.deaf = 0;
    await until(() => reader.seqs.length === 21, 3000);
    expect(reader.seqs).toEqual(range(from + 1, published));
    await reader.stop();
  });

  it('goes on without loss or repetition when the server is killed during reading, within three seconds', async () => {
    const from = published;
    const reader = follow(from);
    await publish(8000);
    const publishing = publish(8000);
    while (reader.seqs.length < 9000) await new Promise((wake) => setImmediate(wake));
    await broker.kill();
    await publishing;
    await until(() => reader.seqs.length >= published - from);
    await until(() => reader.source.caughtUp());
    expect(reader.seqs).toEqual(range(from + 1, published));
    await broker.kill();
    await until(() => broker.server.pid() !== undefined && broker.nc.info !== undefined);
    const marker = published;
    await publish(1);
    const began = performance.now();
    await until(() => reader.seqs.at(-1) === marker + 1);
    expect(performance.now() - began).toBeLessThan(onThisMachine(3000));
    await reader.stop();
  });

  it('says so when messages were removed before they were read', async () => {
    const position = published;
    await publish(20);
    await broker.jsm.streams.purge('CX_EVENTS_0', { seq: position + 11 });
    const reader = follow(position);
    await until(() => reader.seqs.length === 10);
    expect(reader.source.gaps()).toEqual({ count: 1, messages: 10 });
    expect(broker.logger.lines.filter(({ fields }) => fields['code'] === 'SOURCE_GAP')).toHaveLength(1);
    await reader.stop();
  });

  it('notices that what was pending was purged', async () => {
    const position = published;
    await publish(5);
    await broker.jsm.streams.purge('CX_EVENTS_0');
    const reader = follow(position);
    await until(() => reader.source.caughtUp());
    await reader.stop();
  });

  it('refuses a stream that ends before the position: it was recreated', async () => {
    const source = jetstreamSource(broker.nc, { stream: 'CX_EVENTS_0', partition: 0, logger: broker.logger });
    const batches = source.batches(published + 1, new AbortController().signal)[Symbol.asyncIterator]();
    await expect(batches.next()).rejects.toThrow(/CX_EVENTS_0.*recreated/);
  });

  it('holds a bounded number of bytes, however large the messages, and reads on', async () => {
    const first = published;
    await publish(150, 512 * 1024);
    const source = jetstreamSource(broker.nc, { stream: 'CX_EVENTS_0', partition: 0, logger: broker.logger });
    const control = new AbortController();
    const sizes: number[] = [];
    let [read, most] = [0, 0];
    for await (const batch of source.batches(first, control.signal)) {
      read += batch.length;
      sizes.push(batch.length);
      // The broker sends what it may.
      if (sizes.length === 1) await until(() => source.bufferedBytes() > 8 * 2 ** 20);
      if (sizes.length < 4) await new Promise((resolve) => setTimeout(resolve, 150));
      most = Math.max(most, source.bufferedBytes());
      if (read === 150) break;
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
    expect(most).toBeLessThanOrEqual(33 * 2 ** 20);
  });
});
