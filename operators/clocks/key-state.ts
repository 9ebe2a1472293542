/** The state of a key, as it begins and as it is copied. */
import { START_OF_TIME } from '../../engine/core/types.ts';
import type { KeyState, Values } from './clock.ts';

/** One place where states are made, so that all have one shape: a million of them are held. */
export function freshState(): KeyState {
  return {
    run: 0,
    life: 0,
    restarts: 0,
    isOpen: false,
    since: START_OF_TIME,
    targetMs: -1,
    calendar: -1,
    isBreached: false,
    warned: 0,
    pauses: null,
    values: NO_VALUES,
    next: Infinity,
  };
}
const NO_VALUES: Values = [];

export function copyOf(state: KeyState): KeyState {
  const copy = freshState();
  copyInto(copy, state);
  return copy;
}
export function copyInto(into: KeyState, from: KeyState): void {
  into.run = from.run;
  into.life = from.life;
  into.restarts = from.restarts;
  into.isOpen = from.isOpen;
  into.since = from.since;
  into.targetMs = from.targetMs;
  into.calendar = from.calendar;
  into.isBreached = from.isBreached;
  into.warned = from.warned;
  into.pauses = from.pauses === null ? null : from.pauses.slice();
  into.values = from.values;
  into.next = from.next;
}
