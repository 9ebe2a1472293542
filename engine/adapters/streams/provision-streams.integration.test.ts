import { jetstreamManager, type JetStreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionOf } from '../../core/partition/partition-of.ts';
import { type BrokerFixture, recordingLogger, startBroker, until } from '../testing/broker.fixture.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { trimStreams } from './stream-retention.ts';
import { provisionStream, provisionStreams } from './provision-streams.ts';
import { streamPlans, type StreamPlan } from './streams.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker({ partitions: 4 });
});
afterAll(() => broker.close());

const MIB = 1024 * 1024;
function plan(name: string, more: Partial<StreamPlan> = {}): StreamPlan {
  return {
    name,
    subjects: [`test.${name}.>`],
    maxBytes: MIB,
    maxAgeMs: 3_600_000,
    duplicateWindowMs: 120_000,
    giveWay: 'consumed',
    isChosen: false,
    ...more,
  };
}

describe('provisionStreams', () => {
  it('has made each stream with the settings that are relied on', async () => {
    const plans = streamPlans({ partitions: 4, replicas: 1 });
    expect(plans.map(({ name }) => name)).toEqual([
      ...['CX_EVENTS_0', 'CX_EVENTS_1', 'CX_EVENTS_2', 'CX_EVENTS_3', 'CX_PARTIALS', 'CX_ENRICHED', 'CX_KPI'],
      ...['CX_ALERTS', 'CX_ACTIONS', 'CX_CLOCKS', 'CX_DLQ', 'CX_LATE', 'CX_AUDIT', 'CX_STATE'],
    ]);
    for (const { name, subjects, maxBytes, maxAgeMs } of plans) {
      const { config } = await broker.jsm.streams.info(name);
      expect(config).toMatchObject({ subjects, max_bytes: maxBytes, max_age: maxAgeMs * 1e6, discard: 'new' });
      expect(config).toMatchObject({ storage: 'file', retention: 'limits', num_replicas: 1, max_msgs: -1 });
    }
    const audit = await broker.jsm.streams.info('CX_AUDIT');
    expect(audit.config.max_age).toBeGreaterThan(3 * 365 * 86_400e9);
  });

  it('has the broker refuse to take anything out of the audit trail, one of a former version included', async () => {
    const { jsm, nc, logger } = broker;
    await jsm.streams.delete('CX_AUDIT');
    await jsm.streams.add({ name: 'CX_AUDIT', subjects: ['cx.audit'], storage: StorageType.File, max_age: 3.6e12 });
    await provisionStreams(jsm, { partitions: 4, replicas: 1 }, logger);
    await nc.request('cx.audit', '{}');
    await expect(jsm.streams.purge('CX_AUDIT')).rejects.toThrow();
    await expect(jsm.streams.deleteMessage('CX_AUDIT', 1, true)).rejects.toThrow();
    await expect(jsm.streams.deleteMessage('CX_AUDIT', 1, false)).rejects.toThrow();
    expect((await jsm.streams.info('CX_AUDIT')).state.messages).toBe(1);
  });

  it('changes nothing the second time', async () => {
    const logger = recordingLogger();
    await provisionStreams(broker.jsm, { partitions: 4, replicas: 1 }, logger);
    expect(logger.lines).toEqual([]);
  });

  it('makes each stream once for engines that start at the same moment', async () => {
    const engines: JetStreamManager[] = [];
    const connections: NatsConnection[] = [];
    for (let i = 0; i < 4; i++) connections.push(await connectNats({ servers: [broker.server.url] }, broker.logger));
    for (const nc of connections) engines.push(await jetstreamManager(nc, { timeout: 20_000 }));
    for (let round = 0; round < 100; round++) {
      const logger = recordingLogger();
      const name = `AT_ONCE_${String(round)}`;
      const infos = await Promise.all(engines.map((jsm) => provisionStream(jsm, plan(name), 1, logger)));
      expect(infos.map(({ config }) => config.name)).toEqual([name, name, name, name]);
      expect(logger.lines.map(({ message }) => message)).toContain('stream made');
    }
    await Promise.all(connections.map((nc) => nc.close()));
  });

  it('enlarges what is too small, leaves what somebody enlarged, follows what the user chose', async () => {
    const { logger, jsm } = broker;
    await provisionStream(jsm, plan('A'), 1, logger);
    expect((await provisionStream(jsm, plan('A', { maxBytes: 4 * MIB }), 1, logger)).config.max_bytes).toBe(4 * MIB);
    expect((await provisionStream(jsm, plan('A', { maxBytes: 2 * MIB }), 1, logger)).config.max_bytes).toBe(4 * MIB);
    const chosen = plan('A', { maxBytes: 2 * MIB, maxAgeMs: 60_000, isChosen: true });
    const { config } = await provisionStream(jsm, chosen, 1, logger);
    expect([config.max_bytes, config.max_age, config.duplicate_window]).toEqual([2 * MIB, 60e9, 60e9]);
  });

  it('refuses a stream that cannot be changed to what is needed, or would lose what it holds', async () => {
    const { logger, jsm } = broker;
    await jsm.streams.add({ name: 'B', subjects: ['test.B.>'], storage: StorageType.Memory });
    await jsm.streams.add({ name: 'C', subjects: ['test.C.>'], retention: RetentionPolicy.Workqueue });
    await expect(provisionStream(jsm, plan('B'), 1, logger)).rejects.toThrow(/stream B .*storage is memory, not file/);
    await expect(provisionStream(jsm, plan('C'), 1, logger)).rejects.toMatchObject({ code: 'STREAM_MISMATCH' });
    const overlapping = plan('E', { subjects: ['cx.kpi.>'] });
    await expect(provisionStream(jsm, overlapping, 1, logger)).rejects.toMatchObject({ code: 'STREAM_MISMATCH' });
  });

  it.each(['max_bytes', 'max_age'] as const)(
    'refuses a size below what a stream holds, which would make the server delete (%s)',
    async (by) => {
      const { logger, jsm, nc } = broker;
      const name = `D_${by}`;
      await provisionStream(jsm, plan(name), 1, logger);
      for (let i = 0; i < 3; i++) await nc.request(`test.${name}.x`, new Uint8Array(100_000));
      const { state, config } = await jsm.streams.info(name);
      const smaller = { maxBytes: state.bytes - 1, isChosen: true };
      await expect(provisionStream(jsm, plan(name, smaller), 1, logger)).rejects.toMatchObject({
        code: 'STREAM_TOO_SMALL',
        kind: 'config',
        message: `the stream ${name} holds ${String(state.bytes)} bytes, more than the ${String(state.bytes - 1)} it may have: the broker would delete the oldest`,
      });
      expect((await jsm.streams.info(name)).state.messages).toBe(3);
      const fitting = plan(name, { maxBytes: state.bytes, isChosen: true });
      expect((await provisionStream(jsm, fitting, 1, logger)).state.messages).toBe(3);

      // What is refused: a server of 2.9 itself does not, newer ones keep what they hold. By age it is asked to.
      if (by === 'max_bytes') {
        await jsm.streams.update(name, { ...config, max_bytes: state.bytes - 1 });
        if (!(nc.info?.version ?? '').startsWith('2.9.')) return;
      } else {
        await new Promise((wake) => setTimeout(wake, 150));
        await provisionStream(jsm, plan(name, { maxAgeMs: 100, duplicateWindowMs: 100, isChosen: true }), 1, logger);
      }
      await until(async () => (await jsm.streams.info(name)).state.messages < 3);
    },
  );

  it('refuses replicas on a server whose sequence check two writers can both pass', async () => {
    const { logger, jsm } = broker;
    await expect(
      provisionStreams(jsm, { partitions: 1, replicas: 3 }, logger, { version: () => '2.9.20' }),
    ).rejects.toThrow(/2\.9\.21/);
  });
});

