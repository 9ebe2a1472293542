/**
 * What customers said last, from `CX_ENRICHED`, whose texts are masked. The newest are read when somebody first asks, and what came since
 * with each further question; bounded: of a busy hour the oldest are passed over, and forgotten.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import type { Json, Logger } from '../../core/types.ts';
import type { Voice } from '../../core/voices/voice.ts';
import type { CxEvent } from '../../../operators/shared/messages.ts';
import { readEnrichedAll } from '../../../operators/events/read-enriched.ts';

const STREAM = 'CX_ENRICHED';
/** Read at once: so many messages, and of batches no more than these bytes. */
const MOST_READ = 2000;
const MOST_BYTES = 8 << 20;
/** Kept: about 2 MB. */
const MOST_KEPT = 3000;
const MOST_CHARACTERS = 300;
/** Fields of an event that are dimensions, never persons. */
const FIELDS = ['region', 'product', 'store', 'team', 'class'];

export class RecentVoices {
  #voices: Voice[] = [];
  #after = 0;
  /** One reads at a time; whoever comes meanwhile waits for it. */
  #reading: Promise<void> = Promise.resolve();

  /** The newest first. */
  async all(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<readonly Voice[]> {
    const before = this.#reading;
    // That another one was cut off is not our fault.
    const mine = before.catch(() => undefined).then(() => this.#catchUp(nc, logger, signal));
    this.#reading = mine;
    await mine;
    return this.#voices.toReversed();
  }

  async #catchUp(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { state } = await (await managerOf(nc)).streams.info(STREAM);
    // The stream was made again: what is known of the former says nothing.
    if (this.#after > state.last_seq) [this.#voices, this.#after] = [[], 0];
    this.#after = Math.max(this.#after, state.first_seq - 1, state.last_seq - mostOf(state));
    if (this.#after >= state.last_seq) return;
    await readToEnd(nc, { stream: STREAM, after: this.#after, logger }, signal, (batch) => {
      for (const message of batch) {
        this.#after = message.seq;
        for (const event of readEnrichedAll(message)) {
          const voice = voiceOf(event);
          if (voice !== undefined) this.#voices.push(voice);
        }
      }
      if (this.#voices.length > 2 * MOST_KEPT) this.#voices = this.#voices.slice(-MOST_KEPT);
      return undefined;
    });
  }
}

/** Messages to read at once, by how large they are on the whole. */
export function mostOf({ bytes, messages }: { readonly bytes: number; readonly messages: number }): number {
  return Math.max(1, Math.min(MOST_READ, Math.floor((MOST_BYTES * messages) / Math.max(bytes, 1))));
}

/** undefined: nobody said anything in it. */
export function voiceOf({ data, channel, time, enrichment }: CxEvent): Voice | undefined {
  const { text, author } = data;
  if (typeof text !== 'string' || text.trim() === '' || author === 'agent' || author === 'bot') return undefined;
  const { sentiment, issues } = enrichment;
  const key = FIELDS.flatMap((name): [string, string][] => {
    const value: Json | undefined = data[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    ...{ at: time, text: cut(text), key: { channel, ...Object.fromEntries(key) } },
    issues: issues.map(({ label }) => label),
    sentiment: sentiment?.label ?? null, // it was not scored
    intensity: sentiment?.intensity ?? null,
  };
}

function cut(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length <= MOST_CHARACTERS ? plain : `${plain.slice(0, MOST_CHARACTERS - 1)}…`;
}
