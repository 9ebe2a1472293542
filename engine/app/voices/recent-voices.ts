/**
 * What customers said last, from `CX_ENRICHED`, whose texts are masked. The newest are read when somebody first asks, and what came since
 * with each further question; bounded: of a busy hour the oldest are passed over, and forgotten.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { managerOf } from '../../adapters/nats/jetstream-api.ts';
import { readToEnd } from '../../adapters/streams/stream-reader.ts';
import { OneAtATime } from '../../core/steps/one-at-a-time.ts';
import type { Logger, Millis } from '../../core/types.ts';
import { termsOf } from '../../core/voices/terms.ts';
import type { Voice, VoiceSample } from '../../core/voices/voice.ts';
import { STREAM, voicesIn } from './voice-of.ts';
import { VoiceSlots } from './voice-slots.ts';

/** Read at once: so many messages, and of batches no more than these bytes. */
const MOST_READ = 2000;
const MOST_BYTES = 8 << 20;
/** Kept: about 2 MB. */
const MOST_KEPT = 3000;

/** What is said now: no older than this. */
const NOW_MS: Millis = 15 * 60_000;

interface Heard {
  /** When it was stored. */
  readonly heard: Millis;
  readonly voice: Voice;
}

export class RecentVoices {
  #voices: Heard[] = [];
  readonly #slots = new VoiceSlots();
  readonly #terms = new WeakMap<Voice, readonly string[]>();
  #after = 0;
  /** One reads at a time; whoever comes meanwhile waits for it. */
  readonly #reading = new OneAtATime();

  /** The newest first. */
  async all(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<readonly Voice[]> {
    await this.#reading.run(() => this.#catchUp(nc, logger, signal));
    return this.#voices.map(({ voice }) => voice).toReversed();
  }

  /** Those of just now, and of the hour before these. */
  async sample(now: Millis, nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<VoiceSample> {
    await this.all(nc, logger, signal);
    const earlier = (): ReturnType<VoiceSlots['upTo']> => this.#slots.upTo(now - NOW_MS, nc, logger, signal);
    const { voices, from, to } = await this.#reading.run(earlier);
    const recent = this.#voices.filter(({ heard }) => heard >= now - NOW_MS);
    return {
      now: recent.map(({ voice }) => voice),
      since: recent[0]?.heard ?? now, // nobody said anything
      ...{ before: voices, beforeFrom: from, beforeTo: to },
      terms: (voice) => this.#termsOf(voice),
    };
  }

  #termsOf(voice: Voice): readonly string[] {
    const known = this.#terms.get(voice);
    if (known !== undefined) return known;
    const terms = [...termsOf(voice.text)];
    this.#terms.set(voice, terms);
    return terms;
  }

  async #catchUp(nc: NatsConnection, logger: Logger, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { state } = await (await managerOf(nc)).streams.info(STREAM);
    // The stream was made again: what is known of the former says nothing.
    if (this.#after > state.last_seq) [this.#voices, this.#after] = [[], 0];
    const from = Math.max(state.first_seq - 1, state.last_seq - mostOf(state));
    // What was said between is passed over: with what came before it, there would be a hole in what is counted.
    if (from > this.#after) [this.#voices, this.#after] = [[], from];
    if (this.#after >= state.last_seq) return;
    await readToEnd(nc, { stream: STREAM, after: this.#after, logger }, signal, (batch) => {
      for (const message of batch) {
        this.#after = message.seq;
        for (const voice of voicesIn(message)) this.#voices.push({ heard: message.stored, voice });
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
