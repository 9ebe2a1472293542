/** The newest messages of a stream under one filter, in their order; bounded in how many are read and how many are given back. */
import type { NatsConnection } from '@nats-io/transport-node';
import { at } from '../../core/must.ts';
import type { Logger, RawMessage } from '../../core/types.ts';
import { readToEnd } from './stream-reader.ts';

export interface SubjectQuery {
  readonly stream: string;
  /** May hold wildcards; the broker looks it up by subject. */
  readonly filter: string;
  /** Most given back: the newest are kept. */
  readonly max: number;
  readonly maxBytes: number;
  /** Most read. */
  readonly maxRead: number;
}

export interface SubjectMessages {
  readonly messages: readonly RawMessage[];
  /** False: there are more than the limits allow. */
  readonly isComplete: boolean;
}

export async function subjectMessages(
  nc: NatsConnection,
  { stream, filter, max, maxBytes, maxRead }: SubjectQuery,
  logger: Logger,
  signal: AbortSignal,
): Promise<SubjectMessages> {
  let kept: RawMessage[] = [];
  let [read, bytes] = [0, 0];
  /** Cut when there is twice as much: each message is copied once or twice, not with each that comes. */
  const cut = (): void => {
    let from = kept.length;
    let sum = 0;
    while (from > 0 && kept.length - from < max) {
      const { length } = at(kept, from - 1).data;
      if (sum + length > maxBytes && from < kept.length) break;
      sum += length;
      from -= 1;
    }
    kept = kept.slice(from);
    bytes = sum;
  };
  await readToEnd(nc, { stream, filter, after: 0, logger }, signal, (batch) => {
    for (const message of batch) {
      read += 1;
      kept.push(message);
      bytes += message.data.length;
      if (kept.length > 2 * max || bytes > 2 * maxBytes) cut();
    }
    return read >= maxRead ? false : undefined;
  });
  cut();
  return { messages: kept, isComplete: read < maxRead && kept.length === read };
}
