/**
 * What customers said in the hour before: of each five minutes the first some hundred voices of `CX_ENRICHED`. A slot lies wholly in the
 * past: it is read once, and forgotten when it leaves the hour. So a glance back costs the same however busy the hour was.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import type { Logger, Millis } from '../../core/types.ts';
import type { Voice } from '../../core/voices/voice.ts';
import { STREAM, voicesIn } from './voice-of.ts';

export const SLOT_MS: Millis = 5 * 60_000;
export const SLOTS = 12;
const MOST_VOICES = 300;
/** Read of a slot, when few of its events are voices. */
const MOST_BYTES = 1 << 20;
const AT_ONCE = { maxMessages: 256, maxBytes: 256 << 10 };

export class VoiceSlots {
  readonly #slots = new Map<Millis, readonly Voice[]>();

  /** Of the hour that ends with the slot before `until`. */
  async upTo(until: Millis, nc: NatsConnection, logger: Logger, signal: AbortSignal) {
    const to = Math.floor(until / SLOT_MS) * SLOT_MS;
    const from = to - SLOTS * SLOT_MS;
    for (const start of this.#slots.keys()) {
      if (start < from || start >= to) this.#slots.delete(start);
    }
    for (let start = from; start < to; start += SLOT_MS) {
      signal.throwIfAborted();
      if (!this.#slots.has(start)) this.#slots.set(start, await read(start, nc, logger, signal));
    }
    return { voices: [...this.#slots.values()].flat(), from, to };
  }
}

async function read(start: Millis, nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<readonly Voice[]> {
  const voices: Voice[] = [];
  let bytes = 0;
  await readToEnd(nc, { stream: STREAM, after: 0, from: start, ...AT_ONCE, logger }, signal, (batch) => {
    for (const message of batch) {
      bytes += message.data.length;
      if (message.stored >= start + SLOT_MS || voices.length >= MOST_VOICES || bytes > MOST_BYTES) return false;
      voices.push(...voicesIn(message));
    }
    return undefined;
  });
  return voices.slice(0, MOST_VOICES);
}
