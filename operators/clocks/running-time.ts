/** How long a run has worked, and when it will have worked for so long: its calendar less its pauses. */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { EVERY_HOUR, type ClockPlan, type KeyState, type WorkingTime } from './clock.ts';

export function calendarOf(plan: ClockPlan, state: KeyState): WorkingTime {
  return state.calendar < 0 ? EVERY_HOUR : elementAt(plan.calendars, state.calendar);
}

export function isPaused({ pauses }: KeyState): boolean {
  return pauses !== null && pauses.length % 2 === 1;
}

/** Calendar time in pauses until `until`. */
export function pausedMs({ pauses }: KeyState, until: Millis): Millis {
  if (pauses === null) return 0;
  let sum = 0;
  for (let i = 0; i < pauses.length; i += 2) {
    const to = i + 1 < pauses.length ? Math.min(elementAt(pauses, i + 1), until) : until;
    sum += Math.max(0, to - elementAt(pauses, i));
  }
  return sum;
}

/** Working time from the start until `until`. */
export function workedMs(plan: ClockPlan, state: KeyState, until: Millis): Millis {
  const calendar = calendarOf(plan, state);
  const { since, pauses } = state;
  if (pauses === null) return calendar.workingMs(since, until);
  let sum = 0;
  let from = since;
  for (let i = 0; i < pauses.length; i += 2) {
    sum += calendar.workingMs(from, Math.min(elementAt(pauses, i), until));
    if (i + 1 === pauses.length) return sum;
    from = elementAt(pauses, i + 1);
  }
  return sum + calendar.workingMs(from, until);
}

/** The earliest instant at which it has worked for so long; Infinity: not while it is paused, or never. */
export function instantOf(plan: ClockPlan, state: KeyState, workingMs: Millis): Millis {
  const calendar = calendarOf(plan, state);
  const { since, pauses } = state;
  if (pauses === null) return calendar.instantAfter(since, workingMs) ?? Infinity;
  let left = workingMs;
  let from = since;
  for (let i = 0; i < pauses.length; i += 2) {
    const worked = calendar.workingMs(from, elementAt(pauses, i));
    if (worked >= left) return calendar.instantAfter(from, left) ?? Infinity;
    left -= worked;
    if (i + 1 === pauses.length) return Infinity;
    from = elementAt(pauses, i + 1);
  }
  return calendar.instantAfter(from, left) ?? Infinity;
}

/** When its target is reached; Infinity: not while it is paused, or never. `targetMs` ≥ 0. */
export function dueOf(plan: ClockPlan, state: KeyState): Millis {
  return instantOf(plan, state, state.targetMs);
}

/** The same, of a paused run as if it went on at `now`. null: it has no target, or never reaches it. */
export function dueSeenFrom(plan: ClockPlan, state: KeyState, now: Millis): Millis | null {
  if (state.targetMs < 0) return null;
  const due = dueOf(plan, state);
  if (due !== Infinity) return due;
  if (!isPaused(state)) return null;
  const left = state.targetMs - workedMs(plan, state, now);
  return calendarOf(plan, state).instantAfter(now, left);
}

/** Working time at which a warning is due, in whole milliseconds. */
export function warningMs(targetMs: Millis, percent: number): Millis {
  return Math.ceil((targetMs * percent) / 100);
}