describe('the partition mapping', () => {
  it('sends each key to the partition that partitionOf names, and drops the key', async () => {
    const unicode = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { numRuns: 100, seed: 7 });
    const isToken = (key: string): boolean => !/[\s.*>\0]/u.test(key) && key !== '';
    const keys = [...Array.from({ length: 150 }, (_, i) => `c-${String(i)}`), ...unicode.filter(isToken)].slice(0, 220);
    expect(keys.length).toBeGreaterThan(200);
    const expected = [0, 0, 0, 0];
    for (const key of keys) {
      const p = partitionOf(key, 4);
      const answer = await broker.nc.request(`cx.events.app.feedback.${key}`, '{}');
      expected[p]! += 1;
      expect({ key, ...answer.json<object>() }).toEqual({ key, stream: `CX_EVENTS_${String(p)}`, seq: expected[p] });
    }
    const { state } = await broker.jsm.streams.info('CX_EVENTS_1', { subjects_filter: '>' });
    expect(Object.keys(state.subjects ?? {})).toEqual(['cx.p.1.app.feedback']);
  });
});

describe('trimStreams', () => {
  it('frees what is committed when a stream is nearly full, and nothing that is not', async () => {
    const { jsm, nc, logger } = broker;
    const plans = [plan('R')];
    await provisionStream(jsm, plan('R'), 1, logger);
    for (let i = 0; i < 9; i++) await nc.request('test.R.x', new Uint8Array(100_000));
    const used = 900_450 / MIB;
    const none = await trimStreams(jsm, plans, { logger, committed: () => undefined });
    expect(none).toEqual([{ stream: 'R', used: expect.closeTo(used, 2) as number, freed: 0, behind: null }]);
    expect(await trimStreams(jsm, plans, { logger, committed: () => 1 })).toMatchObject([{ freed: 1, behind: 8 }]);
    await nc.request('test.R.x', new Uint8Array(100_000));
    expect(await trimStreams(jsm, plans, { logger, committed: () => 9 })).toMatchObject([{ freed: 3 }]);
    expect((await jsm.streams.info('R')).state.first_seq).toBe(5);
    expect(await trimStreams(jsm, plans, { logger, committed: () => 9 })).toMatchObject([{ freed: 0 }]);
  });

  it('lets the oldest outputs go, and never the audit trail', async () => {
    const { jsm, nc, logger } = broker;
    for (const name of ['S', 'T']) {
      await provisionStream(jsm, plan(name), 1, logger);
      for (let i = 0; i < 9; i++) await nc.request(`test.${name}.x`, new Uint8Array(100_000));
    }
    const reports = await trimStreams(
      jsm,
      [plan('S', { giveWay: 'oldest' }), plan('T', { giveWay: 'nothing' }), plan('gone')],
      { logger, committed: () => undefined },
    );
    expect(reports).toMatchObject([
      { stream: 'S', freed: 3 },
      { stream: 'T', freed: 0 },
    ]);
    const line = logger.lines.find(({ message }) => message.includes('nothing in it may go'));
    expect(line?.fields).toEqual({ stream: 'T', used: expect.closeTo(0.86, 1) as number });
    await until(() => logger.lines.some(({ fields }) => fields['stream'] === 'gone'));
  });
});
