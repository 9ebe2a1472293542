/** Whether what `process` made of a file is worth anything: where most of its lines failed, or came late, it says so, and why. */
import { EngineError } from '../../../core/errors.ts';
import type { Outgoing } from '../../../core/types.ts';

/** What the decoder says of a bad line, among others. */
interface Rejected {
  readonly reason: string;
  readonly seq: number;
  readonly error: string;
}

interface Refusals {
  count: number;
  /** Of the first. */
  readonly line: number;
  readonly why: string;
}

/** Fewer late events are no sign of a file out of order. */
const LEAST_LATE = 3;

export class FileVerdict {
  readonly #refusals = new Map<string, Refusals>();

  see(messages: readonly Outgoing[]): void {
    for (const { type, data } of messages) {
      if (type !== 'cx.dlq.rejected') continue;
      const { reason, seq, error } = data as unknown as Rejected;
      const refusals = this.#refusals.get(reason);
      if (refusals === undefined) this.#refusals.set(reason, { count: 1, line: seq, why: error });
      else refusals.count += 1;
    }
  }

  /** `counters` of the run. Throws FILE_UNUSABLE. */
  check(file: string, counters: Readonly<Record<string, number>>): void {
    // What never happened was never counted.
    const { events_in: all = 0, events_rejected: rejected = 0, events_late: late = 0 } = counters;
    if (rejected * 2 > all) throw new EngineError('FILE_UNUSABLE', [file, this.#summary(all, rejected)]);
    if (late >= LEAST_LATE && late * 2 > all - rejected) {
      const why = `${number(late)} of its ${number(all)} events came late: it is not in the order of their time; add --sort`;
      throw new EngineError('FILE_UNUSABLE', [file, why]);
    }
  }

  #summary(all: number, rejected: number): string {
    const most = [...this.#refusals].sort(([, a], [, b]) => b.count - a.count);
    const reasons = most
      .slice(0, 5)
      .map(([reason, { count, line, why }]) => `${reason} ${number(count)} (line ${line}: ${why})`);
    return `${number(rejected)} of its ${number(all)} events cannot be read: ${reasons.join('; ')}`;
  }
}

const number = (count: number): string => count.toLocaleString('en');
