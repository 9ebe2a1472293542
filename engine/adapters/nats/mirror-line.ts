/** The way between boards of instances that share partitions: over core NATS, which stores nothing. */
import { createInbox, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { must } from '../../core/must.ts';
import type { Logger } from '../../core/types.ts';
import { maxPayloadOf } from '../streams/broker-fitness.ts';
import { type ShowCall, type MirrorMessage, mirrorMessageIn } from '../../core/partition/mirror-message.ts';
import { partsOf } from '../../core/partition/mirror-parts.ts';

export const LIVE_SUBJECT = 'cx.live';
export const LIVE_ASK_SUBJECT = 'cx.live.ask';
/** A message is sent on when it has grown to this, or to half of what the broker takes; a single item may be larger. */
const PART_BYTES = 128 * 1024;

export interface MirrorLine {
  send(message: MirrorMessage): void;
  /** As many calls as make a message. */
  parts(calls: readonly ShowCall[]): readonly (readonly ShowCall[])[];
  /** Everybody hears what anybody sends, himself among them. */
  hear(listener: (message: MirrorMessage) => void): () => void;
  /** Asks whoever answers for all that is shown, which may come in many parts. A later question ends the one before. */
  ask(onAnswer: (message: MirrorMessage) => void, onPart: () => void): void;
  /** null: somebody else has it. */
  answer(all: () => MirrorMessage | null): () => void;
  close(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function natsMirrorLine(nc: NatsConnection, logger: Logger): MirrorLine {
  let asking: Subscription | undefined;
  const publish = (subject: string, value: unknown): void => {
    const data = encoder.encode(JSON.stringify(value));
    if (nc.isClosed()) return;
    // Who misses it asks for all of it, and does not get it that way, either; but nothing ends for it.
    if (data.length > maxPayloadOf(nc))
      logger.warn('what is shown does not fit into a message', { bytes: data.length });
    else nc.publish(subject, data);
  };
  const parts = (calls: readonly ShowCall[]): ReturnType<typeof partsOf> =>
    partsOf(calls, Math.min(PART_BYTES, maxPayloadOf(nc) / 2));
  const end = (subscription: Subscription | undefined): void => {
    if (!nc.isClosed()) subscription?.unsubscribe();
  };
  return {
    parts,
    send: (message) => publish(LIVE_SUBJECT, message),
    hear: (listener) => {
      const subscription = nc.subscribe(LIVE_SUBJECT, {
        callback: (error, { data }) => {
          const message = error === null ? mirrorMessageIn(valueIn(data)) : null;
          if (message !== null) listener(message);
        },
      });
      return () => end(subscription);
    },
    ask: (onAnswer, onPart) => {
      end(asking);
      const inbox = createInbox();
      let answer: MirrorMessage | null = null;
      const subscription = nc.subscribe(inbox, {
        callback: (error, { data }) => {
          const value = valueIn(data) as { readonly left?: unknown } | null;
          const part = error === null ? mirrorMessageIn(value) : null;
          if (part === null) return;
          onPart();
          // Of two that answer, the one that comes to its end first.
          const isNext = answer !== null && answer.source.id === part.source.id && answer.n === part.n;
          answer = isNext ? { ...part, calls: [...must(answer).calls, ...part.calls] } : part;
          if (value?.left !== 0) return;
          end(subscription);
          onAnswer(answer);
        },
      });
      asking = subscription;
      nc.publish(LIVE_ASK_SUBJECT, undefined, { reply: inbox });
    },
    answer: (shown) => {
      const subscription = nc.subscribe(LIVE_ASK_SUBJECT, {
        callback: (error, { reply }) => {
          const message = error === null ? shown() : null;
          if (message === null || reply === undefined || reply === '') return;
          const all = parts(message.calls);
          for (const [i, calls] of all.entries()) publish(reply, { ...message, calls, left: all.length - 1 - i });
        },
      });
      return () => end(subscription);
    },
    close: () => end(asking),
  };
}

function valueIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data)) as unknown;
  } catch {
    return null; // a stranger's
  }
}
