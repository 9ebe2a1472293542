/** What a stream still holds of what was read of it before, once more from its beginning. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, RawMessage } from '../../core/types.ts';
import { StreamReader } from './stream-reader.ts';

const MAX_BATCH = 512;

/** Batches in order, up to and including the sequence `until`; ends there, or where the stream holds no more. */
export async function* streamAgain(
  nc: NatsConnection,
  { stream, until, logger }: { readonly stream: string; readonly until: number; readonly logger: Logger },
  signal: AbortSignal,
): AsyncGenerator<readonly RawMessage[]> {
  if (until === 0) return;
  const reader = new StreamReader(nc, { stream, after: 0, isToEnd: true, logger });
  try {
    for (;;) {
      const batch = await reader.next(MAX_BATCH, signal);
      if (batch === undefined) return;
      const known = batch.filter(({ seq }) => seq <= until);
      if (known.length > 0) yield known;
      if (known.length < batch.length || batch.at(-1)?.seq === until) return;
    }
  } finally {
    reader.close();
  }
}
