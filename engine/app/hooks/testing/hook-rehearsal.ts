/**
 * Configured hooks as an engine runs them, against receivers on loopback and a clock of the test's own: requests, answers and what
 * is saved are real, and hours pass in moments. What happens to alerts outlives the process, as it does in CX_ALERTS.
 */
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { savedHook, savedHooks } from '../../../adapters/hooks/saved-hooks.ts';
import { SavedMessages } from '../../../adapters/hooks/saved-messages.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { must } from '../../../core/must.ts';
import type { JsonObject, Millis } from '../../../core/types.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { Inhibitions } from '../../../delivery/inhibition.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import { parseConfig, type Config } from '../../config/config.ts';
import { openCalendars } from '../../open-calendars.ts';
import { HookDelivery, type DeliveringHook } from '../hook-delivery.ts';
import { Hook } from '../hook.ts';

const SECOND: Millis = 1000;

interface Change {
  readonly message: AlertMessage;
  readonly stored: Millis;
}

interface Process {
  readonly delivery: HookDelivery;
  readonly hooks: readonly Hook[];
  end(): void;
}

export interface RehearsalOptions {
  readonly start?: Millis;
  /** A hook whose receiver keeps it waiting: time goes on meanwhile. Its attempts may take so long, in real time. */
  readonly slow?: { readonly hook: string; readonly attemptMs: Millis };
}

export class HookRehearsal {
  readonly began: Millis;
  now: Millis;
  readonly logger = recordingLogger();
  readonly #config: Config;
  readonly #options: RehearsalOptions;
  readonly #stored = new Map<string, string>();
  readonly #changes: Change[] = [];
  readonly #alerts = new Map<string, AlertMessage>();
  readonly #script: { readonly at: Millis; readonly act: () => void }[] = [];
  readonly #attempts = new Set<Promise<unknown>>();
  readonly #slowAttempts = new Set<Promise<unknown>>();
  #process: Process | null = null;

  constructor(config: JsonObject, options: RehearsalOptions = {}) {
    const parsed = parseConfig(config, compileExpression);
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    this.#config = parsed.config;
    this.#options = options;
    // The official verifiers look at the clock.
    this.began = options.start ?? Math.floor(Date.now() / SECOND) * SECOND;
    this.now = this.began;
    this.start();
  }

  get delivery(): HookDelivery {
    return must(this.#process, 'the engine runs').delivery;
  }

  /** Seconds since the beginning. */
  get second(): number {
    return (this.now - this.began) / SECOND;
  }

  readonly clock = (): Millis => this.now;

  at(second: number, act: () => void): this {
    this.#script.push({ at: this.began + second * SECOND, act });
    this.#script.sort((a, b) => a.at - b.at);
    return this;
  }

  changes(second: number, alert: string, change: Partial<AlertMessage>): this {
    return this.at(second, () => {
      const at = new Date(this.now).toISOString();
      const message = { ...(this.#alerts.get(alert) ?? alertMessage(alert, { since: at })), at, ...change };
      this.#alerts.set(alert, message);
      this.#changes.push({ message, stored: this.now });
      if (this.#process !== null) this.#read(this.#process.delivery, this.#changes.length - 1);
    });
  }

  fires(second: number, alert: string, change: Partial<AlertMessage> = {}): this {
    return this.changes(second, alert, { state: 'firing', ...change });
  }

  resolves(second: number, alert: string): this {
    return this.changes(second, alert, { state: 'resolved' });
  }

  /** As after a crash: from what is saved, then what happened meanwhile. */
  start(): void {
    const { time, hooks: configs, calendars: configured } = this.#config;
    const calendars = openCalendars(configured);
    const { slow } = this.#options;
    const hooks = configs.map((config) => {
      const bound = slow?.hook === config.id ? { attemptMs: slow.attemptMs } : {};
      return new Hook(config, { zone: time.zone, calendars, ...bound });
    });
    const messages = new SavedMessages();
    const saved = savedHooks(messages.restore(this.#stored));
    for (const { config, queue } of hooks) queue.restore(savedHook(saved, config.id));
    const ending = new AbortController();
    const delivery = new HookDelivery({
      hooks: hooks.map((hook) => this.#watched(hook)),
      inhibitions: new Inhibitions([]),
      store: {
        save: (changes, position) => {
          const { lines, commit } = messages.plan(changes, position);
          for (const { key, value } of lines) {
            if (value === null) this.#stored.delete(key);
            else this.#stored.set(key, value);
          }
          commit();
          return Promise.resolve();
        },
      },
      position: saved.position,
      overlayOf: () => undefined,
      clock: { now: this.clock },
      logger: this.logger,
      signal: ending.signal,
      pause: () => Promise.reject(new Error('the store always takes it')),
      onTaken: () => undefined,
    });
    const end = (): void => {
      ending.abort(new Error('killed'));
      for (const hook of hooks) hook.close();
    };
    for (let i = saved.position?.seq ?? 0; i < this.#changes.length; i++) this.#read(delivery, i); // nothing was read yet
    this.#process = { delivery, hooks, end };
  }

  /** At once, as kill -9 does. */
  kill(): void {
    must(this.#process, 'the engine runs').end();
    this.#process = null;
  }

  /** The clock goes on, step by step; what is due leaves, and is waited for. */
  async until(second: number, step = 0.25): Promise<this> {
    for (; this.second <= second; this.now += step * SECOND) await this.#tick();
    return this;
  }

  /** Attempts that the receivers kept waiting have ended, too. */
  async settled(): Promise<void> {
    while (this.#slowAttempts.size > 0) {
      await Promise.all(this.#slowAttempts);
      await new Promise((resolve) => setImmediate(resolve)); // those that have ended are gone from the set
      await this.#tick();
    }
  }

  async #tick(): Promise<void> {
    for (let next = this.#script[0]; next !== undefined && next.at <= this.now; next = this.#script[0]) {
      this.#script.shift();
      next.act();
    }
    for (let running = this.#process; running !== null && running === this.#process;) {
      await running.delivery.step();
      if (this.#attempts.size === 0) return;
      await Promise.all(this.#attempts);
      await new Promise((resolve) => setImmediate(resolve)); // what became of them is known to the queue
    }
  }

  #read(delivery: HookDelivery, index: number): void {
    const { message, stored } = must(this.#changes[index], 'it is stored');
    delivery.changed(message, index + 1, stored, () => true);
  }

  #watched(hook: Hook): DeliveringHook {
    const attempts = this.#options.slow?.hook === hook.config.id ? this.#slowAttempts : this.#attempts;
    const send: DeliveringHook['send'] = (notice, now) => {
      const attempt = hook.send(notice, now);
      attempts.add(attempt);
      // The queue is given it first: it is no longer under way then.
      void attempt.then(() => setImmediate(() => attempts.delete(attempt)));
      return attempt;
    };
    return { config: hook.config, queue: hook.queue, send };
  }
}
