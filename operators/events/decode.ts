/** The first stage: stored messages in, checked, masked and flagged events out; what is bad becomes a DLQ message. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type {
  BatchStage,
  Json,
  Millis,
  OutputMessage,
  Prepared,
  PreparedItem,
  RawMessage,
} from '../../engine/core/types.ts';
import type { CxEvent } from '../types.ts';
import { contentsOf, writtenOut } from './contents.ts';
import { readEvent, rulesOf, type Arrival } from './event.ts';
import type { Codec, Rejection, ValidateData } from './ports.ts';

export interface DecodeOptions {
  readonly codec: Codec;
  readonly validate: ValidateData;
  /** Beyond the built-in ones (`config.channels`). */
  readonly channels: readonly string[];
  /** `config.limits.maxEventBytes` */
  readonly maxEventBytes: number;
  /** `config.time.maxFutureMs` */
  readonly maxFutureMs: Millis;
  /**
   * What the future is measured from. By default the time the broker stored the message: the clock of its arrival, and
   * the same again when the message is read again after a crash. A file has no such clock: give `() => Infinity`.
   */
  readonly now?: (message: RawMessage) => Millis;
  /** Key of the tokens that stand for identifiers which are themselves personal; secret, and the same for ever. */
  readonly maskKey?: string;
  readonly maxBatchEvents?: number;
  /** Longest original kept in a DLQ message; base64 makes it 4/3 of that, which must fit the broker's payload limit. */
  readonly maxRejectBytes?: number;
}

/** By default a reject fits a server with the usual limit of 1 MiB a message. */
const MAX_REJECT_BYTES = 700 * 1024;
const MAX_BATCH_EVENTS = 10_000;

export function decodeStage(options: DecodeOptions): BatchStage<RawMessage, Prepared<CxEvent>> {
  const decode = createDecoder(options);
  return { name: 'decode', apply: (batch) => Promise.resolve(batch.map(decode)) };
}

/** One message at a time, synchronously. Never throws, whatever the bytes. */
export function createDecoder(options: DecodeOptions): (message: RawMessage) => Prepared<CxEvent> {
  const { codec, now } = options;
  const maxRejectBytes = options.maxRejectBytes ?? MAX_REJECT_BYTES;
  const limits = {
    maxEventBytes: options.maxEventBytes,
    maxBatchEvents: options.maxBatchEvents ?? MAX_BATCH_EVENTS,
  };
  const rules = rulesOf(options);
  const encoder = new TextEncoder();

  return (message) => {
    const { seq, stored } = message;
    const reject = (rejection: Rejection, original: Uint8Array, index?: number): PreparedItem<CxEvent> => ({
      rejected: rejectOf(message, rejection, original, codec, maxRejectBytes, index),
    });
    const contents = contentsOf(message.headers, message.data, codec, limits);
    if ('reason' in contents) return { seq, stored, items: [reject(contents, message.data)] };
    const arrival: Arrival = { subject: message.subject, stored, now: now === undefined ? stored : now(message) };
    const { batch } = contents;
    const items = contents.items.map((item, index): PreparedItem<CxEvent> => {
      const result = 'reason' in item ? item : readEvent(item, rules, arrival);
      if (!('reason' in result)) return { event: result };
      // Of a batch only the event itself: the whole of it with each of its bad events would square its size.
      return batch === undefined
        ? reject(result, message.data)
        : reject(result, encoder.encode(writtenOut(batch[index])), index);
    });
    return { seq, stored, items };
  };
}

const MAX_HEADERS = 32;
const MAX_HEADER = 1024;

function rejectOf(
  message: RawMessage,
  { reason, error, at }: Rejection,
  original: Uint8Array,
  codec: Codec,
  maxBytes: number,
  index: number | undefined,
): OutputMessage {
  const headers: Record<string, Json> = {};
  for (const [name, value] of Object.entries(message.headers).slice(0, MAX_HEADERS)) {
    if (name !== '__proto__') headers[name.slice(0, 128)] = value.slice(0, MAX_HEADER);
  }
  const truncated = original.length > maxBytes;
  return {
    subject: `cx.dlq.${reason}`,
    type: 'cx.dlq.rejected',
    time: message.stored,
    data: {
      reason,
      error,
      at,
      subject: message.subject,
      seq: message.seq,
      stored: formatInstant(message.stored),
      headers,
      ...(index === undefined ? {} : { index }),
      size: original.length,
      ...(truncated ? { truncated } : {}),
      bytes: codec.toBase64(truncated ? original.subarray(0, maxBytes) : original),
    },
  };
}
