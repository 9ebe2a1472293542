/** Which alerts of the board are silenced, kept in step on both sides of a thread by what changed. */
import type { AlertMessage } from '../../../core/wire.ts';
import type { SilencedChange } from './hook-thread-messages.ts';

type Silenced = Pick<AlertMessage, 'silenced'>;

/** The side that has the board. */
export class SilencedChanges {
  readonly #said = new Map<string, boolean>();

  /** What differs from what was taken before. */
  take(alerts: Iterable<Pick<AlertMessage, 'alert' | 'silenced'>>): readonly SilencedChange[] {
    const changes: SilencedChange[] = [];
    const standing = new Set<string>();
    for (const { alert, silenced } of alerts) {
      standing.add(alert);
      if (this.#said.get(alert) === silenced) continue;
      this.#said.set(alert, silenced);
      changes.push([alert, silenced]);
    }
    if (standing.size === this.#said.size) return changes;
    for (const alert of this.#said.keys()) {
      if (standing.has(alert)) continue;
      this.#said.delete(alert);
      changes.push([alert, null]);
    }
    return changes;
  }
}

/** The other side. */
export class SilencedAlerts {
  readonly #alerts = new Map<string, Silenced>();

  change(changes: readonly SilencedChange[]): void {
    for (const [alert, silenced] of changes) {
      if (silenced === null) this.#alerts.delete(alert);
      else this.#alerts.set(alert, { silenced });
    }
  }

  /** undefined: the board does not know the alert. */
  of(alert: string): Silenced | undefined {
    return this.#alerts.get(alert);
  }
}
