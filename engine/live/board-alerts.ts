/**
 * The alerts that a board shows: the latest state of each, in the order of the last change, and whether they are all there are. While
 * the engine reads its state, or another instance judges the rules, they stand as they were last known.
 */
import type { AlertMessage } from '../core/wire.ts';

export interface AlertLimits {
  /** Alerts held, open ones and the last resolved; past it the resolved go first, then those that changed longest ago. */
  readonly alerts: number;
  /** Resolved alerts that stay in view. */
  readonly resolved: number;
}

export class BoardAlerts {
  readonly #limits: AlertLimits;
  readonly #all = new Map<string, AlertMessage>();
  readonly #resolved = new Set<string>();
  /** Open ones nobody has spoken of since the engine lost sight of them; undefined: it has not. */
  #unconfirmed: Set<string> | undefined;
  #isSentInPart = false;

  constructor(limits: AlertLimits) {
    this.#limits = limits;
  }

  /** False when it repeats what is known. */
  set(message: AlertMessage): boolean {
    const known = this.#all.get(message.alert);
    this.#unconfirmed?.delete(message.alert);
    if (known !== undefined && sameState(known, message)) return false;
    this.#all.delete(message.alert);
    this.#resolved.delete(message.alert);
    this.#all.set(message.alert, message);
    if (message.state === 'resolved') {
      this.#resolved.add(message.alert);
      // A resolved alert leaves the view in silence: that it was resolved was said.
      if (this.#resolved.size > this.#limits.resolved) this.#forget(first(this.#resolved));
    }
    return true;
  }

  /** Whether one had to go that somebody may still look at. */
  dropsExcess(): boolean {
    if (this.#all.size <= this.#limits.alerts) return false;
    this.#forget(first(this.#resolved) ?? first(this.#all.keys()));
    return true;
  }

  /** False: it was lost before. */
  markIncomplete(): boolean {
    if (this.#unconfirmed !== undefined) return false;
    this.#unconfirmed = new Set([...this.#all.keys()].filter((alert) => !this.#resolved.has(alert)));
    return true;
  }

  /** All that is open was reported: what was not is over. True: some were shown less since, or more. */
  markComplete(): boolean {
    const gone = this.#unconfirmed ?? new Set();
    const isCorrected = this.#isSentInPart || gone.size > 0;
    this.#unconfirmed = undefined;
    this.#isSentInPart = false;
    for (const alert of gone) this.#forget(alert);
    return isCorrected;
  }

  /** Whether these are all there are. */
  get isComplete(): boolean {
    return this.#unconfirmed === undefined;
  }

  /** Somebody was sent these though they may not be all. */
  sentInPart(): void {
    this.#isSentInPart = true;
  }

  /** Open ones and the last resolved, in the order of their last change. */
  values(): IterableIterator<AlertMessage> {
    return this.#all.values();
  }

  get(id: string): AlertMessage | undefined {
    return this.#all.get(id);
  }

  size(): { readonly open: number; readonly alerts: number } {
    return { open: this.#all.size - this.#resolved.size, alerts: this.#all.size };
  }

  #forget(alert: string | undefined): void {
    if (alert === undefined) return;
    this.#resolved.delete(alert);
    this.#all.delete(alert);
  }
}

function sameState(a: AlertMessage, b: AlertMessage): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
