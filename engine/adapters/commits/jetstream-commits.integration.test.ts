import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit, CommitLog, State } from '../../core/types.ts';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { connectionOptions } from '../nats/connection-options.ts';
import { type JetstreamCommits, jetstreamCommits } from './jetstream-commits.ts';
import { generationsOf } from './state-chunks.ts';
import { connect } from '@nats-io/transport-node';

let broker: BrokerFixture;
let commits: JetstreamCommits;
let partition = 0;
const signal = new AbortController().signal;

beforeAll(async () => {
  broker = await startBroker();
  commits = jetstreamCommits(broker.nc, { logger: broker.logger, maxMessageBytes: 64 * 1024 });
});
afterAll(async () => {
  commits.close();
  await broker.close();
});

function commit(number: number, deltas: Record<string, State> = {}, epoch = 1): Commit {
  return {
    format: 1,
    epoch,
    number,
    position: number * 10,
    time: { maxTs: 1_772_400_000_123, watermark: Number.MIN_SAFE_INTEGER, lastArrival: 1_772_400_001_000 },
    counters: { processed: number },
    marks: { CX_KPI: number },
    deltas,
    fingerprints: { kpis: { form: 1, names: ['csat', '满意度'] } },
    outbox: [
      { id: `0.${String(number)}.0`, subject: 'cx.kpi.csat', type: 'cx.kpi.changed', time: 5, data: { n: -0.5 } },
    ],
  };
}
/** Bytes that differ from place to place, so that chunks in a wrong order show. */
function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) % 251);
}
async function stateRecords(): Promise<number> {
  const info = await broker.jsm.streams.info('CX_STATE', { subjects_filter: `cx.state.${String(partition)}` });
  return info.state.subjects?.[`cx.state.${String(partition)}`] ?? 0;
}
function chunksOf(): Promise<readonly string[]> {
  return generationsOf(broker.jsm, 'CX_STATE', partition);
}
const fresh = (): Promise<CommitLog> => {
  partition += 1;
  return commits.open(partition, signal);
};
const reopen = (): Promise<CommitLog> => commits.open(partition, signal);

