/**
 * What becomes of the first record of a key once time passes it follows from the record alone: a run that begins, of which it is worked
 * out when the record comes how it stands then, or nothing. So such a record is saved once; when time passes it, it is enough to save
 * how far time is.
 */
import { at as elementAt, must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { ClockPlan, KeyState, VerbRecord } from '../clock.ts';
import { copyInto, freshState } from '../key-state.ts';
import { begin } from '../state-machine.ts';
import type { KeyColumns } from './key-columns.ts';
import { isLone, LONE, mayBegin } from './lone-record.ts';

export class ComingRuns {
  readonly #columns: KeyColumns;
  readonly #state = freshState();

  constructor(columns: KeyColumns) {
    this.#columns = columns;
  }
  /** The first record of a key, which time has not passed. */
  await(plan: ClockPlan, slot: number, record: VerbRecord): void {
    if (!this.#begins(plan, slot, record)) this.#columns.await(slot, record);
  }
  /** Time was so far when all was saved: a record is ahead of it, or is not, whatever it was when it was saved. */
  restored(plan: ClockPlan, slot: number, reached: Millis): void {
    const columns = this.#columns;
    const lone = columns.loneOf(slot);
    if (!isLone(lone)) return;
    const isPassed = columns.sinceOf(slot) < reached;
    if (lone === LONE.awaited && isPassed && !mayBegin(columns.verbOf(slot))) columns.ignored(slot);
    else if (lone === LONE.begun && !isPassed) this.#awaitAgain(plan, slot);
  }
  /** By the clock as it is configured now. */
  #awaitAgain(plan: ClockPlan, slot: number): void {
    const { clock, key, tail } = this.#columns.load(slot);
    const record: VerbRecord = { ...elementAt(must(tail).records, 0), clock, key };
    if (this.#begins(plan, slot, record)) return;
    this.#columns.store(slot, { state: freshState(), tail: { ...must(tail), applied: 0 } });
  }
  /** False: it begins none, or one of which something is to be reported at once. */
  #begins(plan: ClockPlan, slot: number, record: VerbRecord): boolean {
    const { verb, at, values } = record;
    if (verb !== 'start' && verb !== 'again') return false;
    const state = this.#state;
    copyInto(state, FRESH);
    begin(plan, state, at, values);
    if (state.next <= at) return false;
    this.#columns.awaitRun(slot, state, record);
    return true;
  }
}

const FRESH: Readonly<KeyState> = freshState();
