/** What real brokers say that cannot be used as they are, put so that somebody can mend it. */
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, recordingLogger, serveNats, until } from '../testing/broker.fixture.ts';
import type { BrokerAddress } from './connection-options.ts';
import { connectNats, connectionState } from './nats-connection.ts';
import { provisionStreams } from '../streams/provision-streams.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const USER = { user: 'e', password: 'e' };
const JETSTREAM = 'jetstream { store_dir: STORE, max_file_store: 100GB, max_memory_store: 1GB }\n';
const account = (jetstream: string): string =>
  `${JETSTREAM}accounts { A { users [{user: e, password: e}], jetstream: ${jetstream} } }\n`;
const allowed = (publish: string, subscribe: string): string =>
  `${JETSTREAM}authorization { users [{user: e, password: e, permissions: {publish: ${publish}, subscribe: ${subscribe}}}] }\n`;

/** Why the streams are not made yet; the log, too, says so. */
async function waitsFor(config: string, version?: string): Promise<string> {
  const { url, stop } = await serveNats(config);
  stops.push(stop);
  const logger = recordingLogger();
  const nc = await connectNats({ servers: [url], ...USER }, logger);
  stops.push(() => nc.close());
  const stopping = new AbortController();
  const reasons: string[] = [];
  const provided = provisionStreams(
    await jetstreamManager(nc, { checkAPI: false, timeout: 500 }),
    { partitions: 1, replicas: 1 },
    logger,
    {
      version: () => version ?? nc.info?.version,
      signal: stopping.signal,
      onFailure: (reason) => void reasons.push(reason),
    },
  );
  provided.catch(() => undefined);
  await until(() => reasons.length > 1);
  stopping.abort(new Error('stopped'));
  await expect(provided).rejects.toThrow('stopped');
  const [reason = ''] = reasons;
  const logged = logger.lines.filter(({ fields }) => fields['code'] === 'JETSTREAM_UNAVAILABLE');
  expect(logged.map(({ message }) => message)).toEqual([`JetStream cannot be used yet: ${reason}`]);
  return reason;
}

describe('JetStream that cannot be used yet', () => {
  it.each([
    ['is off', '', /^JetStream is not enabled on this nats-server: start it with -js/],
    ['is off for the account', account('disabled'), /^JetStream is not enabled for the account of this user: add/],
    [
      'may not be asked',
      allowed('["cx.>"]', '[">"]'),
      /^this user may not publish to \$JS\.API\.STREAM\.INFO\.CX_EVENTS_0: what it must be allowed/,
    ],
    [
      'may not be asked to make streams',
      allowed('["cx.>", "$JS.API.STREAM.INFO.>"]', '[">"]'),
      /^this user may not publish to \$JS\.API\.STREAM\.CREATE\.CX_EVENTS_0: /,
    ],
    ['may not answer', allowed('[">"]', '["cx.>"]'), /^this user may not subscribe to _INBOX\.>: /],
  ])('%s', async (_, config, reason) => {
    expect(await waitsFor(config)).toMatch(reason);
  });

  it('has no leader, in a cluster of which one server of three is up', async () => {
    const [own, other] = [await freePort(), await freePort()];
    const cluster = `server_name: n1\ncluster { name: c, listen: "127.0.0.1:${own}", routes: ["nats://127.0.0.1:${other}", "nats://127.0.0.1:1"] }\n`;
    expect(await waitsFor(JETSTREAM + cluster)).toMatch(
      /^JetStream does not answer: in a cluster it has no leader while fewer than half of its servers are up$/,
    );
  });

  it('is of a server too old', async () => {
    expect(await waitsFor(JETSTREAM, '2.8.4')).toBe('nats-server 2.8.4 is too old: 2.9.0 or later is needed');
  });
});

describe('streams that do not fit', () => {
  it.each([
    ['the disk', JETSTREAM.replace('100GB', '100MB'), 'CX_EVENTS_0', 'insufficient storage resources available'],
    [
      'the account',
      account('{max_file: 100MB, max_mem: 1MB}'),
      'CX_EVENTS_0',
      'insufficient storage resources available',
    ],
    [
      'the number an account may have',
      account('{max_file: 20GB, max_mem: 1MB, max_streams: 2}'),
      'CX_KPI',
      'maximum number of streams reached',
    ],
    [
      'the size one may have',
      account('{max_file: 20GB, max_mem: 1MB, disk_max_stream_bytes: 1GB}'),
      'CX_EVENTS_0',
      'stream max bytes exceeds account limit max stream bytes',
    ],
  ])('%s are refused by name', async (_, config, stream, why) => {
    const { url, stop } = await serveNats(config);
    stops.push(stop);
    const nc = await connectNats({ servers: [url], ...USER }, recordingLogger());
    stops.push(() => nc.close());
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    await expect(provisionStreams(jsm, { partitions: 1, replicas: 1 }, recordingLogger())).rejects.toMatchObject({
      code: 'STREAM_REFUSED',
      message: `the broker does not make the stream ${stream} as it is configured: ${why}`,
    });
  });
});

describe('a broker that is not reached', () => {
  async function reasonOf(address: BrokerAddress): Promise<string> {
    const stopping = new AbortController();
    const reasons: string[] = [];
    const onFailure = (reason: string): void => void reasons.push(reason);
    const connecting = connectNats(address, recordingLogger(), { signal: stopping.signal, onFailure });
    connecting.catch(() => undefined);
    await until(() => reasons.length > 0);
    stopping.abort(new Error('stopped'));
    await expect(connecting).rejects.toThrow('stopped');
    return reasons[0] ?? '';
  }

  it.each([
    ['a wrong password', 'authorization { user: e, password: f }', USER],
    ['no token', 'authorization { token: abc }', {}],
  ])('%s', async (_, config, as) => {
    const { url, stop } = await serveNats(config);
    stops.push(stop);
    expect(await reasonOf({ servers: [url], ...as })).toBe(
      'Authorization Violation (check nats.credentials, nats.user and nats.password, or nats.token)',
    );
  });

  it('a name that nobody has, a port where nobody listens, a port where nobody speaks', async () => {
    expect(await reasonOf({ servers: ['nats://no.such.host.invalid:4222'] })).toMatch(/check nats\.servers\)$/);
    expect(await reasonOf({ servers: ['nats://127.0.0.1:1'] })).toBe('connection refused');
  });
});

it('what is not allowed later on is known as long as it is so, and no longer than the connection', async () => {
  const { url, port, stop } = await serveNats(allowed('["cx.kpi.>"]', '["_INBOX.>"]'));
  const nc = await connectNats({ servers: [url], ...USER }, recordingLogger());
  stops.push(() => nc.close());
  const state = connectionState(nc);
  nc.publish('cx.enriched.app.feedback.c-77', '{}');
  await until(() => state.refused() !== undefined);
  expect(state.refused()).toBe(
    'this user may not publish to cx.enriched.…: what it must be allowed is in engine/README.md',
  );
  void (async () => {
    try {
      for await (const message of nc.subscribe('cx.time')) message.string();
    } catch {
      // That is what it is asked for.
    }
  })();
  await until(() => state.refused() !== undefined && !(state.refused() ?? '').includes('publish'));
  expect(state.refused()).toBe(
    'this user may not subscribe to cx.time: what it must be allowed is in engine/README.md',
  );
  await stop();
  const again = await serveNats(allowed('[">"]', '[">"]'), port);
  stops.push(again.stop);
  await until(() => state.connected() && state.refused() === undefined);
});
