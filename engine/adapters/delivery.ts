import type { Millis } from '../core/types.ts';

/** What the broker tells with a delivered message, in its reply subject. */
export interface Delivery {
  readonly streamSeq: number;
  /** Rises by one with each delivery of this consumer. */
  readonly consumerSeq: number;
  readonly stored: Millis;
  /** Messages of the stream that the consumer has not delivered yet. */
  readonly pending: number;
}

/**
 * Parses `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time, ns>.<pending>`, or the newer form
 * with `<domain>.<account>` before the stream and a token behind.
 */
export function parseDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const at = tokens.length === 9 ? 5 : tokens.length >= 11 ? 7 : -1;
  if (at < 0) return undefined;
  return {
    streamSeq: Number(tokens[at]),
    consumerSeq: Number(tokens[at + 1]),
    stored: Number((tokens[at + 2] ?? '').slice(0, -6)),
    pending: Number(tokens[at + 3]),
  };
}