describe('jetstreamCommits', () => {
  it('opens a fresh partition with nothing in it', async () => {
    const log = await fresh();
    expect(log.last).toBeUndefined();
    expect(log.saved).toEqual({});
    expect([log.deltaBytes, log.snapshotBytes]).toEqual([0, 0]);
  });

  it('gives back what was committed: the last commit whole, the deltas in order', async () => {
    const log = await fresh();
    await log.append(commit(1, { a: { k: 1, bytes: bytes(300, 1) }, b: [1, null, 'ü'] }), signal);
    await log.append(commit(2, { a: { k: 2 } }), signal);
    await log.append(commit(3), signal);
    const again = await reopen();
    expect(again.last).toEqual(commit(3));
    expect(again.saved).toEqual({ a: [{ k: 1, bytes: bytes(300, 1) }, { k: 2 }], b: [[1, null, 'ü']] });
    expect(again.deltaBytes).toBe(log.deltaBytes);
    await again.append(commit(4), signal);
    expect((await reopen()).last?.number).toBe(4);
  });

  it('refuses a writer when another was faster, then and ever after, and lets the other go on', async () => {
    const zombie = await fresh();
    await zombie.append(commit(1), signal);
    const owner = await reopen();
    await owner.append(commit(2, { a: 'owner' }, 2), signal);
    await expect(zombie.append(commit(2, { a: 'zombie' }), signal)).rejects.toMatchObject({ code: 'COMMIT_FENCED' });
    await expect(zombie.append(commit(2, { a: 'zombie' }), signal)).rejects.toMatchObject({ code: 'COMMIT_FENCED' });
    await owner.append(commit(3, {}, 2), signal);
    const again = await reopen();
    expect(again.saved).toEqual({ a: ['owner'] });
    expect(again.last).toEqual(commit(3, {}, 2));
  });

  it('keeps a commit beyond the message limit in chunks', async () => {
    const log = await fresh();
    const large = bytes(3_500_000, 9);
    await log.append(commit(1, { a: large }), signal);
    await log.append(commit(2, { a: 'small' }), signal);
    expect(await chunksOf()).toHaveLength(1);
    const again = await reopen();
    expect(again.last).toEqual(commit(2, { a: 'small' }));
    expect(Buffer.compare(Buffer.from(again.saved['a']![0] as Uint8Array), Buffer.from(large))).toBe(0);
    expect(again.deltaBytes).toBeGreaterThan(3_500_000);
    const last = await fresh();
    await last.append(commit(1, { a: large }), signal);
    expect((await reopen()).last?.number).toBe(1);
  });

  it('a snapshot replaces what was before it; deltas appended while it was written are replayed over it', async () => {
    const log = await fresh();
    await log.append(commit(1, { a: 'gone', b: bytes(150_000, 3) }), signal);
    await log.append(commit(2, { a: 'gone too' }), signal);
    const snapshot = log.beginSnapshot();
    expect(log.deltaBytes).toBe(0);
    await snapshot.write('a', { part: 1, bytes: bytes(70_000, 4) }, signal);
    await log.append(commit(3, { a: 'during' }), signal);
    await snapshot.write('a', { part: 2, bytes: bytes(70_000, 5) }, signal);
    await snapshot.write('b', 'whole', signal);
    await snapshot.finish(signal);
    expect(await stateRecords()).toBe(3); // the commit it began at, the one during, and the snapshot
    expect(await chunksOf()).toHaveLength(1);
    await log.append(commit(4, { a: 'after' }), signal);
    const again = await reopen();
    expect(again.saved).toEqual({
      a: [{ part: 1, bytes: bytes(70_000, 4) }, { part: 2, bytes: bytes(70_000, 5) }, 'during', 'after'],
      b: ['whole'],
    });
    expect(again.last).toEqual(commit(4, { a: 'after' }));
    expect(again.snapshotBytes).toBe(log.snapshotBytes);
    expect(again.deltaBytes).toBe(log.deltaBytes);
  });

  it('keeps the commit a snapshot began at when none follows', async () => {
    const log = await fresh();
    await log.append(commit(1, { a: 1 }), signal);
    await log.append(commit(2, { a: 2 }), signal);
    const snapshot = log.beginSnapshot();
    await snapshot.write('a', 'state', signal);
    await snapshot.finish(signal);
    const again = await reopen();
    expect(again.last).toEqual(commit(2, { a: 2 }));
    expect(again.saved).toEqual({ a: ['state'] });
    const second = again.beginSnapshot();
    await second.write('a', 'state 2', signal);
    await second.finish(signal);
    expect((await reopen()).saved).toEqual({ a: ['state 2'] });
    expect(await chunksOf()).toHaveLength(1);
  });

  it('a snapshot that was never finished changes nothing, and its chunks are freed by the next owner', async () => {
    const log = await fresh();
    await log.append(commit(1, { a: 1 }), signal);
    const snapshot = log.beginSnapshot();
    await snapshot.write('a', bytes(250_000, 6), signal);
    await log.append(commit(2, { a: 2 }), signal);
    await until(async () => (await chunksOf()).length === 1);
    const again = await reopen();
    expect(again.saved).toEqual({ a: [1, 2] });
    expect(await chunksOf()).toHaveLength(1); // the former owner could still name them
    await again.append(commit(3, { a: 3 }, 2), signal);
    expect(await chunksOf()).toHaveLength(0);
    await expect(snapshot.finish(signal)).rejects.toMatchObject({ code: 'COMMIT_FENCED' });
    expect((await reopen()).saved).toEqual({ a: [1, 2, 3] });
  });

  it('knows its own commit again when the acknowledgement was lost', async () => {
    const log = await fresh();
    await log.append(commit(1), signal);
    await until(async () => (await lastNumber()) === 1);
    // The broker stores the commit, but its answer never comes.
    const proxy = await connect(connectionOptions({ servers: [broker.server.url] }, 'deaf'));
    const deaf = jetstreamCommits(withoutAcks(proxy), { logger: broker.logger, ackWithinMs: 150 });
    const other = await deaf.open(partition, signal);
    await other.append(commit(2, { a: 2 }), signal);
    await other.append(commit(3, { a: 3 }), signal);
    expect(await stateRecords()).toBe(3);
    expect((await reopen()).saved).toEqual({ a: [2, 3] });
    deaf.close();
    await proxy.close();
  });

  it('retries through a kill of the server, and writes each commit once', async () => {
    const log = await fresh();
    const appending = (async () => {
      for (let number = 1; number <= 300; number++) await log.append(commit(number, { a: number }), signal);
    })();
    await until(async () => ((await lastNumber()) ?? 0) > 20);
    await broker.kill();
    await appending;
    expect(await stateRecords()).toBe(300);
    expect((await reopen()).saved['a']).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  it('reads a whole and true state while another instance writes, snapshots and frees', async () => {
    const small = { logger: broker.logger, maxMessageBytes: 16 * 1024 };
    partition += 1;
    const writer = jetstreamCommits(broker.nc, small);
    const owner = await writer.open(partition, signal);
    const state: Record<string, State> = {};
    const stop = new AbortController();
    let snapshots = 0;
    const writing = (async () => {
      for (let number = 1; !stop.signal.aborted; number++) {
        // Every seventh is too large for one message.
        const put = { [`k${String(number % 10)}`]: number % 7 === 0 ? [number, bytes(20_000, number)] : [number] };
        Object.assign(state, put);
        await owner.append(commit(number, { a: put }), signal);
        await new Promise((wake) => setTimeout(wake, 5));
        if (number % 25 !== 0) continue;
        const snapshot = owner.beginSnapshot();
        for (const [key, value] of Object.entries(state)) await snapshot.write('a', { [key]: value }, signal);
        await snapshot.finish(signal);
        snapshots += 1;
      }
    })();
    const reader = jetstreamCommits(broker.nc, { logger: broker.logger });
    let reads = 0;
    for (let last = 0; last < 160 || reads < 10; reads++) {
      const log = await reader.open(partition, signal);
      last = log.last?.number ?? 0;
      const read: Record<string, State> = {};
      for (const part of log.saved['a'] ?? []) Object.assign(read, part);
      const newest = Object.values(read).map((value) => (value as number[])[0]);
      const expected = Array.from({ length: Math.min(10, last) }, (_, i) => last - i);
      expect(newest.sort((a, b) => Number(b) - Number(a))).toEqual(expected);
    }
    stop.abort();
    await writing;
    reader.close();
    writer.close();
    expect(snapshots).toBeGreaterThan(4);
    expect((await chunksOf()).length).toBeLessThan(10);
  });

  it('refuses a snapshot whose chunks are gone, and a log whose beginning is gone', async () => {
    const log = await fresh();
    await log.append(commit(1, { a: 1 }), signal);
    const snapshot = log.beginSnapshot();
    await snapshot.write('a', bytes(150_000, 2), signal);
    await snapshot.finish(signal);
    await log.append(commit(2, { a: 2 }), signal);
    await broker.jsm.streams.purge('CX_STATE', { filter: `cx.chunk.${String(partition)}.*`, keep: 1 });
    await expect(reopen()).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringContaining('chunks') as string,
    });
    const other = await fresh();
    for (const number of [1, 2, 3]) await other.append(commit(number), signal);
    await broker.jsm.streams.purge('CX_STATE', { filter: `cx.state.${String(partition)}`, keep: 1 });
    await expect(reopen()).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
  });

  it('refuses a state of a later format and a chain with a hole', async () => {
    const log = await fresh();
    for (const number of [1, 2, 3]) await log.append(commit(number), signal);
    const { seq } = (await broker.jsm.streams.getMessage('CX_STATE', {
      last_by_subj: `cx.state.${String(partition)}`,
    }))!;
    await broker.jsm.streams.deleteMessage('CX_STATE', seq - 1);
    await expect(reopen()).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    await fresh();
    const { Packr } = await import('msgpackr');
    await broker.nc.request(`cx.state.${String(partition)}`, new Packr({ useRecords: false }).pack({ format: 2 }));
    await expect(reopen()).rejects.toThrow(/format 2/);
  });
});

async function lastNumber(): Promise<number | undefined> {
  try {
    const log = await jetstreamCommits(broker.nc, { logger: broker.logger }).open(partition, signal);
    return log.last?.number;
  } catch {
    return undefined;
  }
}

/** A connection whose requests to the commit subject time out, though they arrive. */
function withoutAcks(nc: BrokerFixture['nc']): BrokerFixture['nc'] {
  return new Proxy(nc, {
    get: (target, name) => {
      if (name === 'request') {
        return async (subject: string, payload: Uint8Array, options: { timeout: number }) => {
          const answer = await target.request(subject, payload, options);
          if (!subject.startsWith('cx.state.')) return answer;
          await new Promise((wake) => setTimeout(wake, options.timeout));
          throw new Error('timeout');
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
