/** JetStream that is not in the account of the user: of a domain behind a leaf node, or under a prefix. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jetstreamCommits } from '../commits/jetstream-commits.ts';
import { findNatsServer } from '../embedded-server/nats-binary.ts';
import { acquireLease } from '../leases/lease.ts';
import { provisionStreams } from '../streams/provision-streams.ts';
import { readToEnd } from '../streams/stream-reader.ts';
import { CURRENT_SERVER, freePort, recordingLogger, serveNats } from '../testing/broker.fixture.ts';
import type { BrokerAddress } from './connection-options.ts';
import { type JetStreamPlace, managerOf } from './jetstream-api.ts';
import { jetstreamReason } from './nats-error-text.ts';
import { connectNats } from './nats-connection.ts';
import { Publisher } from './publisher.ts';

const { signal } = new AbortController();
const logger = recordingLogger();

const commit = {
  ...{ format: 1, epoch: 1, number: 1, position: 2, counters: {}, marks: {}, deltas: {}, fingerprints: {}, outbox: [] },
  time: { maxTs: 0, watermark: 0, lastArrival: 0 },
};

/** Streams made, events stored and read, a lease held, a commit chained: everything that asks JetStream. */
async function everything(address: BrokerAddress, partition: number): Promise<object> {
  const nc = await connectNats(address, logger);
  const publisher = new Publisher(nc, { logger });
  const commits = jetstreamCommits(nc, { logger });
  try {
    await provisionStreams(await managerOf(nc), { partitions: 1, replicas: 1 }, logger);
    const event = { headers: {}, data: new Uint8Array(1) };
    await publisher.publish([{ subject: `cx.events.app.survey.${String(partition)}`, ...event }], signal);
    const read: string[] = [];
    const filter = `cx.events.app.survey.${String(partition)}`;
    await readToEnd(nc, { stream: 'CX_EVENTS_0', filter, after: 0, logger }, signal, (batch) => {
      read.push(...batch.map(({ subject }) => subject));
      return undefined;
    });
    const lease = await acquireLease(nc, { partition, owner: 'test', logger, onWait: () => undefined }, signal);
    await lease.release();
    await (await commits.open(partition, signal)).append(commit, signal);
    const { last } = await commits.open(partition, signal);
    return { read: read.length, committed: last?.position };
  } finally {
    commits.close();
    publisher.close();
    await nc.close();
  }
}

const programs = [
  ['the installed', findNatsServer()],
  ['a current', CURRENT_SERVER],
] as const;

// Skipped for `a current` where NATS_SERVER_BIN_CURRENT names no nats-server.
describe.each(programs)('with %s nats-server', (_, program) => {
  describe.skipIf(program === undefined)('(NATS_SERVER_BIN_CURRENT names it)', () => {
    const stops: (() => Promise<void>)[] = [];
    let servers: readonly string[] = [];
    beforeAll(async () => {
      const leafPort = await freePort();
      const hub = await serveNats(
        `jetstream { domain: hub, store_dir: STORE, max_file_store: 100GB }\nleafnodes { listen: "127.0.0.1:${String(leafPort)}" }\n`,
        undefined,
        program,
      );
      stops.push(hub.stop);
      const leaf = await serveNats(
        `leafnodes { remotes: [ { url: "nats-leaf://127.0.0.1:${String(leafPort)}" } ] }\n`,
        undefined,
        program,
      );
      stops.push(leaf.stop);
      servers = [leaf.url];
    });
    afterAll(async () => {
      for (const stop of stops.reverse()) await stop();
    });

    it.each<[string, JetStreamPlace]>([
      ['its domain', { domain: 'hub', apiPrefix: null }],
      ['a prefix', { domain: null, apiPrefix: '$JS.hub.API' }],
    ])('behind a leaf node it is found by %s', async (name, jetstream) => {
      const partition = name.length;
      expect(await everything({ servers, jetstream }, partition)).toEqual({ read: 1, committed: 2 });
    });

    it('without either it is not there, which is said', async () => {
      const nc = await connectNats({ servers }, logger);
      const refused = (await managerOf(nc)).streams.info('CX_KPI');
      expect(jetstreamReason(await refused.catch((thrown: unknown) => thrown))).toMatch(/JetStream is not enabled/);
      await nc.close();
    });
  });
});
