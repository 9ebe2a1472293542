/** The input of one partition: a JetStream stream, read from the committed position on. */
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError } from '../../core/errors.ts';
import type { Logger, RawMessage, Source } from '../../core/types.ts';
import { StreamReader } from './stream-reader.ts';

export interface JetstreamSourceOptions {
  readonly stream: string;
  /** For the log. */
  readonly partition: number;
  readonly logger: Logger;
  /** Largest batch handed over. */
  readonly maxBatch?: number;
  /** How many messages may wait here unread. */
  readonly maxMessages?: number;
}

export interface JetstreamSource extends Source {
  /** How often messages were gone before they were read, and how many. */
  gaps(): { readonly count: number; readonly messages: number };
  /** Messages received and not yet handed over; and their bytes. */
  buffered(): number;
  bufferedBytes(): number;
}

/** Batches hold what has arrived, with no wait for more. A second call of `batches` ends the first one's reader. */
export function jetstreamSource(nc: NatsConnection, options: JetstreamSourceOptions): JetstreamSource {
  let reader: StreamReader | undefined;
  const gaps = { count: 0, messages: 0 };
  const { stream, partition, logger } = options;
  return {
    caughtUp: () => reader?.isDrained() ?? false,
    buffered: () => reader?.buffered() ?? 0,
    bufferedBytes: () => reader?.bufferedBytes() ?? 0,
    gaps: () => ({ ...gaps }),
    async *batches(after: number, signal: AbortSignal): AsyncGenerator<readonly RawMessage[]> {
      reader?.close();
      const own = new StreamReader(nc, {
        stream,
        after,
        logger,
        ...(options.maxMessages !== undefined ? { maxMessages: options.maxMessages } : {}),
        onGap: (expected, next) => {
          gaps.count += 1;
          gaps.messages += next - expected;
          const gap = new EngineError('SOURCE_GAP', [partition, next, expected]);
          logger.error(gap.message, { code: gap.code, help: gap.help, partition, expected, next });
        },
      });
      reader = own;
      try {
        for (;;) {
          const batch = await own.next(options.maxBatch ?? 512, signal);
          if (batch === undefined) return;
          yield batch;
        }
      } finally {
        own.close();
      }
    },
  };
}
