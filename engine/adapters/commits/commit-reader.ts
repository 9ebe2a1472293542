/** Reads what a partition has committed: its chain of records, the last snapshot, and the deltas to replay over it. */
import type { Commit, State } from '../../core/types.ts';
import { EXPECTED_HEADER, lastOf } from './commit-chain.ts';
import { decodeCommit, decodeParts, decodeRecord, joined, type StateRecord, unreadable } from './commit-codec.ts';
import { type ChunkContext, type Chunked, generationsOf, readChunks } from './state-chunks.ts';
import { readToEnd } from '../streams/stream-reader.ts';

export interface CommittedState {
  /** Sequence of the chain's last record; 0: a fresh partition. */
  readonly end: number;
  readonly last: Commit | undefined;
  /** Sequence of the last commit. */
  readonly lastSeq: number;
  readonly saved: Readonly<Record<string, readonly State[]>>;
  readonly deltaBytes: number;
  readonly snapshotBytes: number;
  /** Generations still needed, with the sequence of the record that names each. */
  readonly generations: readonly { readonly generation: string; readonly seq: number; readonly isSnapshot: boolean }[];
  /** Chunks no needed record names: free them once nobody else can be about to name them. */
  readonly litter: readonly string[];
  /** Records before this sequence are replaced by the snapshot. */
  readonly base: number;
}

type ReadContext = Omit<ChunkContext, 'publisher' | 'chunkBytes'> & { readonly subject: string };

interface StoredRecord {
  readonly seq: number;
  /** The record before it, as it was checked when this one was stored. */
  readonly before: number;
  readonly bytes: number;
  readonly record: StateRecord;
}

/**
 * Throws EngineError STATE_UNREADABLE. A former owner may still be writing, and may replace what is being read: when
 * something is missing and the chain has moved meanwhile, all is read again. What is read whole may be old by then: our
 * first append tells.
 */
export async function readCommitted(context: ReadContext, signal: AbortSignal): Promise<CommittedState> {
  for (let attempt = 1; ; attempt++) {
    const before = await lastSeq(context);
    try {
      return await assemble(context, await readRecords(context, signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= 20 || (await lastSeq(context)) === before) throw error;
    }
    context.logger.info('another instance still writes this partition, reading again', {
      partition: context.partition,
    });
  }
}

async function lastSeq(context: ReadContext): Promise<number> {
  return (await lastOf(context.jsm, context.stream, context.subject))?.seq ?? 0;
}

async function readRecords(context: ReadContext, signal: AbortSignal): Promise<readonly StoredRecord[]> {
  const { nc, stream, subject, partition, logger } = context;
  const records: StoredRecord[] = [];
  await readToEnd(nc, { stream, filter: subject, after: 0, logger }, signal, (batch) => {
    for (const { seq, data, headers } of batch) {
      const before = Number(headers[EXPECTED_HEADER.toLowerCase()] ?? 'NaN');
      records.push({ seq, before, bytes: data.length, record: decodeRecord(data, partition) });
    }
    return undefined;
  });
  return records;
}

async function assemble(
  context: ReadContext,
  records: readonly StoredRecord[],
  signal: AbortSignal,
): Promise<CommittedState> {
  const { partition } = context;
  const snapshot = records.findLast(({ record }) => record.kind === 'snapshot');
  const base = snapshot?.record.kind === 'snapshot' ? snapshot.record.base : 0;
  const deltas = records.filter(({ seq }) => seq > base);
  let before = base;
  for (const record of deltas) {
    if (record.before !== before)
      throw unreadable(partition, `records before sequence ${String(record.seq)} are missing`);
    before = record.seq;
  }
  const lastRecord = records.findLast(({ record }) => record.kind !== 'snapshot');
  if (snapshot !== undefined && (lastRecord === undefined || lastRecord.seq < base)) {
    throw unreadable(partition, 'the last commit is missing');
  }

  const saved: Record<string, State[]> = {};
  const add = (operator: string, state: State): void => {
    (saved[operator] ??= []).push(state);
  };
  const generations: { generation: string; seq: number; isSnapshot: boolean }[] = [];
  const fetch = async (chunked: Chunked, seq: number, isSnapshot: boolean): Promise<readonly Uint8Array[]> => {
    generations.push({ generation: chunked.generation, seq, isSnapshot });
    const chunks = await readChunks(context, chunked, signal);
    if (chunks === undefined) throw unreadable(partition, `chunks of sequence ${String(seq)} are missing`);
    return chunks;
  };
  const commitOf = async ({ record, seq }: StoredRecord): Promise<Commit | undefined> => {
    if (record.kind === 'commit') return record.commit;
    if (record.kind === 'snapshot') return undefined;
    return decodeCommit(joined(...(await fetch(record, seq, false))), partition);
  };

  if (snapshot?.record.kind === 'snapshot') {
    const chunks = await fetch(snapshot.record, snapshot.seq, true);
    for (const { operator, part } of decodeParts(chunks, partition)) add(operator, part);
  }
  let last: Commit | undefined;
  let deltaBytes = 0;
  for (const stored of deltas) {
    const commit = await commitOf(stored);
    if (commit === undefined) continue;
    for (const operator of Object.keys(commit.deltas)) {
      const delta = commit.deltas[operator];
      if (delta !== undefined) add(operator, delta);
    }
    deltaBytes += stored.record.kind === 'chunked' ? stored.record.bytes : stored.bytes;
    last = commit;
  }
  // No commit since the snapshot: the one it was begun at is kept for its position and outbox.
  if (last === undefined && lastRecord !== undefined) last = await commitOf(lastRecord);

  const needed = new Set(generations.map(({ generation }) => generation));
  const present = await generationsOf(context.jsm, context.stream, partition);
  return {
    end: records.at(-1)?.seq ?? 0,
    last,
    lastSeq: lastRecord?.seq ?? 0,
    saved,
    deltaBytes,
    snapshotBytes: snapshot?.record.kind === 'snapshot' ? snapshot.record.bytes : 0,
    generations,
    litter: present.filter((generation) => !needed.has(generation)),
    base,
  };
}
