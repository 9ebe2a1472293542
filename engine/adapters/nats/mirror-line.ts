/** The way between boards of instances that share partitions: over core NATS, which stores nothing. */
import { createInbox, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { type ShowCall, type MirrorMessage, mirrorMessageIn } from '../../core/partition/mirror-message.ts';

export const LIVE_SUBJECT = 'cx.live';
export const LIVE_ASK_SUBJECT = 'cx.live.ask';
/** A message is sent on when it has grown to this; a call alone may be larger. */
const PART_BYTES = 128 * 1024;

export interface MirrorLine {
  send(message: MirrorMessage): void;
  /** Everybody hears what anybody sends, himself among them. */
  hear(listener: (message: MirrorMessage) => void): () => void;
  /** Asks whoever answers for all that is shown. A later question ends the one before. */
  ask(onAnswer: (message: MirrorMessage) => void): void;
  /** null: somebody else has it. */
  answer(all: () => MirrorMessage | null): () => void;
  close(): void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function natsMirrorLine(nc: NatsConnection): MirrorLine {
  let asking: Subscription | undefined;
  const publish = (subject: string, value: unknown): void => {
    if (!nc.isClosed()) nc.publish(subject, encoder.encode(JSON.stringify(value)));
  };
  const end = (subscription: Subscription | undefined): void => {
    if (!nc.isClosed()) subscription?.unsubscribe();
  };
  return {
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
    ask: (onAnswer) => {
      end(asking);
      const inbox = createInbox();
      const calls: ShowCall[] = [];
      asking = nc.subscribe(inbox, {
        callback: (error, { data }) => {
          const value = valueIn(data) as { readonly left?: unknown } | null;
          const message = error === null ? mirrorMessageIn(value) : null;
          if (message === null) return;
          calls.push(...message.calls);
          if (value?.left === 0) onAnswer({ ...message, calls });
        },
      });
      nc.publish(LIVE_ASK_SUBJECT, undefined, { reply: inbox });
    },
    answer: (all) => {
      const subscription = nc.subscribe(LIVE_ASK_SUBJECT, {
        callback: (error, { reply }) => {
          const message = error === null ? all() : null;
          if (message === null || reply === undefined || reply === '') return;
          const parts = partsOf(message.calls);
          for (const [i, calls] of parts.entries()) publish(reply, { ...message, calls, left: parts.length - 1 - i });
        },
      });
      return () => end(subscription);
    },
    close: () => end(asking),
  };
}

/** At least one. */
export function partsOf(calls: readonly ShowCall[]): readonly (readonly ShowCall[])[] {
  const parts: ShowCall[][] = [[]];
  let bytes = 0;
  for (const call of calls) {
    const size = encoder.encode(JSON.stringify(call)).length;
    if (bytes > 0 && bytes + size > PART_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(call);
    bytes += size;
  }
  return parts;
}

function valueIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data)) as unknown;
  } catch {
    return null; // a stranger's
  }
}
