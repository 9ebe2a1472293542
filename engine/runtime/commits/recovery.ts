/**
 * Taking over a partition: read what is committed, fence whoever wrote it, find out which of its outputs are stored
 * already, and publish the rest. Nothing twice and nothing lost, however long ago the crash was.
 */
import { EngineError } from '../../core/errors.ts';
import { isSameState } from '../../core/state-equality.ts';
import { CHAIN_STATE, fingerprintsOf, type ChainDef, type SavedChain } from '../../core/chain.ts';
import { TRUST_MS } from './committer.ts';
import { COMMIT_FORMAT } from '../../core/partition/commit-format.ts';
import { originOf, seqOf, storedBy } from '../../core/partition/output-id.ts';
import type { Clock, Commit, CommitLog, CommitStore, LiveFeed, Logger, Millis, Sink, State } from '../../core/types.ts';
import { START_OF_TIME } from '../../core/types.ts';

export interface Recovered {
  readonly log: CommitLog;
  /** The take-over itself. */
  readonly commit: Commit;
  /** Ownership is proven as of then. */
  readonly provenAt: Millis;
  readonly saved: SavedChain;
  /** Forwards of inputs beyond the position that are stored already. */
  readonly storedForwards: readonly string[];
  /** The saved state is of another shape: a whole snapshot must be written before anything else is committed. */
  readonly isReshaped: boolean;
}

export interface RecoveryOptions {
  readonly partition: number;
  readonly def: ChainDef<never, unknown>;
  readonly commits: CommitStore;
  readonly sink: Sink;
  readonly live: LiveFeed;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { partition, def, sink, live, clock, logger, signal } = options;
  const log = await openSound(options);
  const { last } = log;
  if (last !== undefined && last.format !== COMMIT_FORMAT) {
    throw new EngineError('STATE_MISMATCH', ['partition', `its format is ${last.format}, not ${COMMIT_FORMAT}`]);
  }
  const current = fingerprintsOf(def);
  const fingerprints = savedFingerprints(log) ?? current;
  const isReshaped = !isSameState(fingerprints, current);
  if (isReshaped) {
    const dropped = Object.keys(fingerprints).filter((name) => !Object.hasOwn(current, name));
    logger.info('the configuration changed since the state was saved', { partition, dropped: dropped.join(' ') });
  }
  // The same position, marks and outbox (under their first ids): should this owner fail at once, the next finds all of it.
  let commit: Commit =
    last === undefined
      ? freshCommit(current, sink.marks())
      : { ...last, epoch: last.epoch + 1, number: last.number + 1, deltas: {}, fingerprints };
  let provenAt = clock.now();
  await log.append(commit, signal);

  let storedForwards: readonly string[] = [];
  if (last !== undefined) {
    const stored = await sink.storedSince(commit.marks, signal);
    const missing = commit.outbox.filter(({ id }) => !stored.has(id));
    if (missing.length > 0) {
      if (clock.now() - provenAt > TRUST_MS) {
        commit = { ...commit, number: commit.number + 1 };
        provenAt = clock.now();
        await log.append(commit, signal);
      }
      await sink.publish(missing, signal);
      live.committed(missing);
    }
    storedForwards = forwardsBeyond(stored, partition, commit.position);
    logger.info('took over', {
      partition,
      epoch: commit.epoch,
      position: commit.position,
      outputs_missing: missing.length,
      forwards_stored: storedForwards.length,
    });
  }
  const saved: SavedChain = { parts: log.saved, fingerprints, watermark: commit.time.watermark };
  return { log, commit, provenAt, saved, storedForwards, isReshaped };
}

/**
 * What is committed, unless it has lost what was committed after it: then nobody knows any more what the outputs beyond it
 * said. Looked at before anything is appended, or the next start would find it whole. Throws EngineError STATE_LOST.
 */
async function openSound({ partition, commits, sink, signal }: RecoveryOptions): Promise<CommitLog> {
  for (let seen: number | undefined; ;) {
    const log = await commits.open(partition, signal);
    const number = log.last?.number ?? 0;
    const fault = await faultOf(log.last, partition, sink, signal);
    if (fault === undefined) return log;
    // A former owner may have written since: then this is only old, and is read again.
    if (seen === number) throw new EngineError('STATE_LOST', [partition, fault]);
    seen = number;
  }
}

async function faultOf(
  last: Commit | undefined,
  partition: number,
  sink: Sink,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (last === undefined) {
    const isLost = await sink.holdsOutputsOf(partition, signal);
    return isLost ? 'it has none, but outputs of it are stored' : undefined;
  }
  let latest = 0;
  for (const id of await sink.storedSince(last.marks, signal)) {
    const origin = originOf(id, partition);
    if (origin !== undefined && 'commit' in origin) latest = Math.max(latest, origin.commit);
  }
  if (latest <= last.number) return undefined;
  return `its last commit is ${String(last.number)}, but outputs of commit ${String(latest)} are stored`;
}

function freshCommit(fingerprints: Commit['fingerprints'], marks: Commit['marks']): Commit {
  return {
    format: COMMIT_FORMAT,
    epoch: 1,
    number: 1,
    position: 0,
    time: { maxTs: START_OF_TIME, watermark: START_OF_TIME, lastArrival: START_OF_TIME },
    counters: {},
    marks,
    deltas: {},
    fingerprints,
    outbox: [],
  };
}

/**
 * The fingerprints under which the saved parts were written: those in the snapshot, which is replaced as a whole, before
 * anything is committed, whenever the shape changes; those of the last commit when there is no snapshot yet.
 */
/** Under which fingerprints the state is saved; undefined: nothing is. */
export function savedFingerprints(log: CommitLog): Readonly<Record<string, State>> | undefined {
  const inSnapshot = log.saved[CHAIN_STATE]?.at(-1);
  if (inSnapshot === undefined) return log.last?.fingerprints;
  return inSnapshot as Readonly<Record<string, State>>;
}

function forwardsBeyond(stored: ReadonlySet<string>, partition: number, position: number): readonly string[] {
  const prefix = `${partition}:`;
  return [...stored].filter((id) => id.startsWith(prefix) && seqOf(id) > position).flatMap(storedBy);
}
