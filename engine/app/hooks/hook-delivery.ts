/**
 * Hooks at work: changes of alerts in, notices out. One step at a time: what is due is marked as under way and saved, then it
 * leaves; its outcome is saved with the next step. Attempts run beside each other: a receiver that hangs delays its own alone.
 */
import { HooksTakenError } from '../../adapters/hooks/hook-store.ts';
import type { HookPosition } from '../../adapters/hooks/saved-lines.ts';
import { reasonOf } from '../../core/errors.ts';
import { Histogram } from '../../core/histogram.ts';
import { must } from '../../core/must.ts';
import type { Clock, Logger, Millis } from '../../core/types.ts';
import type { AlertMessage } from '../../core/wire.ts';
import type { Inhibitions } from '../../delivery/inhibition.ts';
import type { Mutes } from '../../delivery/mutes.ts';
import type { HookQueue } from '../../delivery/hook-queue.ts';
import type { ActionMessage, HookChanges, NoticeKind, Outcome, PendingNotice } from '../../delivery/records.ts';
import { leave } from './leaving-order.ts';

/** Whether an alert is silenced on the board; what is acknowledged is in its stream. */
export type OverlayOf = (alert: string) => Pick<AlertMessage, 'silenced'> | undefined;

export interface DeliveryStore {
  /** Everything of one step, in order: perhaps only the first of it, should the process end meanwhile. */
  save(changes: ReadonlyMap<string, HookChanges>, position: HookPosition | null): Promise<void>;
}

/** A hook at work: what it still has to tell, and how a notice of it leaves. */
export interface DeliveringHook {
  readonly config: { readonly id: string; readonly kind: string };
  readonly queue: HookQueue;
  /** Never rejects. */
  send(notice: PendingNotice, now: Millis): Promise<Outcome>;
}

export interface DeliveryOptions {
  readonly hooks: readonly DeliveringHook[];
  readonly inhibitions: Inhibitions;
  readonly store: DeliveryStore;
  /** As it was saved. */
  readonly position?: HookPosition | null;
  readonly overlayOf: OverlayOf;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Ends the delivery: nothing is sent or noted after it. */
  readonly signal: AbortSignal;
  readonly pause: (ms: Millis, signal: AbortSignal) => Promise<void>;
  /** A step begins no sooner after the one before: what comes meanwhile is gathered. */
  readonly rest?: Millis;
  /** Between every eight notices that leave. */
  readonly breath?: Millis;
  /** Another instance tells: this one ends, and begins again from what is saved. */
  readonly onTaken: () => void;
}

const RETRY_MS = 500;
/** When the engine ends, what is under way has so long to end. */
const FINISH_MS: Millis = 1000;
/** What an engine's hooks rest between steps. */
export const REST_MS: Millis = 40;
/** So often all alerts are looked up on the board; those that are about to be told each time. */
const OVERLAY_EVERY: Millis = 1000;

/** Counts since the start, of one hook. */
export interface HookCounts {
  delivered: number;
  /** Attempts that failed and are made again. */
  retried: number;
  /** Notices: refused for good, or for too long. */
  givenUp: number;
  /** Attempts, by why they failed. */
  readonly failures: Map<string, number>;
  /** By what the notice is: from when it could be said (for a first one: its alert was stored) until it was accepted. */
  readonly accepted: Map<NoticeKind, Histogram>;
}

/** 50 ms to 5 min, in steps that people read. */
const ACCEPTED_BOUNDS_MS = [50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000];

