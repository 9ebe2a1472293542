/**
 * One key of one clock: what verbs and time do to it. Everything in the order of event time, so that the same records give the
 * same facts whenever they came; who calls it sees to the order (key-log.ts).
 *
 *        start, restart                stop, cancel · expire
 *   none ───────────────▶ open ⇄ paused ───────────────────▶ ended ──(expire after it)──▶ none
 *                          │ ▲ restart: run + 1, the former without an ending │
 *                          └─┘                  start, restart: run + 1 ◀─────┘
 *
 * again: as stop, and then as start.
 *
 * An event at an instant counts before what falls due at that instant: a stop at `due` is in time.
 */
import { at as elementAt, must, unreachable } from '../../engine/core/must.ts';
import type { Json, Millis } from '../../engine/core/types.ts';
import type { ClockPlan, Fact, KeyState, Values, Verb, VerbRecord } from './clock.ts';
import { copyInto, freshState } from './key-state.ts';
import { dueOf, dueSeenFrom, instantOf, isPaused, pausedMs, warningMs, workedMs } from './running-time.ts';

/** Who hears what follows. */
export interface Hearing {
  fact(fact: Fact): void;
  /** A verb that changed nothing. */
  ignored(verb: Verb): void;
}

/** What a record does, whosever it is. */
export type Deed = Omit<VerbRecord, 'clock' | 'key' | 'id'>;

/** What happens by itself before `until`. */
export function passTime(plan: ClockPlan, state: KeyState, until: Millis, hearing: Hearing): void {
  while (state.next < until) {
    const now = state.next;
    if (isMilestone(plan, state, now)) {
      if (state.warned < plan.warnings.length) hearing.fact(warningAt(plan, state, state.warned++, now));
      else breach(plan, state, now, hearing);
      schedule(plan, state);
    } else end(plan, state, 'expired', now, hearing);
  }
}

/** What a record does, once time has passed until its instant. */
export function apply(plan: ClockPlan, state: KeyState, record: Deed, hearing: Hearing): void {
  const { verb, at } = record;
  // An ended key is remembered for so long.
  if (!state.isOpen && state.run > 0 && at > state.since + plan.expireMs) forget(state);
  if (!takes(plan, state, record)) {
    hearing.ignored(verb);
    // Whatever matches a verb brings the newest values.
    if (state.isOpen && record.lateOf === undefined) takeValues(plan, state, record, hearing);
    return;
  }
  switch (verb) {
    case 'stock':
      return beginStock(plan, state, record);
    case 'start':
      return begin(plan, state, at, record.values);
    case 'restart':
      state.restarts += 1;
      return begin(plan, state, at, record.values);
    case 'pause':
      (state.pauses ??= []).push(at);
      return change(plan, state, record, hearing);
    case 'resume':
      state.pauses?.push(at);
      return change(plan, state, record, hearing);
    case 'update':
      return record.isMove === true ? retarget(plan, state, at, hearing) : change(plan, state, record, hearing);
    case 'again':
      if (!state.isOpen) return begin(plan, state, at, record.values);
      state.values = overlaid(state.values, record.values);
      end(plan, state, 'stopped', at, hearing, false);
      return plan.once ? undefined : begin(plan, state, at, record.values);
    case 'stop':
    case 'cancel':
      state.values = overlaid(state.values, record.values);
      return end(
        plan,
        state,
        verb === 'stop' ? 'stopped' : 'cancelled',
        record.lateOf ?? at,
        hearing,
        record.lateOf !== undefined,
      );
    default:
      return unreachable(verb, 'verb');
  }
}

/** Its runs are counted from 1 again. */
function forget(state: KeyState): void {
  const life = state.life + 1;
  copyInto(state, freshState());
  state.life = life;
}

