import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Commit, State } from '../../core/types.ts';
import { END_OF_TIME, START_OF_TIME } from '../../core/types.ts';
import {
  decodeCommit,
  decodeParts,
  decodeRecord,
  encodeCommit,
  encodePart,
  encodeRecord,
  joined,
  pieces,
  recordOfCommit,
  STATE_FORMAT,
} from './commit-codec.ts';

const state: fc.Arbitrary<State> = fc.letrec<{ state: State }>((tie) => ({
  state: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    // As in JSON, -0 comes back as 0.
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.array(tie('state'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
      tie('state'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).state;

const commit: Commit = {
  format: 1,
  epoch: 2,
  number: 3,
  position: 9_007_199_254_740_991,
  time: { maxTs: END_OF_TIME, watermark: START_OF_TIME, lastArrival: 0 },
  counters: { late: 1 },
  marks: { CX_KPI: 4 },
  deltas: { kpis: Uint8Array.of(1, 2) },
  fingerprints: { kpis: null },
  outbox: [{ id: 'a', subject: 'cx.kpi.a', type: 't', time: 1, data: { a: [0.1, 'é', null] } }],
};

describe('the form of saved state', () => {
  it('is the same for a commit that is encoded already', () => {
    const record = { kind: 'commit', format: STATE_FORMAT, commit } as const;
    expect([...recordOfCommit(encodeCommit(commit))]).toEqual([...encodeRecord(record)]);
  });

  it('gives a commit back as it was, bytes as plain Uint8Array', () => {
    const again = decodeCommit(Buffer.from(encodeCommit(commit)), 0);
    expect(again).toStrictEqual(commit);
    const record = decodeRecord(encodeRecord({ kind: 'commit', format: STATE_FORMAT, commit }), 0);
    expect(record).toStrictEqual({ kind: 'commit', format: STATE_FORMAT, commit });
  });

  it('gives any state back as it was, wherever the chunks were cut', () => {
    const part = fc.record({ operator: fc.string(), part: state });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.integer({ min: 1, max: 64 }), (parts, size) => {
        const chunks = [...pieces(joined(...parts.map(encodePart)), size)];
        expect(chunks.every((chunk) => chunk.length <= size)).toBe(true);
        expect(decodeParts(chunks, 0)).toStrictEqual(
          parts.map(({ operator, part: value }) => ({ operator, part: value })),
        );
      }),
    );
  });

  it('refuses what it cannot read, naming the partition', () => {
    const snapshot = encodePart({ operator: 'a', part: 'b' });
    const bad = { ...commit, deltas: [] };
    for (const read of [
      () => decodeRecord(Uint8Array.of(0xc1), 7),
      () => decodeRecord(encodeCommit({ ...commit, format: 99 }), 7),
      () => decodeRecord(encodeRecord({ kind: 'commit', format: 99, commit }), 7),
      () => decodeRecord(encodeRecord({ kind: 'commit', format: STATE_FORMAT, commit: bad as never }), 7),
      () => decodeRecord(encodeRecord({ kind: 'snapshot', format: STATE_FORMAT } as never), 7),
      () => decodeCommit(encodePart({ operator: 'a', part: 1 }), 7),
      () => decodeParts([snapshot.subarray(0, snapshot.length - 1)], 7),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: 'STATE_UNREADABLE' }) as Error);
      expect(read).toThrow(/partition 7/);
    }
  });
});
