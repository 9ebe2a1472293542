/**
 * Which answers (callbacks of tools, links of notices) were taken already, in the bucket CX_ANSWERS: each once, whichever
 * instance is asked. Kept for longer than any link works and any tool repeats; bounded in bytes, and full rather than forgetful.
 */
import { createHash } from 'node:crypto';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { jetstreamOf } from '../nats/jetstream-api.ts';
import type { Millis } from '../../core/types.ts';

export const ANSWER_BUCKET = 'CX_ANSWERS';
/** A link works for 7 days at most. */
const KEPT_MS: Millis = 8 * 86_400_000;
const MAX_BYTES = 64 << 20;
/** Whoever took it and has not said what became of it by then has ended. */
const TAKEN_MS: Millis = 15_000;

/** `under_way`: somebody has it, and it is not known yet whether it had an effect. */
export type Taken = 'mine' | 'under_way' | 'done';

export class AnswerMemory {
  readonly #nc: NatsConnection;
  readonly #replicas: number;
  readonly #now: () => Millis;
  #kv: Promise<KV> | null = null;

  constructor(nc: NatsConnection, replicas: number, now: () => Millis) {
    this.#nc = nc;
    this.#replicas = replicas;
    this.#now = now;
  }

  /** Rejects when the broker does not answer. */
  async take(id: string): Promise<Taken> {
    const kv = await this.#open();
    const key = keyOf(id);
    const mark = `taken ${this.#now()}`;
    try {
      await kv.create(key, mark);
      return 'mine';
    } catch (error) {
      const known = await kv.get(key);
      if (known === null) throw error;
      const since = /^taken (\d+)$/.exec(known.string())?.[1];
      if (since === undefined) return 'done';
      if (this.#now() - Number(since) < TAKEN_MS) return 'under_way';
      return kv.update(key, mark, known.revision).then(
        () => 'mine',
        () => 'under_way',
      );
    }
  }

  /** What was taken has had its effect. */
  async settle(id: string): Promise<void> {
    await (await this.#open()).put(keyOf(id), 'done');
  }

  /** What was taken had none: it may come again. */
  async giveBack(id: string): Promise<void> {
    await (await this.#open()).purge(keyOf(id));
  }

  #open(): Promise<KV> {
    const limits = { history: 1, ttl: KEPT_MS, max_bytes: MAX_BYTES, replicas: this.#replicas };
    this.#kv ??= new Kvm(jetstreamOf(this.#nc, { timeout: 5000 }))
      .create(ANSWER_BUCKET, limits)
      .catch((error: unknown) => {
        this.#kv = null;
        throw error;
      });
    return this.#kv;
  }
}

/** Ids of others may hold anything. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
