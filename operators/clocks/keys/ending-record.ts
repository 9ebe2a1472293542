/**
 * Whether all that may still change of a run is one record that ends it, and what was said of that: such a tail is kept as numbers
 * (endings.ts), and is made a tail again where it must be.
 */
import { at as elementAt, InvariantError, must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { ClockPlan, Fact, KeyState, Said, Values, Verb, VerbRecord } from '../clock.ts';
import type { Tail } from '../key-log.ts';
import { apply, type Deed, type Hearing } from '../state-machine.ts';
import { isPlain, LONE, mayBegin, type Lone } from './lone-record.ts';

export function kindOf(verb: Verb): 'stopped' | 'cancelled' {
  return verb === 'cancel' ? 'cancelled' : 'stopped';
}
/** Of a run: how it stood before its end, and what was said of that. */
export interface SaidNumbers extends Pick<Fact, 'started' | 'due' | 'workingMs' | 'met'>, Pick<Said, 'lateByMs'> {
  readonly next: number;
}

/** What was said of an end, which this record made. */
export function factOfEnd(state: KeyState, verb: Verb, at: Millis, said: SaidNumbers, values: Values): Fact {
  // Written out: a spread costs as much as all the rest of a key.
  return {
    run: state.run,
    life: state.life,
    kind: kindOf(verb),
    percent: 0,
    at,
    started: said.started,
    ended: at,
    due: said.due,
    elapsedMs: at - said.started,
    workingMs: said.workingMs,
    pausedMs: 0,
    targetMs: state.targetMs < 0 ? null : state.targetMs,
    met: said.met,
    restarts: state.restarts,
    isLate: false,
    values,
  };
}
/** Of a record that says no more than verb, instant, id and values. */
export function mayEnd(record: VerbRecord): boolean {
  return (record.verb === 'stop' || record.verb === 'cancel') && isPlain(record);
}

/** What follows from it, once time has passed it, for a run that is open. */
export function endedBy(plan: ClockPlan, state: KeyState, record: Deed): Fact {
  const heard = new HeardEnd();
  apply(plan, state, record, heard);
  return must(heard.end);
}
class HeardEnd implements Hearing {
  end: Fact | null = null;
  fact(fact: Fact): void {
    this.end = fact;
  }
  ignored(): void {
    throw new InvariantError('what ends an open run is ignored');
  }
}

/** How far the ending has come; `none`: there is more to it. */
export function endingIn(state: KeyState, tail: Tail): Lone {
  const { base, records, applied, said, ignored, from } = tail;
  if (from !== null || ignored.length > 0 || said.length > 1 || state.pauses !== null) return LONE.none;
  const last = records[records.length - 1];
  if (last === undefined || !mayEnd(last) || records.length !== (base === null ? 2 : 1)) return LONE.none;
  const isSaid = applied === records.length;
  if (state.isOpen === isSaid || applied < records.length - 1 || said.length !== (isSaid ? 1 : 0)) return LONE.none;
  if (!(base === null ? isBegunBy(elementAt(records, 0), state) : isOfRun(base, state))) return LONE.none;
  const before = base ?? elementAt(records, 0);
  if (!isSaid) {
    const began = base === null ? elementAt(records, 0).at : base.since;
    const isAsBefore = state.since === began && (base === null || base.next === state.next);
    return isAsBefore && areSame(state.values, before.values) ? LONE.ending : LONE.none;
  }
  return isEndOf(state, tail, last, base === null ? elementAt(records, 0).at : base.since) ? LONE.ended : LONE.none;
}

/** The first run of a key of which nothing was known. */
function isBegunBy(start: VerbRecord, { run, life, restarts }: KeyState): boolean {
  return mayBegin(start.verb) && isPlain(start) && run === 1 && life === 0 && restarts === 0;
}
/** Nothing but its end came after it stood so. */
function isOfRun(base: KeyState, state: KeyState): boolean {
  return (
    base.isOpen &&
    base.pauses === null &&
    base.run === state.run &&
    base.life === state.life &&
    base.restarts === state.restarts &&
    base.targetMs === state.targetMs &&
    base.calendar === state.calendar &&
    base.isBreached === state.isBreached &&
    base.warned === state.warned
  );
}
/** What was said is that this record ended it. */
function isEndOf(state: KeyState, { said }: Tail, { verb, at }: VerbRecord, started: number): boolean {
  const { fact, revision, isWithdrawn } = elementAt(said, 0);
  if (state.since !== at || state.next !== Infinity || revision !== 0 || isWithdrawn) return false;
  const isKind = fact.kind === kindOf(verb) && fact.percent === 0 && !fact.isLate;
  const isTimed = fact.at === at && fact.ended === at && fact.started === started && fact.elapsedMs === at - started;
  return isKind && isTimed && fact.pausedMs === 0 && isOfState(fact, state);
}
function isOfState(fact: Fact, state: KeyState): boolean {
  return (
    fact.run === state.run &&
    fact.life === state.life &&
    fact.restarts === state.restarts &&
    fact.targetMs === (state.targetMs < 0 ? null : state.targetMs) &&
    areSame(fact.values, state.values)
  );
}

function areSame(a: Values, b: Values): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
