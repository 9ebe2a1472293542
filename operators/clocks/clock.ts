/**
 * The vocabulary of clocks: what a clock is (ClockPlan), what an event does to one (VerbRecord), what is known of one key
 * (KeyState) and what is said of it (Fact). Plain data; each is explained where it is used.
 */
import type { Json, Millis } from '../../engine/core/types.ts';

/** Of the event type that KPIs read outcomes by: `clock.<id>`. */
export const CLOCK_TYPE_PREFIX = 'clock.';
/** A clock of this key is of cases. */
export const CASE_KEY = 'data.case';

/** In the order in which different events at one instant count. Saved and sent by their numbers: what is new comes last. */
export const VERBS = ['stock', 'start', 'resume', 'pause', 'restart', 'update', 'stop', 'cancel', 'again'] as const;
export type Verb = (typeof VERBS)[number];

/** One event that matches several verbs does the first of these for a key. */
export const PRECEDENCE = [
  'cancel',
  'stop',
  'restart',
  'again',
  'pause',
  'resume',
  'start',
  'stock',
  'update',
] as const satisfies readonly Verb[];

/** Values of a clock's fields, in their order; undefined: not known. Never changed in place: keys share them. */
export type Values = readonly (Json | undefined)[];

/** What one event does to one key of one clock. */
export interface VerbRecord {
  readonly clock: number;
  readonly key: string;
  readonly verb: Verb;
  /** Its place in event time. */
  readonly at: Millis;
  /** `<source>|<event>`: decides between two of the same verb at one instant. */
  readonly id: string;
  readonly values: Values;
  /** Of an ending that came too late: when it says that it happened. It counts where `at` puts it, after all that was reported. */
  readonly lateOf?: Millis;
  /** Not of an event: the configuration has another target from here on. */
  readonly isMove?: true;
  /** Of the verb `stock`. */
  readonly stock?: Stock;
}

/** Of a case that was there before: when it was opened, how long it was paused until now, and whether it is. */
export interface Stock {
  readonly opened: Millis;
  readonly pausedMs: Millis;
  readonly isPaused: boolean;
}

/** Working time, as a clock needs it; `WorkingCalendar` of operators/calendars is one. */
export interface WorkingTime {
  /** In [from, to); 0 where `to` is not after `from`. */
  workingMs(from: Millis, to: Millis): Millis;
  /** The earliest instant, not before `from`, by which so much of it has passed; null: never. */
  instantAfter(from: Millis, workingMs: Millis): Millis | null;
}

/** What decides by fields of an event: the first that holds. */
export interface Choice {
  /** Target of a run in ms; null: none. */
  readonly targetMs: Millis | null;
  /** Number of its calendar among the clock's; −1: every hour counts. */
  readonly calendar: number;
}

/** All that the state machine must know of a clock. */
export interface ClockPlan {
  readonly id: string;
  readonly calendars: readonly WorkingTime[];
  /** Of these values. */
  choose(values: Values): Choice;
  /** Numbers of the fields on which `choose` depends. */
  readonly choosing: readonly number[];
  /** Percent of the target, rising. */
  readonly warnings: readonly number[];
  readonly expireMs: Millis;
  readonly once: boolean;
  readonly allowedLatenessMs: Millis;
  readonly maxKeys: number;
}

/** One key of one clock: the last run that began, open or not. Mutable; copied with `copyOf`. */
export interface KeyState {
  /** Number of that run; 0: there was none. */
  run: number;
  /** How often it was forgotten since it is kept here: runs are counted from 1 again. */
  life: number;
  /** Of all its runs. */
  restarts: number;
  isOpen: boolean;
  /** When the run began; once it has ended, when it did. */
  since: Millis;
  /** −1: none. */
  targetMs: Millis;
  calendar: number;
  /** A breach stands. */
  isBreached: boolean;
  /** How many of the warnings are done with. */
  warned: number;
  /** From, to, from, to …; an odd number: paused. null: never was. */
  pauses: number[] | null;
  values: Values;
  /** The next instant at which something happens by itself; Infinity: none. */
  next: Millis;
}

export const OUTCOMES = ['stopped', 'cancelled', 'expired', 'breached'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Something that is so of a run: an outcome, or a warning. One of each kind (and percent) a run. */
export interface Fact {
  readonly run: number;
  readonly life: number;
  readonly kind: Outcome | 'warning';
  /** Of a warning. */
  readonly percent: number;
  /** Its instant. */
  readonly at: Millis;
  readonly started: Millis;
  /** null: it runs on. */
  readonly ended: Millis | null;
  /** The earliest instant at which working time reaches the target; of a paused run as if it went on at once. null: no target. */
  readonly due: Millis | null;
  readonly elapsedMs: Millis;
  readonly workingMs: Millis;
  readonly pausedMs: Millis;
  readonly targetMs: Millis | null;
  readonly met: boolean | null;
  readonly restarts: number;
  /** An ending that came too late to change what was reported. */
  readonly isLate: boolean;
  readonly values: Values;
}

/** A fact as it was said last. */
export interface Said {
  readonly fact: Fact;
  readonly revision: number;
  readonly isWithdrawn: boolean;
  /** How long after its instant it was said, by the wall clock. */
  readonly lateByMs: Millis;
}

export const EVERY_HOUR: WorkingTime = {
  workingMs: (from, to) => Math.max(0, to - from),
  instantAfter: (from, workingMs) => from + workingMs,
};
