/**
 * The newest messages of a stream under some subjects, in their order; bounded in how many are read and how many are given back. Asked
 * by whole subjects, of which a broker knows at once whether it has them: under a wildcard nats-server 2.9 goes through all the subjects
 * of the stream, for the consumer and for each message.
 */
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { at } from '../../core/must.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import { managerOf } from '../nats/jetstream-api.ts';
import { answerOf } from '../nats/nats-connection.ts';
import { readToEnd } from './stream-reader.ts';

export interface SubjectQuery {
  readonly stream: string;
  /** Without wildcards. One that holds nothing costs the broker one look-up. */
  readonly subjects: readonly string[];
  /** Most given back: the newest are kept. */
  readonly max: number;
  readonly maxBytes: number;
  /** Most read of a subject. */
  readonly maxRead: number;
}

export interface SubjectMessages {
  readonly messages: readonly RawMessage[];
  /** False: there are more than the limits allow. */
  readonly isComplete: boolean;
}

/** So many are asked for at a time. */
const AT_ONCE = 64;

export async function subjectMessages(
  nc: NatsConnection,
  query: SubjectQuery,
  logger: Logger,
  signal: AbortSignal,
): Promise<SubjectMessages> {
  const filled = await subjectsWithMessages(nc, query.stream, query.subjects, signal);
  const read: SubjectMessages[] = [];
  // One after the other: what is kept of one is all that is held beside what is read of the next.
  for (const subject of filled) read.push(await messagesOf(nc, subject, query, logger, signal));
  const all = read.flatMap(({ messages }) => messages).sort((a, b) => a.seq - b.seq);
  const newest = newestOf(all, query);
  return { messages: newest, isComplete: newest.length === all.length && read.every(({ isComplete }) => isComplete) };
}

async function subjectsWithMessages(
  nc: NatsConnection,
  stream: string,
  subjects: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { streams } = await managerOf(nc);
  const holds = async (subject: string): Promise<boolean> => {
    try {
      return (await answerOf(nc, streams.getMessage(stream, { last_by_subj: subject }))) !== null;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return false;
      throw error;
    }
  };
  const filled: string[] = [];
  for (let from = 0; from < subjects.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = subjects.slice(from, from + AT_ONCE);
    const held = await Promise.all(some.map(holds));
    filled.push(...some.filter((_subject, i) => held[i] === true));
  }
  return filled;
}

async function messagesOf(
  nc: NatsConnection,
  subject: string,
  { stream, max, maxBytes, maxRead }: SubjectQuery,
  logger: Logger,
  signal: AbortSignal,
): Promise<SubjectMessages> {
  let kept: readonly RawMessage[] = [];
  let [read, bytes] = [0, 0];
  await readToEnd(nc, { stream, filter: subject, after: 0, logger }, signal, (batch) => {
    read += batch.length;
    kept = [...kept, ...batch];
    for (const { data } of batch) bytes += data.length;
    // Cut when there is twice as much: each message is copied a few times, not with each that comes.
    if (kept.length > 2 * max || bytes > 2 * maxBytes) {
      kept = newestOf(kept, { max, maxBytes });
      bytes = kept.reduce((sum, { data }) => sum + data.length, 0);
    }
    return read >= maxRead ? false : undefined;
  });
  const newest = newestOf(kept, { max, maxBytes });
  return { messages: newest, isComplete: read < maxRead && newest.length === read };
}

/** The last of them that the limits allow, one at least. */
function newestOf(
  messages: readonly RawMessage[],
  { max, maxBytes }: Pick<SubjectQuery, 'max' | 'maxBytes'>,
): readonly RawMessage[] {
  let from = messages.length;
  let sum = 0;
  while (from > 0 && messages.length - from < max) {
    const { length } = at(messages, from - 1).data;
    if (sum + length > maxBytes && from < messages.length) break;
    sum += length;
    from -= 1;
  }
  return messages.slice(from);
}
