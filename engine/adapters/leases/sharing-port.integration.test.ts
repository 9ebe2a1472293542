import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharingPortCases } from '../../testing/sharing/sharing-port-cases.ts';
import { type BrokerFixture, startBroker } from '../testing/broker.fixture.ts';
import { acquireLease } from './lease.ts';
import { thisHolder } from './lease-holder.ts';
import { untilNobodyShares, whoShares } from './nobody-shares.ts';
import { decodeBeat, decodeTable, encodeBeat } from './sharing-format.ts';
import { jetstreamSharing } from './sharing-port.ts';

let broker: BrokerFixture;
const signal = new AbortController().signal;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

describe('the way between instances, over a nats-server', () => {
  let fresh = 0;
  for (const { name, run } of sharingPortCases) {
    it(name, () =>
      run(() => {
        const id = String(fresh++);
        const names = { bucket: `OWNERS_${id}`, subject: `cx.members.${id}`, leases: `LEASES_${id}` };
        return Promise.resolve({
          connect: () => jetstreamSharing(broker.nc, { ...names, replicas: 1 }),
          settle: () => broker.nc.flush(),
          lease: async (partition) => {
            const options = { partition, owner: 'somebody', bucket: names.leases, logger: broker.logger };
            await acquireLease(broker.nc, options, signal);
          },
        });
      }),
    );
  }

  it('reads again once the broker was killed, and makes a bucket again that somebody removed', async () => {
    const port = jetstreamSharing(broker.nc, { bucket: 'KILLED', replicas: 1 });
    const table = { generation: 4, owners: new Map(), holders: new Map() };
    const revision = await port.write(table, (await port.read()).revision);
    await broker.kill();
    await expect.poll(() => port.read().catch(() => null), { timeout: 30_000 }).toEqual({ table, revision });
    await broker.jsm.streams.delete('KV_KILLED');
    await expect.poll(() => port.read().catch(() => null), { timeout: 30_000 }).toEqual({ table: null, revision: 0 });
  });
});

it('untilNobodyShares waits as long as somebody says that he runs something', async () => {
  const subject = 'cx.members.waiting';
  const port = jetstreamSharing(broker.nc, { bucket: 'WAITING', subject, replicas: 1 });
  const beat = { id: 'a', holder: 'h', since: 1, state: 'in', generation: 0 } as const;
  let beats = 0;
  const saying = setInterval(() => port.say({ ...beat, beat: ++beats, held: beats <= 3 ? [1] : [] }), 500);
  try {
    const reasons: string[] = [];
    const began = performance.now();
    await untilNobodyShares(broker.nc, signal, (reason) => reasons.push(reason), subject);
    expect(performance.now() - began).toBeGreaterThan(4_500);
    expect(reasons).toHaveLength(3);
  } finally {
    clearInterval(saying);
  }
});

it('whoShares names one that runs something, and nobody where those that speak run nothing', async () => {
  const subject = 'cx.members.who';
  const port = jetstreamSharing(broker.nc, { bucket: 'WHO', subject, replicas: 1 });
  const holder = JSON.stringify(thisHolder('host 7'));
  const beat = { id: 'a', holder, since: 1, state: 'in', generation: 0 } as const;
  let held: readonly number[] = [3];
  let beats = 0;
  const saying = setInterval(() => port.say({ ...beat, beat: ++beats, held }), 300);
  try {
    expect(await whoShares(broker.nc, signal, subject)).toBe('host 7');
    held = [];
    expect(await whoShares(broker.nc, signal, subject)).toBeNull();
  } finally {
    clearInterval(saying);
  }
});

describe('what strangers write', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  it.each(['', 'x', '[]', 'null', '{}', '{"format":1}', '{"format":1,"id":3}', '{"format":2,"id":"a"}'])(
    'is no beat: %s',
    (text) => expect(decodeBeat(bytes(text))).toBeNull(),
  );
  it.each(['', 'null', '{"format":1}', '{"format":1,"generation":1,"holders":[["a","h"]],"items":[[0,7,1,-1]]}'])(
    'is no table: %s',
    (text) => expect(decodeTable(bytes(text))).toBeNull(),
  );
  it('is a table that must not be written over where a later version wrote it', () => {
    expect(() => decodeTable(bytes('{"format":2}'))).toThrow('has format 2, which this version cannot read');
  });
  it('is a beat where all that a beat has is there', () => {
    const beat = { id: 'a', holder: 'h', since: 1, beat: 2, state: 'gone', held: [3], generation: 4 } as const;
    expect(decodeBeat(encodeBeat(beat))).toEqual(beat);
    expect(decodeBeat(bytes(JSON.stringify({ format: 1, ...beat, held: [-1] })))).toBeNull();
  });
});
