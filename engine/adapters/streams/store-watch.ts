/**
 * The streams while an engine runs. One that only holds what was sent out is made again where somebody has deleted it. Where
 * events, state or the whole store are gone or of another life, what runs is of no use any more: that is reported at once, and
 * once it is sure the engine ends, since only a new start can begin again or say what is missing.
 */
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { ensure } from '../../core/must.ts';
import type { Logger } from '../../core/types.ts';
import { connectionState } from '../nats/nats-connection.ts';
import { provisionStream } from './provision-streams.ts';
import { AUDIT_STREAM, type StreamPlan } from './streams.ts';

export interface StoreWatchOptions {
  readonly replicas: number;
  readonly logger: Logger;
  readonly everyMs?: number;
}

const EVERY_MS = 3_000;
/** So many looks in a row must find the same: a store that is being restored is given a moment. */
const SURE_AFTER = 2;

export class StoreWatch {
  readonly #jsm: JetStreamManager;
  readonly #plans: readonly StreamPlan[];
  readonly #options: StoreWatchOptions;
  /** When each stream was made, as of the first look. */
  readonly #made = new Map<string, string>();
  /** What is wrong, by stream, and how many looks in a row have found it. */
  #lost = new Map<string, { readonly how: string; readonly looks: number }>();
  #fatal: EngineError | undefined;
  #isLooking = false;
  #reject: (reason: EngineError) => void = () => undefined;
  /** Rejects with STORE_LOST once that is sure. */
  readonly lost: Promise<never>;

  constructor(jsm: JetStreamManager, plans: readonly StreamPlan[], options: StoreWatchOptions) {
    this.#jsm = jsm;
    this.#plans = plans;
    this.#options = options;
    this.lost = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.lost.catch(() => undefined); // whoever started the engine waits for it, or stops it before
  }

  /** What is gone; undefined: nothing. */
  fault(): string | undefined {
    if (this.#lost.size === 0) return undefined;
    return `the broker's store is not the one that the engine started on: ${this.#words()}`;
  }

  /** The same once it is sure: nothing but a new start goes on. */
  fatal(): string | undefined {
    return this.#fatal?.message;
  }

  /** Looks now, after each reconnect, and again and again; the result ends that. */
  start(nc: NatsConnection): () => void {
    const look = (): void => void this.look();
    look();
    const timer = setInterval(look, this.#options.everyMs ?? EVERY_MS);
    timer.unref();
    const unwatch = connectionState(nc).onReconnect(look);
    return () => {
      clearInterval(timer);
      unwatch();
    };
  }

  async look(): Promise<void> {
    if (this.#isLooking || this.#fatal !== undefined) return;
    this.#isLooking = true;
    try {
      const lost = new Map<string, { how: string; looks: number }>();
      for (const plan of this.#plans) {
        const how = await this.#lossOf(plan, lost.size > 0);
        if (how !== undefined) lost.set(plan.name, { how, looks: (this.#lost.get(plan.name)?.looks ?? 0) + 1 }); // 0: news
      }
      this.#report(lost);
    } catch {
      // A broker that does not answer says nothing of its streams: that it is away shows elsewhere.
    } finally {
      this.#isLooking = false;
    }
  }

  /** undefined: it is the one that was there, or another does as well. */
  async #lossOf(plan: StreamPlan, isMoreLost: boolean): Promise<string | undefined> {
    const { name } = plan;
    const created = await this.#createdAt(name);
    const before = this.#made.get(name);
    if (created !== undefined && (before === undefined || before === created)) {
      this.#made.set(name, created);
      return undefined;
    }
    // Its own watch says what that means, and an audit is never begun again silently.
    if (name === AUDIT_STREAM) return undefined;
    const how = created === undefined ? 'deleted' : 'deleted and made again';
    if (plan.giveWay !== 'oldest' || isMoreLost) return how;
    await this.#mend(plan, how);
    return undefined;
  }

  async #mend(plan: StreamPlan, how: string): Promise<void> {
    const { replicas, logger } = this.#options;
    const fields = { stream: plan.name, how };
    try {
      const { created } = await provisionStream(this.#jsm, plan, replicas, logger);
      this.#made.set(plan.name, created);
      logger.error('a stream was deleted under the running engine: what it held is lost, and it goes on empty', fields);
    } catch (thrown) {
      logger.error('a stream was deleted under the running engine, and cannot be made again yet', {
        ...fields,
        error: reasonOf(thrown),
      });
    }
  }

  async #createdAt(stream: string): Promise<string | undefined> {
    try {
      return (await this.#jsm.streams.info(stream)).created;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
      throw error;
    }
  }

  #report(lost: ReadonlyMap<string, { readonly how: string; readonly looks: number }>): void {
    const isNews = lost.size > 0 && this.#lost.size === 0;
    this.#lost = new Map(lost);
    const { logger } = this.#options;
    if (isNews) logger.error('streams are gone under the running engine', { streams: this.#words() });
    if (![...lost.values()].some(({ looks }) => looks >= SURE_AFTER)) return;
    this.#fatal = new EngineError('STORE_LOST', [this.#words()]);
    this.#reject(this.#fatal);
  }

  #words(): string {
    const names = [...this.#lost].map(([stream, { how }]) => `${stream} was ${how}`);
    ensure(names.length > 0, 'there is a loss to say');
    return names.join(', ');
  }
}
