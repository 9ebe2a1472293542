import type { Millis } from '../../../core/types.ts';

/** What the broker tells with a delivered message, in its reply subject. */
export interface Delivery {
  readonly streamSeq: number;
  /** Rises by one with each delivery of this consumer. */
  readonly consumerSeq: number;
  readonly stored: Millis;
  /** Messages of the stream that the consumer has not delivered yet. */
  readonly pending: number;
}

const PREFIX = new TextEncoder().encode('$JS.ACK.');
/** More tokens than any form has. */
const dots = new Int32Array(16);
const DOT = 0x2e;
const ZERO = 0x30;

/**
 * Parses `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time, ns>.<pending>`, or the newer form
 * with `<domain>.<account>` before the stream and perhaps a token behind. Called for each message: splits and copies nothing.
 */
export function parseDelivery(reply: Uint8Array): Delivery | undefined {
  for (let i = 0; i < PREFIX.length; i++) if (reply[i] !== PREFIX[i]) return undefined;
  let count = 0;
  for (let i = 0; i < reply.length && count < dots.length; i++) {
    if (reply[i] === DOT) dots[count++] = i;
  }
  const before = count === 8 ? 4 : count === 10 || count === 11 ? 6 : -1;
  if (before < 0) return undefined;
  const timeEnd = dots[before + 3] ?? 0; // < count
  return {
    streamSeq: digits(reply, before, dots[before + 1] ?? 0), // < count
    consumerSeq: digits(reply, before + 1, dots[before + 2] ?? 0), // < count
    stored: digits(reply, before + 2, timeEnd - 6),
    pending: digits(reply, before + 3, count > before + 4 ? (dots[before + 4] ?? 0) : reply.length), // < count
  };
}

function digits(bytes: Uint8Array, dot: number, end: number): number {
  let value = 0;
  // dot < count, and i < length
  for (let i = (dots[dot] ?? 0) + 1; i < end; i++) value = value * 10 + (bytes[i] as number) - ZERO;
  return value;
}
