/**
 * Forged controls in the audit: the first few of a minute one by one, the others as a number with the next that is noted, so
 * that whoever may publish events cannot fill the audit, which nothing is ever taken out of. All are counted and in the DLQ.
 */
import type { AuditEntry } from '../../engine/core/audit-entry.ts';
import type { JsonObject, Millis, State } from '../../engine/core/types.ts';

const MINUTE = 60_000;
const A_MINUTE = 10;

interface Counted {
  readonly minute: number;
  readonly noted: number;
  /** Since the last that was noted. */
  readonly more: number;
}

export class ForgeryNotes {
  #counted: Counted = { minute: 0, noted: 0, more: 0 };
  #isChanged = false;

  /** null: it is only counted. */
  note(data: JsonObject, at: Millis): AuditEntry | null {
    const minute = Math.floor(at / MINUTE);
    const { minute: last, noted, more } = this.#counted;
    const before = minute === last ? noted : 0;
    this.#isChanged = true;
    if (before >= A_MINUTE) {
      this.#counted = { minute, noted: before, more: more + 1 };
      return null;
    }
    this.#counted = { minute, noted: before + 1, more: 0 };
    const since = more === 0 ? null : { more_before: more };
    return { action: 'control.refused', outcome: 'refused', by: 'unknown', ...data, ...since };
  }

  takeChanges(): State | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    return this.state();
  }

  state(): State {
    return { ...this.#counted };
  }

  load(saved: State): void {
    this.#counted = saved as unknown as Counted;
  }
}
