import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Commit, CommitStore, TimeState } from '../../core/types.ts';
import { type BrokerFixture, startBroker, until } from '../testing/broker.fixture.ts';
import { hearTime, tellingTime } from './combined-time.ts';

let broker: BrokerFixture;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.close());

const time: TimeState = {
  ...{ maxTs: 7, watermark: 7, lastArrival: 9 },
  inputs: [{ watermark: 7, isActive: true, isAligned: false }],
};
const commit = { number: 3, time } as Commit;

describe('the time of the combining partition', () => {
  it('is heard once its commit is durable, and a stranger says nothing', async () => {
    const heard = hearTime(broker.nc);
    let store: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => (store = resolve));
    const inner: CommitStore = {
      open: () =>
        Promise.resolve({
          ...{ last: commit, saved: {}, deltaBytes: 1, snapshotBytes: 2, append: () => stored },
          beginSnapshot: () => ({ write: () => Promise.resolve(), finish: () => Promise.resolve() }),
        }),
    };
    const { signal } = new AbortController();
    const log = await tellingTime(broker.nc, inner, broker.logger).open(9, signal);
    expect([log.last, log.deltaBytes, log.snapshotBytes]).toEqual([commit, 1, 2]);
    const appended = log.append(commit, signal);
    await broker.nc.flush();
    expect(heard()).toBeUndefined();
    store();
    await appended;
    await until(() => heard() !== undefined);
    for (const text of ['x', 'null', '{}', '{"inputs":1,"watermark":1}']) broker.nc.publish('cx.time', text);
    await broker.nc.flush();
    expect(heard()).toEqual(time);
  });
});
