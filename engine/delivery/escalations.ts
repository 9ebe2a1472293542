/** Who else is told when nobody acknowledges. */
import type { Millis } from '../core/types.ts';
import type { AlertMessage } from '../core/wire.ts';
import type { AlertRecords } from './alert-records.ts';
import { DueTimes } from './due-times.ts';
import type { Escalation } from './hook-rules.ts';
import type { AlertRecord } from './records.ts';

export interface DueEscalation {
  /** The hook to tell. */
  readonly to: string;
  readonly message: AlertMessage;
  readonly seq: number;
}

export class Escalations {
  readonly #steps: readonly Escalation[];
  readonly #times = new DueTimes();

  constructor(steps: readonly Escalation[]) {
    this.#steps = steps;
  }

  /** When its next step is due, if ever. */
  place(record: AlertRecord): void {
    const step = this.#steps[record.steps];
    const { message, toldAt } = record;
    const stops = step === undefined || toldAt === null || message.state === 'resolved' || message.acked !== null;
    this.#times.set(message.alert, stops ? null : toldAt + step.after);
  }

  forget(alert: string): void {
    this.#times.set(alert, null);
  }

  /** Steps that are due, each once. */
  take(alerts: AlertRecords, now: Millis): readonly DueEscalation[] {
    const due: DueEscalation[] = [];
    for (const alert of this.#times.take(now)) {
      const record = alerts.get(alert);
      if (record === undefined) continue;
      const { message, toldAt, seq } = record;
      if (toldAt === null || message.state === 'resolved' || message.acked !== null) continue;
      for (let step = this.#steps[record.steps]; step !== undefined; step = this.#steps[record.steps]) {
        if (now < toldAt + step.after) break;
        record.steps++;
        alerts.touch(record);
        due.push({ to: step.to, message, seq });
      }
      this.place(record);
    }
    return due;
  }
}
