/**
 * Runs that one record will begin once time passes it. How such a run stands then follows from the record alone: that is worked out
 * when the record comes, so that a start is saved once, and when time passes it nothing is to be saved.
 */
import { at as elementAt, must } from '../../../engine/core/must.ts';
import type { ClockPlan, KeyState, VerbRecord } from '../clock.ts';
import { copyInto, freshState } from '../key-state.ts';
import { begin } from '../state-machine.ts';
import type { KeyColumns } from './key-columns.ts';

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
  /** What begins a run was saved as if time had passed it, and it has not: by the clock as it is configured now. */
  awaitAgain(plan: ClockPlan, slot: number): void {
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
