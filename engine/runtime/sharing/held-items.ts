/** What one member holds, by what each is computed, and how it is asked back. */
import { EngineError } from '../../core/errors.ts';

interface Held {
  /** What it is computed by. */
  readonly mark: string;
  readonly give: AbortController;
  readonly lost: AbortController;
}

export interface TakenItem {
  readonly lost: AbortSignal;
  readonly give: AbortSignal;
  readonly drop: () => void;
}

export class HeldItems {
  readonly #held = new Map<number, Held>();

  get items(): readonly number[] {
    return [...this.#held.keys()];
  }

  /** What all of it is computed by: until the last that is computed otherwise has ended, by that. */
  markOr(now: string): string {
    return [...this.#held.values()].find(({ mark }) => mark !== now)?.mark ?? now; // all are
  }

  /** `drop`: it ended. */
  take(item: number, mark: string): TakenItem {
    const held: Held = { mark, give: new AbortController(), lost: new AbortController() };
    this.#held.set(item, held);
    const drop = (): void => {
      if (this.#held.get(item) === held) this.#held.delete(item);
    };
    return { lost: held.lost.signal, give: held.give.signal, drop };
  }

  /** What may not stay here finishes and commits. */
  give(mayStay: (item: number, mark: string) => boolean): void {
    for (const [item, { mark, give }] of this.#held)
      if (!mayStay(item, mark)) give.abort(new Error('it is handed over'));
  }

  /** All of it may be another's. */
  lose(reason: string): void {
    for (const [item, { lost }] of this.#held) {
      this.#held.delete(item);
      lost.abort(new EngineError('LEASE_LOST', [item, reason]));
    }
  }
}