export class HookDelivery {
  readonly #options: DeliveryOptions;
  readonly #byId: ReadonlyMap<string, DeliveringHook>;
  readonly #counts: ReadonlyMap<string, HookCounts>;
  #position: HookPosition | null;
  #savedPosition: HookPosition | null;
  #overlaidAt: Millis = 0;
  #beganAt: Millis = Number.NEGATIVE_INFINITY;
  #stepping: Promise<void> | null = null;
  #isWanted = false;
  /** Something was marked and could not be noted before the end: what is stored is older, and whole. */
  #isBroken = false;
  readonly #attempts = new Set<Promise<void>>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#position = options.position ?? null; // nothing was saved yet
    this.#savedPosition = this.#position;
    this.#byId = new Map(options.hooks.map((hook) => [hook.config.id, hook]));
    this.#counts = new Map(
      options.hooks.map(({ config }) => [
        config.id,
        { delivered: 0, retried: 0, givenUp: 0, failures: new Map(), accepted: new Map() },
      ]),
    );
  }

  get hooks(): readonly DeliveringHook[] {
    return this.#options.hooks;
  }

  counts(hook: string): HookCounts {
    return must(this.#counts.get(hook), 'every hook is counted');
  }

  /** A change as it was read, for the hooks that have not seen it. */
  changed(message: AlertMessage, seq: number, stored: Millis, isFor: (hook: string) => boolean): void {
    this.#options.inhibitions.changed(message);
    for (const hook of this.#options.hooks) if (isFor(hook.config.id)) hook.queue.changed(message, seq, stored);
    const known = this.#position ?? { seq: 0 }; // nothing was read yet
    this.#position = { ...known, seq: Math.max(known.seq, seq), hooks: this.#ids() };
  }

  /** A message of CX_ACTIONS as it was read, for the hooks that want it; undefined: nobody has to do anything. */
  acted(action: ActionMessage | undefined, seq: number, stored: Millis, wanting: ReadonlySet<string>): void {
    for (const { config, queue } of this.#options.hooks) {
      if (action !== undefined && wanting.has(config.id)) queue.act(action, stored);
    }
    this.#position = { ...(this.#position ?? { seq: 0 }), hooks: this.#ids(), actions: seq }; // no alert was read yet
  }

  /** Notices that were given up are sent once more; resolves with how many, when that is noted. */
  async replay({ hook, notice }: { readonly hook: string | null; readonly notice: string | null }): Promise<number> {
    const now = this.#options.clock.now();
    const ids = notice === null ? null : new Set([notice]);
    let count = 0;
    for (const { config, queue } of this.#options.hooks) {
      if (hook === null || hook === config.id) count += queue.replay(now, ids);
    }
    await this.step();
    return count;
  }

  #ids(): readonly string[] {
    return this.#options.hooks.map(({ config }) => config.id);
  }

  /** Steps now, or once more when the step under way has ended. Rejects when the store does not take it. */
  async step(): Promise<void> {
    this.#isWanted = true;
    this.#stepping ??= this.#steps();
    await this.#stepping;
  }

  async #steps(): Promise<void> {
    try {
      while (this.#isWanted) {
        await this.#rest();
        this.#isWanted = false;
        await this.#stepOnce();
      }
    } finally {
      this.#stepping = null; // with the last look at what is wanted: a moment later what is wanted meanwhile would wait
    }
  }

  /** Each step is a write: in a storm there are few, each of much. The first after a calm leaves at once. */
  async #rest(): Promise<void> {
    const { clock, pause, signal, rest = 0 } = this.#options;
    const passed = clock.now() - this.#beganAt;
    if (passed >= 0 && passed < rest) await pause(rest - passed, signal);
    this.#beganAt = clock.now();
  }

  async #stepOnce(): Promise<void> {
    const { hooks, clock, store, signal, pause, breath = 0 } = this.#options;
    signal.throwIfAborted();
    const now = clock.now();
    this.#overlay(now);
    this.#escalate(now);
    const mutes = this.#mutes();
    const due = hooks.map((hook) => ({ hook, notices: hook.queue.due(now, mutes) }));
    const { changes, position } = this.#unsaved();
    await this.#saved(() => store.save(changes, position));
    this.#savedPosition = position ?? this.#savedPosition; // unchanged
    if (signal.aborted) return;
    await leave(
      due,
      (hook, notice) => this.#begin(hook, notice),
      () => (breath > 0 ? pause(breath, signal) : Promise.resolve()),
    );
  }

  /** The engine ends, and nobody else tells yet: what is under way has a moment to end, and what became of it is noted. */
  async finish(): Promise<void> {
    const { store, logger, pause } = this.#options;
    await this.#stepping?.catch(() => undefined); // it was broken off
    if (this.#isBroken) return;
    const ended = new AbortController();
    const within = (what: Promise<unknown>): Promise<unknown> =>
      Promise.race([what, pause(FINISH_MS, ended.signal).catch(() => undefined)]);
    await within(Promise.all(this.#attempts));
    const { changes, position } = this.#unsaved();
    const noted = store.save(changes, position).catch((error: unknown) => {
      logger.warn('what was delivered last could not be noted', { reason: reasonOf(error) });
    });
    await within(noted);
    ended.abort(new Error('ended'));
  }

  #unsaved(): { readonly changes: ReadonlyMap<string, HookChanges>; readonly position: HookPosition | null } {
    const changes = new Map(this.#options.hooks.map((hook) => [hook.config.id, hook.queue.takeChanged()]));
    return { changes, position: this.#position === this.#savedPosition ? null : this.#position };
  }

  #begin(hook: DeliveringHook, notice: PendingNotice): void {
    const attempt = this.#attempt(hook, notice).finally(() => this.#attempts.delete(attempt));
    this.#attempts.add(attempt);
  }

  #mutes(): Mutes {
    const { inhibitions, overlayOf } = this.#options;
    const isSilenced = (message: AlertMessage): boolean => overlayOf(message.alert)?.silenced ?? message.silenced; // the board does not know it
    return {
      isMuted: (message) => isSilenced(message) || inhibitions.isMuted(message),
      version: inhibitions.version,
    };
  }

  /** What was marked or told must be noted before anything else happens: tried until the store has it, or the end. */
  async #saved(save: () => Promise<void>): Promise<void> {
    const { signal, logger, pause, onTaken } = this.#options;
    for (;;) {
      this.#isBroken = signal.aborted;
      signal.throwIfAborted();
      try {
        await save();
        return;
      } catch (error) {
        this.#isBroken = true;
        if (error instanceof HooksTakenError) {
          onTaken();
          throw error;
        }
        logger.warn('hooks cannot note what they do yet', { reason: reasonOf(error) });
        await pause(RETRY_MS, signal);
      }
    }
  }

  #overlay(now: Millis): void {
    if (now - this.#overlaidAt < OVERLAY_EVERY && now >= this.#overlaidAt) return;
    this.#overlaidAt = now;
    for (const { queue } of this.#options.hooks) queue.overlay(this.#options.overlayOf, now);
  }

  #escalate(now: Millis): void {
    for (const { queue } of this.#options.hooks) {
      for (const { to, message, seq } of queue.escalations(now)) this.#byId.get(to)?.queue.escalate(message, seq, now);
    }
  }

  async #attempt(hook: DeliveringHook, notice: PendingNotice): Promise<void> {
    const { clock, logger, signal } = this.#options;
    const outcome = await hook.send(notice, clock.now());
    const now = clock.now();
    const end = hook.queue.ended(notice.id, outcome, now);
    this.#count(hook.config.id, notice, outcome, end, now);
    if (outcome.kind !== 'delivered') {
      const { kind, reason, hint } = outcome;
      logger.warn('a notice was not delivered', {
        hook: hook.config.id,
        notice: notice.id,
        outcome: end === 'given_up' ? 'given up' : kind,
        reason,
        hint,
      });
    }
    await this.step().catch((error: unknown) => {
      if (!signal.aborted) logger.warn('what was delivered could not be noted yet', { reason: reasonOf(error) });
    });
  }

  #count(
    hook: string,
    { kind, made, due = made }: PendingNotice,
    outcome: Outcome,
    end: 'accepted' | 'again' | 'given_up',
    now: Millis,
  ): void {
    const counts = this.counts(hook);
    if (outcome.kind === 'delivered') {
      counts.delivered++;
      const known = counts.accepted.get(kind) ?? new Histogram(ACCEPTED_BOUNDS_MS);
      counts.accepted.set(kind, known);
      known.record(Math.max(0, now - due));
      return;
    }
    counts.failures.set(outcome.reason, (counts.failures.get(outcome.reason) ?? 0) + 1); // the first of it
    if (end === 'given_up') counts.givenUp++;
    else counts.retried++;
  }
}
