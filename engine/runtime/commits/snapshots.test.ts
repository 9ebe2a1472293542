import { describe, expect, it } from 'vitest';
import type { CommitLog, State } from '../../core/types.ts';
import { silentLogger } from '../../testing/line-pipeline.ts';
import { MIN_DELTA_BYTES, Snapshots } from './snapshots.ts';

function rig(deltaBytes: number, snapshotBytes = 0) {
  const written: string[] = [];
  const log: CommitLog = {
    ...{ last: undefined, saved: {}, deltaBytes, snapshotBytes },
    append: () => Promise.resolve(),
    beginSnapshot: () => {
      written.push('begin');
      return {
        write: (operator, part) => {
          written.push(`${operator} ${JSON.stringify(part)}`);
          return Promise.resolve();
        },
        finish: () => {
          written.push('finish');
          return Promise.resolve();
        },
      };
    },
  };
  const chain = {
    *snapshot(): Generator<readonly [string, State], void, undefined> {
      yield ['a', 1];
      yield ['b', 2];
    },
  };
  const fail = (thrown: unknown): void => {
    throw thrown;
  };
  return {
    written,
    snapshots: new Snapshots(log, chain, { a: 'f' }, silentLogger, new AbortController().signal, fail),
  };
}

const iterations = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};
const PARTS = ['begin', 'chain {"a":"f"}', 'a 1', 'b 2'];

describe('a snapshot', () => {
  it('counts only after a commit cut after its last part: its parts may hold what is not committed', async () => {
    const { written, snapshots } = rig(MIN_DELTA_BYTES + 1);
    snapshots.onCommitted();
    // Cut and committed while parts are still being written.
    snapshots.onCut();
    snapshots.onCommitted();
    await iterations();
    expect(written).toEqual(PARTS);
    // This one was cut before the last part.
    snapshots.onCommitted();
    expect(written).toEqual(PARTS);
    snapshots.onCut();
    expect(written).toEqual(PARTS);
    snapshots.onCommitted();
    expect(written).toEqual([...PARTS, 'finish']);
    await iterations();
    expect(snapshots.count).toBe(1);
  });

  it('begins when the deltas have outgrown the last one', () => {
    const begun = (deltaBytes: number, snapshotBytes: number): boolean => {
      const { written, snapshots } = rig(deltaBytes, snapshotBytes);
      snapshots.onCommitted();
      return written.length > 0;
    };
    expect(begun(MIN_DELTA_BYTES, 0)).toBe(false);
    expect(begun(MIN_DELTA_BYTES + 1, 0)).toBe(true);
    expect(begun(3 * MIN_DELTA_BYTES, 3 * MIN_DELTA_BYTES)).toBe(false);
    expect(begun(3 * MIN_DELTA_BYTES + 1, 3 * MIN_DELTA_BYTES)).toBe(true);
  });

  it('is written at once and whole when the state changes its shape', async () => {
    const { written, snapshots } = rig(0);
    await snapshots.replaceAll();
    expect(written).toEqual([...PARTS, 'finish']);
  });
});
