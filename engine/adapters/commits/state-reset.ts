/**
 * What `--reset state` does before any partition runs (decision 12): where saved state is gone, cannot be read or is behind what
 * was written, it is made to go on from what the output streams tell. Sound state is left alone, so that the option
 * does no harm when it is given again.
 */
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError } from '../../core/errors.ts';
import { START_OF_TIME, type Commit, type Logger, type Marks } from '../../core/types.ts';
import { originOf } from '../../core/partition/output-id.ts';
import { COMMIT_FORMAT } from '../../core/partition/commit-format.ts';
import { dropCommitted, jetstreamCommits } from './jetstream-commits.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { readToEnd } from '../streams/stream-reader.ts';

export interface PartitionStreams {
  readonly partition: number;
  readonly input: string;
  readonly outputs: readonly string[];
  /** It reads what the others send. */
  readonly isCombining: boolean;
}

/** What the output streams hold of one partition. */
interface Written {
  /** Last input that something was forwarded of; 0: none. */
  readonly input: number;
  /** Highest commit that something left with; 0: none. */
  readonly commit: number;
  /** Where the streams stood before the first output of that input. */
  readonly marks: Marks;
}

interface Examined extends PartitionStreams {
  readonly written: Written;
  /** The last commit that can be read. */
  readonly last: Commit | undefined;
  readonly isSound: boolean;
}

/** Nothing may be running on any of them until the signal; after it nothing is changed. True: something was reset. */
export async function resetLostState(
  nc: NatsConnection,
  partitions: readonly PartitionStreams[],
  logger: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  const examined: Examined[] = [];
  for (const one of partitions) examined.push(await examine(nc, one, logger, signal));
  if (examined.every(({ isSound }) => isSound)) return false;
  // Partitions that send to each other count what they send: one of them alone cannot go back.
  const isAlone = examined.length === 1;
  for (const one of examined) {
    const kept = isAlone ? one.last : undefined;
    const commit = kept === undefined ? await reset(nc, one) : wentOn(kept, one.written);
    if (kept === undefined) await dropCommitted(nc, one.partition, signal);
    const commits = jetstreamCommits(nc, { logger });
    try {
      const log = await commits.open(one.partition, signal);
      await log.append(commit, signal);
    } finally {
      commits.close();
    }
    logger.warn(kept === undefined ? 'the state is reset' : 'the state goes on, behind what was written', {
      partition: one.partition,
      position: commit.position,
      commit: commit.number,
    });
  }
  return true;
}

async function examine(
  nc: NatsConnection,
  streams: PartitionStreams,
  logger: Logger,
  signal: AbortSignal,
): Promise<Examined> {
  const written = await writtenBy(nc, streams, logger, signal);
  const hasWritten = written.input > 0 || written.commit > 0;
  const commits = jetstreamCommits(nc, { logger });
  try {
    const { last } = await commits.open(streams.partition, signal);
    return { ...streams, written, last, isSound: last === undefined ? !hasWritten : last.number >= written.commit };
  } catch (thrown) {
    if (!(thrown instanceof EngineError && thrown.code === 'STATE_UNREADABLE')) throw thrown;
    return { ...streams, written, last: undefined, isSound: false };
  } finally {
    commits.close();
  }
}

async function writtenBy(
  nc: NatsConnection,
  { partition, outputs }: PartitionStreams,
  logger: Logger,
  signal: AbortSignal,
): Promise<Written> {
  let input = 0;
  let commit = 0;
  /** By stream: the last input that it holds something of, where that begins, and where the stream ends. */
  const ends: { stream: string; input: number; before: number; end: number }[] = [];
  for (const stream of outputs) {
    const here = { stream, input: 0, before: 0, end: 0 };
    ends.push(here);
    await readToEnd(nc, { stream, after: 0, isHeadersOnly: true, logger }, signal, (batch) => {
      for (const { headers, seq } of batch) {
        const origin = originOf(headers['nats-msg-id'] ?? '', partition); // somebody else's may have no id
        if (origin !== undefined && 'commit' in origin) commit = Math.max(commit, origin.commit);
        else if (origin !== undefined && origin.seq > here.input)
          Object.assign(here, { input: origin.seq, before: seq - 1 });
        here.end = seq;
      }
      return undefined;
    });
    input = Math.max(input, here.input);
  }
  const marks = Object.fromEntries(ends.map((one) => [one.stream, one.input === input ? one.before : one.end]));
  return { input, commit, marks };
}

/** The same state, under numbers that no output has. */
function wentOn(last: Commit, { commit }: Written): Commit {
  return { ...last, epoch: last.epoch + 1, number: commit + 1, deltas: {} };
}

/** No state, after the last input that something was written of: that one is read again for what of it may be missing. */
async function reset(nc: NatsConnection, { input, isCombining, written }: Examined): Promise<Commit> {
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 2000 });
  const { state } = await answerOf(nc, jsm.streams.info(input));
  const hasOnlySent = written.input === 0 && (isCombining || written.commit > 0);
  const position = hasOnlySent ? state.last_seq : Math.max(0, Math.min(written.input - 1, state.last_seq));
  return {
    format: COMMIT_FORMAT,
    epoch: 1,
    number: written.commit + 1,
    position,
    time: { maxTs: START_OF_TIME, watermark: START_OF_TIME, lastArrival: START_OF_TIME },
    counters: {},
    marks: written.marks,
    deltas: {},
    fingerprints: {},
    outbox: [],
  };
}
