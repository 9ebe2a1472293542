/** Actions that a hook has to say: each once, also where it is published again; so many wait, the oldest goes. */
import type { Millis } from '../core/types.ts';
import { takeChanged } from './changed-keys.ts';
import type { ActionMessage, ActionRecord } from './records.ts';

export const MOST_ACTIONS = 10_000;
/** Whoever publishes an action again does so within that time. */
const KNOWN_FOR: Millis = 24 * 3_600_000;

export class Actions {
  readonly #records = new Map<string, ActionRecord>();
  readonly #waiting = new Map<string, ActionRecord>();
  readonly #changed = new Set<string>();
  readonly #saved = new Set<string>();
  #leftOut = 0;

  /** As they were saved. */
  restore(records: readonly ActionRecord[]): void {
    for (const record of [...records].sort((a, b) => a.at - b.at)) {
      this.#records.set(record.action.id, record);
      this.#saved.add(record.action.id);
      if (!record.isSaid) this.#waiting.set(record.action.id, record);
    }
  }

  add(action: ActionMessage, at: Millis): void {
    if (this.#records.has(action.id)) return;
    const record = { action, at, isSaid: false };
    this.#records.set(action.id, record);
    this.#waiting.set(action.id, record);
    this.#changed.add(action.id);
    for (const oldest of this.#waiting.values()) {
      if (this.#waiting.size <= MOST_ACTIONS) break;
      this.said(oldest);
      this.#leftOut++;
    }
    for (const [id, known] of this.#records) {
      if (at - known.at < KNOWN_FOR && this.#records.size <= 2 * MOST_ACTIONS) break;
      if (!known.isSaid) break;
      this.#records.delete(id);
      this.#changed.add(id);
    }
  }

  /** The oldest that wait. */
  waiting(most: number): readonly ActionRecord[] {
    const first: ActionRecord[] = [];
    for (const record of this.#waiting.values()) {
      if (first.length >= most) break;
      first.push(record);
    }
    return first;
  }

  said(record: ActionRecord): void {
    record.isSaid = true;
    this.#waiting.delete(record.action.id);
    this.#changed.add(record.action.id);
  }

  get size(): number {
    return this.#waiting.size;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  takeChanged(): ReadonlyMap<string, ActionRecord | null> {
    return takeChanged(this.#changed, this.#saved, (id) => this.#records.get(id));
  }
}