/** Whether the verb means anything as things stand. */
function takes(plan: ClockPlan, state: KeyState, { verb, at, lateOf, stock }: Deed): boolean {
  switch (verb) {
    case 'stock':
      return !state.isOpen && isStockNews(plan, state, must(stock).opened, at);
    case 'start':
      return !state.isOpen && !(plan.once && state.run > 0);
    case 'restart':
      return true;
    case 'again':
      return state.isOpen || !(plan.once && state.run > 0);
    case 'pause':
      return state.isOpen && !isPaused(state);
    case 'resume':
      return state.isOpen && isPaused(state);
    case 'update':
      return state.isOpen;
    case 'stop':
    case 'cancel':
      // One that came too late ends no run that began after it.
      return state.isOpen && (lateOf === undefined || state.since <= lateOf);
    default:
      return unreachable(verb, 'verb');
  }
}

/** What ended since it was opened is known better; what would have expired by now is not begun. */
function isStockNews(plan: ClockPlan, state: KeyState, opened: Millis, at: Millis): boolean {
  return (state.run === 0 || (!plan.once && state.since < opened)) && opened + plan.expireMs >= at;
}

/** A run begins, which `takes` allows: always where nothing is known of the key. */
export function begin(plan: ClockPlan, state: KeyState, at: Millis, values: Values): void {
  const { targetMs, calendar } = plan.choose(values);
  state.run += 1;
  state.isOpen = true;
  state.since = at;
  state.targetMs = targetMs ?? -1;
  state.calendar = calendar;
  state.isBreached = false;
  state.warned = 0;
  state.pauses = null;
  state.values = values;
  schedule(plan, state);
}

/** A case that was there before anything was heard of it: what is past is not reported again. */
function beginStock(plan: ClockPlan, state: KeyState, { at, values, stock }: Deed): void {
  const { opened, pausedMs: paused, isPaused: isPausedNow } = must(stock);
  begin(plan, state, opened, values);
  const pauses = paused > 0 ? [opened, Math.min(opened + paused, at)] : [];
  if (isPausedNow) pauses.push(at);
  if (pauses.length > 0) state.pauses = pauses;
  skipWarnings(plan, state, at);
  state.isBreached = state.targetMs >= 0 && dueOf(plan, state) < at;
  schedule(plan, state);
}

/** Newest values, and what follows from them and from a pause or a resume. */
function change(plan: ClockPlan, state: KeyState, record: Deed, hearing: Hearing): void {
  if (!takeValues(plan, state, record, hearing)) schedule(plan, state);
}

/** Returns whether that changed what was planned. */
function takeValues(plan: ClockPlan, state: KeyState, { values, at }: Deed, hearing: Hearing): boolean {
  const before = state.values;
  state.values = overlaid(before, values);
  if (state.values === before || !plan.choosing.some((i) => !isSame(before[i], state.values[i]))) return false;
  retarget(plan, state, at, hearing);
  return true;
}

/**
 * Target and calendar as the values have them now, from the run's start on, pauses included. What is past by then happens now: the
 * breach, or else only the highest warning. A breach that stood is not undone.
 */
function retarget(plan: ClockPlan, state: KeyState, now: Millis, hearing: Hearing): void {
  const { targetMs, calendar } = plan.choose(state.values);
  if ((targetMs ?? -1) === state.targetMs && calendar === state.calendar) return schedule(plan, state);
  state.targetMs = targetMs ?? -1;
  state.calendar = calendar;
  if (state.targetMs >= 0 && !state.isBreached) {
    const due = dueOf(plan, state);
    const before = state.warned;
    skipWarnings(plan, state, now);
    if (due < now) {
      state.warned = plan.warnings.length;
      breach(plan, state, now, hearing);
    } else if (due > now && state.warned > before) hearing.fact(warningAt(plan, state, state.warned - 1, now));
  }
  schedule(plan, state);
}

/** Warnings up to now are done with. */
function skipWarnings(plan: ClockPlan, state: KeyState, now: Millis): void {
  if (state.targetMs < 0) return;
  while (state.warned < plan.warnings.length && warningInstant(plan, state) <= now) state.warned += 1;
}

