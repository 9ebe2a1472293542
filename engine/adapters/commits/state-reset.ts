/**
 * What `--reset state` does before any partition runs (decision 12): where saved state is gone, cannot be read or is behind what
 * was written, it is made to go on from what the output streams say, their time included. Sound state is left alone, so that the option
 * does no harm when it is given again.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../nats/jetstream-api.ts';
import { EngineError } from '../../core/errors.ts';
import { parseInstant } from '../../core/cloud-events.ts';
import { START_OF_TIME, type Commit, type Logger, type Marks, type Millis, type RawMessage } from '../../core/types.ts';
import type { KpiMessage } from '../../core/wire.ts';
import { originOf } from '../../core/partition/output-id.ts';
import { COMMIT_FORMAT } from '../../core/partition/commit-format.ts';
import { dropCommitted, jetstreamCommits } from './jetstream-commits.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { LATEST_TIME } from '../streams/event-batch.ts';
import { readToEnd } from '../streams/stream-reader.ts';

export interface PartitionStreams {
  readonly partition: number;
  readonly input: string;
  readonly outputs: readonly string[];
  /** It reads what the others send. */
  readonly isCombining: boolean;
}

/** How far time had come, as far as the output streams say; START_OF_TIME: they do not. */
export interface ReachedTime {
  /** The highest time of any event that is read no more. */
  readonly maxTs: Millis;
  /** Windows that end by then were reported. */
  readonly watermark: Millis;
  /** When the last of it was written. */
  readonly stored: Millis;
}

/** What a partition begins with whose state is gone at that time. */
export type LifeAfter = (partition: number, reached: ReachedTime) => Pick<Commit, 'time' | 'deltas' | 'fingerprints'>;

/** What the output streams hold of one partition. */
interface Written extends ReachedTime {
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
  lifeAfter: LifeAfter,
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
    const commit = kept === undefined ? await reset(nc, one, lifeAfter) : wentOn(kept, one.written);
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
  let [input, commit] = [0, 0];
  let [maxTs, watermark, lastStored] = [START_OF_TIME, START_OF_TIME, START_OF_TIME];
  /** By stream: the last input that it holds something of, where that begins, and where the stream ends. */
  const ends: { stream: string; input: number; before: number; end: number }[] = [];
  for (const stream of outputs) {
    const here = { stream, input: 0, before: 0, end: 0 };
    ends.push(here);
    // Of values the data too: they say how far time was.
    const isHeadersOnly = stream !== VALUES_STREAM;
    await readToEnd(nc, { stream, after: 0, isHeadersOnly, logger }, signal, (batch) => {
      for (const message of batch) {
        const { headers, seq, stored } = message;
        here.end = seq;
        const origin = originOf(headers['nats-msg-id'] ?? '', partition); // somebody else's may have no id
        if (origin === undefined) continue;
        if ('commit' in origin) commit = Math.max(commit, origin.commit);
        else if (origin.seq > here.input) Object.assign(here, { input: origin.seq, before: seq - 1 });
        lastStored = Math.max(lastStored, stored);
        if (stream === VALUES_STREAM) watermark = Math.max(watermark, watermarkIn(message));
        if (stream === EVENTS_STREAM) maxTs = Math.max(maxTs, eventTimeOf(message));
      }
      return undefined;
    });
    input = Math.max(input, here.input);
  }
  const marks = Object.fromEntries(ends.map((one) => [one.stream, one.input === input ? one.before : one.end]));
  return { input, commit, marks, maxTs: Math.max(maxTs, watermark), watermark, stored: lastStored };
}
const VALUES_STREAM = 'CX_KPI';
const EVENTS_STREAM = 'CX_ENRICHED';

/** A sender's clock that ran ahead moved time no further than the arrival, and this was stored after that. */
function eventTimeOf({ headers, stored }: RawMessage): Millis {
  return Math.min(parseInstant(headers['ce-time'] ?? headers[LATEST_TIME] ?? '') ?? START_OF_TIME, stored); // what is ours has one
}
/** START_OF_TIME: it says nothing of it. */
function watermarkIn({ data }: RawMessage): Millis {
  const { watermark } = JSON.parse(decoder.decode(data)) as Partial<KpiMessage>;
  return (watermark === undefined ? null : parseInstant(watermark)) ?? START_OF_TIME;
}
const decoder = new TextDecoder();

/** The same state, under numbers that no output has. */
function wentOn(last: Commit, { commit }: Written): Commit {
  return { ...last, epoch: last.epoch + 1, number: commit + 1, deltas: {} };
}

/** No state, after the last input that something was written of: that one is read again for what of it may be missing. */
async function reset(
  nc: NatsConnection,
  { partition, input, isCombining, written }: Examined,
  lifeAfter: LifeAfter,
): Promise<Commit> {
  const jsm = await managerOf(nc, { timeout: 2000 });
  const { state } = await answerOf(nc, jsm.streams.info(input));
  const hasOnlySent = written.input === 0 && (isCombining || written.commit > 0);
  const position = hasOnlySent ? state.last_seq : Math.max(0, Math.min(written.input - 1, state.last_seq));
  // Nothing says of what lies before which time it is of: no later than it was stored.
  const skippedUntil = hasOnlySent && !isCombining && position > 0 ? Date.parse(state.last_ts) : START_OF_TIME;
  const { watermark, stored } = written;
  return {
    format: COMMIT_FORMAT,
    epoch: 1,
    number: written.commit + 1,
    position,
    counters: {},
    marks: written.marks,
    outbox: [],
    ...lifeAfter(partition, { maxTs: Math.max(written.maxTs, skippedUntil), watermark, stored }),
  };
}
