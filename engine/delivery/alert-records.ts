/** The records of a hook's alerts: those that stand, and those that ended and are not told as ended yet. */
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import type { AlertRecord } from './records.ts';
import { takeChanged } from './changed-keys.ts';

export class AlertRecords {
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #changed = new Set<string>();
  /** Those the store knows. */
  readonly #saved = new Set<string>();
  /** To be looked at with the next step. */
  #doubtful = new Set<string>();

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
  restore(record: AlertRecord): void {
    this.put(record);
    this.#saved.add(record.message.alert);
    this.look(record.message.alert);
  }

  put(record: AlertRecord): void {
    this.#alerts.set(record.message.alert, record);
  }

  touch({ message }: AlertRecord): void {
    this.#changed.add(message.alert);
    this.#doubtful.add(message.alert);
  }

  forget(record: AlertRecord): void {
    this.#alerts.delete(record.message.alert);
    this.touch(record);
  }

  /** With the next step it is looked at, though nothing of it is to be saved. */
  look(alert: string): void {
    this.#doubtful.add(alert);
  }

  takeDoubtful(): ReadonlySet<string> {
    const doubtful = this.#doubtful;
    if (doubtful.size > 0) this.#doubtful = new Set();
    return doubtful;
  }

  get size(): number {
    return this.#alerts.size;
  }

  takeChanged(): ReadonlyMap<string, AlertRecord | null> {
    return takeChanged(this.#changed, this.#saved, (alert) => this.#alerts.get(alert));
  }
}