function warningInstant(plan: ClockPlan, state: KeyState): Millis {
  return instantOf(plan, state, warningMs(state.targetMs, elementAt(plan.warnings, state.warned)));
}

/** Warnings, then the breach, then the expiry: sets `next`. To be called where the plan of an open run became another. */
export function schedule(plan: ClockPlan, state: KeyState): void {
  const expires = state.since + plan.expireMs;
  state.next = Math.min(milestoneOf(plan, state), expires);
}

/** When the next warning, or the breach, comes; Infinity: none does as things stand. */
function milestoneOf(plan: ClockPlan, state: KeyState): Millis {
  if (state.targetMs < 0 || state.isBreached) return Infinity;
  return state.warned < plan.warnings.length ? warningInstant(plan, state) : dueOf(plan, state);
}

/** Whether what happens at `now` is a warning or the breach; else the run expires. */
function isMilestone(plan: ClockPlan, state: KeyState, now: Millis): boolean {
  return milestoneOf(plan, state) === now;
}

function breach(plan: ClockPlan, state: KeyState, now: Millis, hearing: Hearing): void {
  state.isBreached = true;
  hearing.fact(factOf(plan, state, { kind: 'breached', percent: 0, at: now, ended: null, met: false, isLate: false }));
}

function warningAt(plan: ClockPlan, state: KeyState, index: number, now: Millis): Fact {
  const percent = elementAt(plan.warnings, index);
  return factOf(plan, state, { kind: 'warning', percent, at: now, ended: null, met: null, isLate: false });
}

function end(
  plan: ClockPlan,
  state: KeyState,
  kind: 'stopped' | 'cancelled' | 'expired',
  ended: Millis,
  hearing: Hearing,
  isLate = false,
): void {
  const met = kind === 'cancelled' ? null : metAt(plan, state, ended, kind === 'stopped');
  const fact = factOf(plan, state, { kind, percent: 0, at: ended, ended, met, isLate });
  state.isOpen = false;
  state.since = ended;
  state.pauses = null;
  state.next = Infinity;
  hearing.fact(fact);
}

/** What expires unbreached is not judged, nor what has no target. */
function metAt(plan: ClockPlan, state: KeyState, ended: Millis, isStopped: boolean): boolean | null {
  if (state.isBreached) return isStopped && state.targetMs < 0 ? null : false;
  return isStopped && state.targetMs >= 0 ? ended <= dueOf(plan, state) : null;
}

function factOf(
  plan: ClockPlan,
  state: KeyState,
  { kind, percent, at, ended, met, isLate }: Pick<Fact, 'kind' | 'percent' | 'at' | 'ended' | 'met' | 'isLate'>,
): Fact {
  return {
    run: state.run,
    life: state.life,
    kind,
    percent,
    at,
    started: state.since,
    ended,
    due: dueSeenFrom(plan, state, at),
    elapsedMs: at - state.since,
    workingMs: workedMs(plan, state, at),
    pausedMs: pausedMs(state, at),
    targetMs: state.targetMs < 0 ? null : state.targetMs,
    met,
    restarts: state.restarts,
    isLate,
    values: state.values,
  };
}

/** The same object where nothing changes; the newest one where it says all: keys share them, and what is shared is saved once. */
function overlaid(before: Values, newest: Values): Values {
  let isChanged = false;
  let saysAll = newest.length >= before.length;
  for (let i = 0; i < newest.length; i++) {
    if (newest[i] === undefined) saysAll &&= before[i] === undefined;
    else isChanged ||= !isSame(newest[i], before[i]);
  }
  if (!isChanged) return before;
  if (saysAll) return newest;
  const after = before.slice();
  for (let i = 0; i < newest.length; i++) {
    const value = newest[i];
    if (value !== undefined && !isSame(value, before[i])) after[i] = value;
  }
  return after;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}
