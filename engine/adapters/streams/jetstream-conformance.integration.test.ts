/** The ports over JetStream pass the same cases as those in memory, so that what the driver's tests show holds live. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitStoreCases, sinkCases, sourceCases } from '../../testing/port-conformance.ts';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { jetstreamCommits } from '../commits/jetstream-commits.ts';
import { jetstreamSink } from './jetstream-sink.ts';
import { jetstreamSource } from './jetstream-source.ts';
import { Publisher } from '../nats/publisher.ts';
import { readToEnd } from './stream-reader.ts';
import { OUTPUT_STREAMS } from './streams.ts';

const { signal } = new AbortController();
let broker: BrokerFixture;
let opened: { close(): void }[] = [];

beforeEach(async () => {
  broker = await startBroker();
  opened = [];
});
afterEach(async () => {
  for (const one of opened) one.close();
  await broker.close();
});

function kept<One extends { close(): void }>(one: One): One {
  opened.push(one);
  return one;
}

describe('commit stores over JetStream', () => {
  it.each(commitStoreCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const connect = () => kept(jetstreamCommits(broker.nc, { logger: broker.logger }));
    await expect(run(async () => ({ connect }))).resolves.toBeUndefined();
  });
});

describe('sinks over JetStream', () => {
  it.each(sinkCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const options = {
      streams: OUTPUT_STREAMS,
      origin: { source: 'urn:earshot:test', publicUrl: null },
      logger: broker.logger,
    };
    const connect = async () => kept(await jetstreamSink(broker.nc, options, signal));
    const stored = async (subject: string): Promise<readonly string[]> => {
      const stream = `CX_${subject.split('.')[1]!.toUpperCase()}`;
      const ids: string[] = [];
      await readToEnd(broker.nc, { stream, after: 0, logger: broker.logger }, signal, (batch) => {
        ids.push(...batch.map(({ headers }) => headers['nats-msg-id'] ?? ''));
        return undefined;
      });
      return ids;
    };
    await expect(run(async () => ({ connect, stored }))).resolves.toBeUndefined();
  });
});

describe('sources over JetStream', () => {
  it.each(sourceCases.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const publisher = kept(new Publisher(broker.nc, { logger: broker.logger }));
    let seq = 0;
    const offer = async (text: string): Promise<number> => {
      const data = new TextEncoder().encode(text);
      await publisher.publish([{ subject: 'cx.events.app.feedback.k1', headers: {}, data }], signal);
      return ++seq;
    };
    const source = jetstreamSource(broker.nc, { stream: 'CX_EVENTS_0', partition: 0, logger: broker.logger });
    await expect(run(async () => ({ source, offer }))).resolves.toBeUndefined();
  });
});
