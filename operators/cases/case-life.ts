/**
 * Counts what no case does of itself, by kind: `case_steps_illegal.resolved_pending` is one that was pending again without having
 * been reopened: an event is missing, or its sender is wrong. Hands every event on.
 *
 * Lateness: a step is judged once time has passed its instant, in the order of event time, so disorder within
 * `time.out_of_orderness` is none; one that comes after that is not judged (`case_steps_late`), since its place is past. The story of
 * a case (case-story.ts) has it where it belongs.
 * State: the last state of the 100,000 cases that changed last, and the steps of the last seconds; of a case that was forgotten
 * nothing is illegal. About 80 bytes of delta a step.
 */
import type { CaseState } from '../../engine/core/cases/case-story-form.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import {
  END_OF_TIME,
  START_OF_TIME,
  type Collector,
  type Envelope,
  type Json,
  type Millis,
  type Operator,
  type OperatorDef,
  type State,
} from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { Heap } from '../shared/heap.ts';
import { actOf, CASE_ACTS, rankOf, stateSaid, stepOf, type CaseAct } from './case-states.ts';

export const MOST_CASES = 100_000;

export function caseLife(most: number = MOST_CASES): OperatorDef<CxEvent, CxEvent> {
  return { name: 'cases', create: (_context, saved = []) => new CaseLife(most, saved) };
}

interface Waiting {
  readonly at: Millis;
  readonly id: string;
  readonly key: string;
  readonly act: CaseAct;
  readonly said: CaseState;
}
type WrittenStep = readonly [at: Millis, id: string, key: string, act: number, said: CaseState];
/** Steps that came since the part before it, and how far they were judged; a snapshot has all that wait, and all cases. */
interface Saved {
  readonly until: Millis;
  readonly steps: readonly WrittenStep[];
  readonly cases: readonly (readonly [key: string, state: CaseState])[];
}

class CaseLife implements Operator<CxEvent, CxEvent> {
  readonly #most: number;
  /** The one that changed last comes last. */
  readonly #states = new Map<string, CaseState>();
  readonly #waiting = new Heap<Waiting>(comesBefore);
  #added: Waiting[] = [];
  #until: Millis = START_OF_TIME;
  #savedUntil: Millis = START_OF_TIME;

  constructor(most: number, saved: readonly State[]) {
    this.#most = most;
    for (const part of saved) this.#restore(part as unknown as Saved);
    this.#savedUntil = this.#until;
  }

  onEvent(event: Envelope<CxEvent>, watermark: Millis, out: Collector<CxEvent>): void {
    const { type, family, data } = event.value;
    if (family === 'case' || family === 'interaction') {
      const act = actOf(type, data['author']);
      const key = data['case'];
      if (act !== undefined && typeof key === 'string') {
        if (event.ts < watermark) out.count('case_steps_late');
        else this.#wait({ at: event.ts, id: event.id, key, act, said: stateSaid(data['state']) });
      }
    }
    out.emit(event);
  }
  #wait(step: Waiting): void {
    this.#waiting.push(step);
    this.#added.push(step);
  }

  dueAt(): Millis | undefined {
    const first = this.#waiting.first;
    if (first !== undefined) return first.at + 1;
    return this.#states.size > 0 ? END_OF_TIME : undefined;
  }
  onWatermark(watermark: Millis, out: Collector<CxEvent>): void {
    this.#judge(watermark, out);
    if (watermark === END_OF_TIME) this.#states.clear();
  }

  /** `out`: null: it was counted before. */
  #judge(until: Millis, out: Pick<Collector<CxEvent>, 'count'> | null): void {
    for (let step = this.#waiting.first; step !== undefined && step.at < until; step = this.#waiting.first) {
      this.#waiting.pop();
      this.#until = Math.max(this.#until, step.at + 1);
      const from = this.#states.get(step.key) ?? null; // not known
      if (from === null && step.act === 'spoken') continue;
      const { to, isIllegal } = stepOf(from, step.act, step.said);
      if (isIllegal) out?.count(`case_steps_illegal.${String(from)}_${step.act}`);
      this.#states.delete(step.key);
      this.#states.set(step.key, to);
      if (this.#states.size > this.#most) for (const oldest of this.#states.keys()) if (this.#forget(oldest)) break;
    }
  }
  #forget(key: string): boolean {
    return this.#states.delete(key);
  }

  delta(): State | undefined {
    if (this.#added.length === 0 && this.#until === this.#savedUntil) return undefined;
    const steps = this.#added.map(written);
    this.#added = [];
    this.#savedUntil = this.#until;
    return { until: this.#until, steps, cases: [] } satisfies Saved;
  }
  *snapshot(): Iterable<State> {
    const waiting: Waiting[] = [];
    for (let step = this.#waiting.pop(); step !== undefined; step = this.#waiting.pop()) waiting.push(step);
    for (const step of waiting) this.#waiting.push(step);
    const whole = { until: this.#until, steps: waiting.map(written), cases: [...this.#states] } satisfies Saved;
    yield whole;
  }
  #restore({ until, steps, cases }: Saved): void {
    for (const [key, state] of cases) this.#states.set(key, state);
    for (const [at, id, key, act, said] of steps)
      this.#waiting.push({ at, id, key, act: elementAt(CASE_ACTS, act), said });
    this.#judge(until, null);
  }

  size(): { readonly [what: string]: number } {
    return { cases: this.#states.size, waiting: this.#waiting.size };
  }
}

function comesBefore(a: Waiting, b: Waiting): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.act === b.act ? a.id < b.id : rankOf(a.act) < rankOf(b.act);
}
function written({ at, id, key, act, said }: Waiting): WrittenStep & Json {
  return [at, id, key, rankOf(act), said];
}
