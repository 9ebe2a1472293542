/** Events that leave in one message: a CloudEvents batch in the JSON format, under the ids of its first and last. */
import { formatInstant, structuredEvents, type MessageOrigin } from '../../core/cloud-events.ts';
import { at } from '../../core/must.ts';
import { togetherId } from '../../core/partition/output-id.ts';
import type { Outgoing } from '../../core/types.ts';
import type { EncodedMessage, StorableMessage } from '../nats/publisher.ts';

/** Header of a batch: the latest time of its events. */
export const LATEST_TIME = 'earshot-latest-time';
/** Larger batches win nothing, and hold up what waits behind them. */
const MOST_BYTES = 256 * 1024;
const HEADER_BYTES = 1024;

type Message = StorableMessage | EncodedMessage;

export interface BatchOptions {
  readonly origin: MessageOrigin;
  /** Largest message that the broker takes. */
  readonly maxBytes: () => number;
  /** What leaves alone, as an event too large to leave together with others does. */
  readonly alone: (event: Outgoing) => EncodedMessage;
}

/** Outputs as they are stored: each alone, or what leaves together in as few messages as it takes. */
export function withBatches(options: BatchOptions): (outputs: readonly Outgoing[]) => readonly Message[] {
  const addBatches = eventBatches(options);
  return (outputs) => {
    const messages: Message[] = [];
    for (const output of outputs) {
      if (output.parts === undefined) messages.push(options.alone(output));
      else addBatches(output.subject, output.parts, messages);
    }
    return messages;
  };
}

/** Adds these events to messages, in their order; the same each time, since nothing but the events decides. */
function eventBatches({
  origin,
  maxBytes,
  alone,
}: BatchOptions): (subject: string, events: readonly Outgoing[], messages: Message[]) => void {
  const structured = structuredEvents(origin);
  return (subject, events, messages) => {
    const most = Math.min(MOST_BYTES, maxBytes() - HEADER_BYTES);
    let [bytes, from] = [2, 0];
    let texts: string[] = [];
    for (let i = 0; i < events.length; i++) {
      const event = at(events, i);
      const text = structured(event);
      const more = Buffer.byteLength(text) + 1;
      if (bytes + more > most) {
        if (texts.length > 0) messages.push(batchOf(subject, events.slice(from, i), texts));
        [bytes, from, texts] = [2, i, []];
      }
      if (bytes + more > most) {
        messages.push(alone(event));
        from = i + 1;
      } else {
        texts.push(text);
        bytes += more;
      }
    }
    if (texts.length > 0) messages.push(batchOf(subject, events.slice(from), texts));
  };
}

function batchOf(subject: string, events: readonly Outgoing[], texts: readonly string[]): StorableMessage {
  let latest = -Infinity;
  for (const { time } of events) if (time > latest) latest = time;
  const headers = {
    'content-type': 'application/cloudevents-batch+json',
    [LATEST_TIME]: formatInstant(latest),
    'Nats-Msg-Id': togetherId(at(events, 0).id, at(events, events.length - 1).id),
  };
  return { subject, headers, data: Buffer.from(`[${texts.join(',')}]`) };
}
