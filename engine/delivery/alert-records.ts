/** The records of a hook's alerts: those that stand, and those that ended and are not told as ended yet. */
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import type { AlertRecord } from './records.ts';

export class AlertRecords {
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #changed = new Set<string>();

  get(alert: string): AlertRecord | undefined {
    return this.#alerts.get(alert);
  }

  values(): readonly AlertRecord[] {
    return [...this.#alerts.values()];
  }

  add(message: AlertMessage, seq: number, at: Millis, isEscalated: boolean): void {
    const record: AlertRecord = {
      message,
      seq,
      told: 'never',
      want: isEscalated ? 'escalated' : 'first',
      wantAt: at,
      wasMuted: false,
      thread: null,
      toldAt: null,
      lastToldAt: null,
      ackTold: message.acked !== null,
      steps: 0,
      isEscalated,
    };
    this.put(record);
    this.touch(record);
  }

  /** As it was saved: nothing has changed. */
  put(record: AlertRecord): void {
    this.#alerts.set(record.message.alert, record);
  }

  touch({ message }: AlertRecord): void {
    this.#changed.add(message.alert);
  }

  forget(record: AlertRecord): void {
    this.#alerts.delete(record.message.alert);
    this.touch(record);
  }

  takeChanged(): ReadonlyMap<string, AlertRecord | null> {
    const changed = new Map([...this.#changed].map((alert) => [alert, this.#alerts.get(alert) ?? null]));
    this.#changed.clear();
    return changed;
  }
}
