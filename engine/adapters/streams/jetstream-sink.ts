/** Outputs as CloudEvents in JetStream: binary mode, JSON data, the output's id as `Nats-Msg-Id`; or several in one, as a batch. */
import { managerOf } from '../nats/jetstream-api.ts';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Logger, Marks, Outgoing, RawMessage, Sink } from '../../core/types.ts';
import { originOf } from '../../core/partition/output-id.ts';
import { connectionState, pause } from '../nats/nats-connection.ts';
import { outputHeaders } from '../nats/headers/encoded-headers.ts';
import { type EncodedMessage, Publisher } from '../nats/publisher.ts';
import { withBatches } from './event-batch.ts';
import { readToEnd } from './stream-reader.ts';

export interface JetstreamSinkOptions {
  /** The output streams (OUTPUT_STREAMS). */
  readonly streams: readonly string[];
  /** Of all. */
  readonly origin: MessageOrigin;
  readonly logger: Logger;
  readonly window?: number;
  readonly ackWithinMs?: number;
  /** Which ids `storedSince` is asked about; all by default. With several partitions: the own ones. */
  readonly isOwnId?: (id: string) => boolean;
}

export interface JetstreamSink extends Sink {
  /** Why nothing gets through; undefined: it does. */
  blocked(): string | undefined;
  /** Messages on their way. */
  depth(): number;
  /** Messages that were larger than the broker takes, and left without their data. */
  oversized(): number;
  close(): void;
}

/** Resolves when the broker has said where the output streams stand: whatever was stored before lies at or below. */
export async function jetstreamSink(
  nc: NatsConnection,
  options: JetstreamSinkOptions,
  signal: AbortSignal,
): Promise<JetstreamSink> {
  const jsm = await managerOf(nc, { timeout: 2000 });
  const marks: Record<string, number> = {};
  for (const stream of options.streams) marks[stream] = (await streamEnd(jsm, stream, options.logger, signal)).last;
  const publisher = new Publisher(nc, {
    logger: options.logger,
    ...(options.window !== undefined ? { window: options.window } : {}),
    ...(options.ackWithinMs !== undefined ? { ackWithinMs: options.ackWithinMs } : {}),
    onStored: (stream, seq) => {
      if (seq > (marks[stream] ?? 0)) marks[stream] = seq; // 0: a stream of the broker's owner, which takes the subject too
    },
  });
  const headersOf = outputHeaders(options.origin);
  let oversized = 0;

  const storable = (message: Outgoing): EncodedMessage => {
    const data = Buffer.from(JSON.stringify(message.data));
    const encoded = headersOf(message);
    if (encoded.length + data.length <= publisher.maxBytes()) return { subject: message.subject, encoded, data };
    // It would block everything behind it for ever: the fact that it was is all that can be kept.
    oversized += 1;
    options.logger.error('an output is larger than the broker takes: it leaves without its data', {
      id: message.id,
      type: message.type,
      bytes: data.length,
    });
    const standIn = { omitted: 'larger than the broker takes', bytes: data.length };
    return { subject: message.subject, encoded, data: Buffer.from(JSON.stringify(standIn)) };
  };

  const storables = withBatches({ origin: options.origin, maxBytes: () => publisher.maxBytes(), alone: storable });
  return {
    publish: (messages, publishSignal) => publisher.publish(storables(messages), publishSignal),
    pendingBytes: () => publisher.bytes(),
    marks: () => ({ ...marks }),
    storedSince: async (since, readSignal) => {
      const ids = new Set<string>();
      for (const stream of options.streams) {
        await collectIds(nc, jsm, stream, since, options, readSignal, ids);
      }
      return ids;
    },
    holdsOutputsOf: async (partition, readSignal) => {
      for (const stream of options.streams) {
        const own: RawMessage[] = [];
        const reading = { stream, after: 0, isHeadersOnly: true, logger: options.logger };
        await readToEnd(nc, reading, readSignal, (batch) => {
          // Somebody else's message may have no id.
          own.push(...batch.filter(({ headers }) => originOf(headers['nats-msg-id'] ?? '', partition) !== undefined));
          return own.length > 0 ? false : undefined;
        });
        if (own.length > 0) return true;
      }
      return false;
    },
    blocked: () => publisher.blocked(),
    depth: () => publisher.depth(),
    oversized: () => oversized,
    close: () => publisher.close(),
  };
}

/** Reads the ids from the mark on; without a mark, from where the broker's own memory of ids begins. */
async function collectIds(
  nc: NatsConnection,
  jsm: JetStreamManager,
  stream: string,
  since: Marks,
  options: JetstreamSinkOptions,
  signal: AbortSignal,
  ids: Set<string>,
): Promise<void> {
  const end = await streamEnd(jsm, stream, options.logger, signal);
  const mark = since[stream];
  if (end.last === 0 || mark === end.last) return;
  // A stream that was recreated counts from one again.
  const after = mark !== undefined && mark <= end.last ? mark : 0;
  const reading = {
    stream,
    after,
    isHeadersOnly: true,
    logger: options.logger,
    ...(mark === undefined ? { from: connectionState(nc).clock.now() - end.duplicateWindowMs } : {}),
  };
  await readToEnd(nc, reading, signal, (batch) => {
    for (const { headers, seq } of batch) {
      const id = headers['nats-msg-id'];
      if (id !== undefined && (options.isOwnId?.(id) ?? true)) ids.add(id);
      if (seq >= end.last) return false;
    }
    return undefined;
  });
}

interface StreamEnd {
  readonly last: number;
  readonly duplicateWindowMs: number;
}

async function streamEnd(
  jsm: JetStreamManager,
  stream: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<StreamEnd> {
  for (;;) {
    try {
      const { state, config } = await jsm.streams.info(stream);
      return { last: state.last_seq, duplicateWindowMs: config.duplicate_window / 1_000_000 };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) throw error;
      logger.warn('the broker does not tell where a stream stands yet', { stream, error: reasonOf(error) });
      await pause(250, signal);
    }
  }
}
