/** Inputs of a partition that end: for a run that only says what is left to say, or takes in only what is there. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, RawMessage, Source } from '../../core/types.ts';
import { StreamReader } from './stream-reader.ts';

const MAX_BATCH = 512;
/** Nothing is idle that ends. */
const caughtUp = (): boolean => false;
/** An empty batch first: what operators want to do before any event is done. */
const FIRST: readonly RawMessage[] = [];

export function emptySource(): Source {
  return {
    caughtUp,
    async *batches(): AsyncGenerator<readonly RawMessage[]> {
      yield await Promise.resolve(FIRST);
    },
  };
}

/** What the stream holds when it is first read. */
export function sourceToEnd(nc: NatsConnection, stream: string, logger: Logger): Source {
  return {
    caughtUp,
    async *batches(after: number, signal: AbortSignal): AsyncGenerator<readonly RawMessage[]> {
      yield FIRST;
      const reader = new StreamReader(nc, { stream, after, isToEnd: true, logger });
      try {
        for (;;) {
          const batch = await reader.next(MAX_BATCH, signal);
          if (batch === undefined) return;
          yield batch;
        }
      } finally {
        reader.close();
      }
    },
  };
}
