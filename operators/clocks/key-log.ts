/**
 * One key of one clock, with what may still change: its records of the last `allowed_lateness` and what was said since. A record
 * that comes out of order is put in its place, and what follows is worked out again from before it: so any order within the lateness
 * gives what the right order gives. What differs from what was said is said again, with a higher revision, or withdrawn.
 *
 * State: the key as it stands, and while something may change also as it stood before that. A log never holds more than
 * `MOST_RECORDS`; the oldest are then final before their time.
 */
import { at as elementAt, must } from '../../engine/core/must.ts';
import { START_OF_TIME, type Millis } from '../../engine/core/types.ts';
import { VERBS, type ClockPlan, type Fact, type KeyState, type Said, type Verb, type VerbRecord } from './clock.ts';
import { copyOf, freshState } from './key-state.ts';
import { apply, passTime, type Hearing } from './state-machine.ts';

export const MOST_RECORDS = 4096;

/** What may still change. */
export interface Tail {
  /** As it stood before all of `records` and `said`; null: nothing was known of it. */
  base: KeyState | null;
  /** In the order in which they count. */
  records: readonly VerbRecord[];
  /** How many of them are in the key's state. */
  applied: number;
  /** In no order. */
  said: readonly Said[];
  /** Verbs of applied records that changed nothing, in their order. */
  ignored: readonly Verb[];
  /** A log that grew too long was cut here: nothing can be put in before it. null: it never was. */
  from: Millis | null;
}

export interface ClockKey {
  readonly clock: number;
  readonly key: string;
  state: KeyState;
  tail: Tail | null;
}

export interface KeyHearing {
  /** `before`: what was said of the same kind and run and no longer holds, to be taken back by whoever counted it. */
  said(of: ClockKey, now: Said, before: Said | null): void;
  /** How long after this instant something is said now. */
  lateBy(at: Millis): Millis;
  /** For good: no order within the lateness would have made it count. */
  ignored(of: ClockKey, verb: Verb): void;
}

export function freshKey(clock: number, key: string): ClockKey {
  return { clock, key, state: freshState(), tail: null };
}

function tailOf(entry: ClockKey): Tail {
  return (entry.tail ??= freshTail(entry.state));
}
const NONE: readonly never[] = [];
function freshTail(state: KeyState): Tail {
  const base = state.run === 0 && state.life === 0 ? null : copyOf(state);
  return { base, records: NONE, applied: 0, said: NONE, ignored: NONE, from: null };
}

/** Takes a record in. False: it is there already, or lies before what a log that was cut still knows. `now`: how far time is. */
export function take(plan: ClockPlan, entry: ClockKey, record: VerbRecord, now: Millis, hearing: KeyHearing): boolean {
  const tail = tailOf(entry);
  const { records } = tail;
  if (tail.from !== null && record.at < tail.from) return false;
  let place = records.length;
  while (place > 0 && comesBefore(record, elementAt(records, place - 1))) place -= 1;
  if (place > 0 && isEqual(record, elementAt(records, place - 1))) return false;
  tail.records = records.length === 0 ? [record] : records.toSpliced(place, 0, record);
  if (record.at < now) redo(plan, entry, tail, now, hearing);
  if (records.length >= MOST_RECORDS) cut(plan, entry, tail, now, hearing);
  return true;
}

/** Everything before `until`: records in their order, and what happens by itself between them. */
export function advance(plan: ClockPlan, entry: ClockKey, until: Millis, hearing: KeyHearing): void {
  const tail = tailOf(entry);
  const facts = new Facts();
  tail.applied = run(plan, entry.state, tail.records, tail.applied, until, facts);
  keep(entry, tail, facts, hearing);
}

/** What was heard of records that count since. */
function keep(entry: ClockKey, tail: Tail, { heard, ignoredVerbs }: Facts, hearing: KeyHearing): void {
  if (ignoredVerbs.length > 0)
    tail.ignored = tail.ignored.length === 0 ? ignoredVerbs : [...tail.ignored, ...ignoredVerbs];
  for (let i = 0; i < heard.length; i++) say(entry, tail, elementAt(heard, i), hearing);
}

/** The end of time: all records count, but nothing happens by itself at `until` or after, unless a record lies there. */
export function finish(plan: ClockPlan, entry: ClockKey, until: Millis, hearing: KeyHearing): void {
  const tail = tailOf(entry);
  const facts = new Facts();
  run(plan, entry.state, tail.records, tail.applied, Infinity, facts, until);
  keep(entry, tail, facts, hearing);
  for (const verb of tail.ignored) hearing.ignored(entry, verb);
  entry.tail = null;
}

/** The instant of the next record that is not applied; Infinity: there is none. */
export function nextRecordAt({ tail }: ClockKey): Millis {
  return tail !== null && tail.applied < tail.records.length ? elementAt(tail.records, tail.applied).at : Infinity;
}

/** The instant of the last; the start of time: there is none. */
export function lastRecordAt({ tail }: ClockKey): Millis {
  const records = tail?.records ?? NONE; // nothing may change
  return records.length === 0 ? START_OF_TIME : elementAt(records, records.length - 1).at;
}

/** Makes final what lies before `bound`, which time has passed. True: that is to be saved, so that nothing is counted twice. */
export function fold(plan: ClockPlan, entry: ClockKey, bound: Millis, hearing: KeyHearing): boolean {
  const { tail } = entry;
  if (tail === null) return false;
  const { records, said } = tail;
  if (
    lastRecordAt(entry) < bound &&
    tail.applied === records.length &&
    said.every(({ fact }) => fact.isLate || fact.at < bound)
  ) {
    for (const verb of tail.ignored) hearing.ignored(entry, verb);
    entry.tail = null;
    return tail.ignored.length > 0;
  }
  let folded = 0;
  while (folded < tail.applied && elementAt(records, folded).at < bound) folded += 1;
  const facts = new Facts();
  run(plan, (tail.base ??= freshState()), records.slice(0, folded), 0, bound, facts);
  tail.records = records.slice(folded);
  tail.applied -= folded;
  for (const verb of facts.ignoredVerbs) hearing.ignored(entry, verb);
  tail.ignored = tail.ignored.slice(facts.ignoredVerbs.length);
  const isLateKept = tail.records.some(({ lateOf }) => lateOf !== undefined);
  tail.said = said.filter(({ fact }) => (fact.isLate ? isLateKept : fact.at >= bound));
  return facts.ignoredVerbs.length > 0;
}

/** Half of what is applied becomes final before its time. */
function cut(plan: ClockPlan, entry: ClockKey, tail: Tail, now: Millis, hearing: KeyHearing): void {
  const bound = Math.min(now, elementAt(tail.records, tail.records.length >> 1).at);
  fold(plan, entry, bound, hearing);
  tail.from = bound;
}

/** Works out again what follows from the records. */
function redo(plan: ClockPlan, entry: ClockKey, tail: Tail, now: Millis, hearing: KeyHearing): void {
  const state = tail.base === null ? freshState() : copyOf(tail.base);
  const facts = new Facts();
  tail.applied = run(plan, state, tail.records, 0, now, facts);
  tail.ignored = NONE;
  entry.state = state;
  const withdrawn = tail.said.filter(
    (one) => !one.isWithdrawn && !facts.heard.some((fact) => isOfSameKind(fact, one.fact)),
  );
  for (const one of withdrawn) replace(entry, tail, one, { fact: one.fact, isWithdrawn: true }, hearing);
  keep(entry, tail, facts, hearing);
}

/** Runs records from `from` on, and time, until `until`; returns how many records count by then. */
function run(
  plan: ClockPlan,
  state: KeyState,
  records: readonly VerbRecord[],
  from: number,
  until: Millis,
  hearing: Hearing,
  timersUntil = until,
): number {
  let next = from;
  for (; next < records.length; next++) {
    const record = elementAt(records, next);
    if (record.at >= until) break;
    passTime(plan, state, record.at, hearing);
    apply(plan, state, record, hearing);
  }
  passTime(plan, state, timersUntil, hearing);
  return next;
}

function say(entry: ClockKey, tail: Tail, fact: Fact, hearing: KeyHearing): void {
  const before = tail.said.find((one) => isOfSameKind(one.fact, fact));
  if (before === undefined) {
    const said: Said = { fact, revision: 0, isWithdrawn: false, lateByMs: hearing.lateBy(fact.at) };
    tail.said = tail.said.length === 0 ? [said] : [...tail.said, said];
    hearing.said(entry, said, null);
  } else if (before.isWithdrawn || !isSameFact(before.fact, fact)) {
    replace(entry, tail, before, { fact, isWithdrawn: false }, hearing);
  }
}

function replace(
  entry: ClockKey,
  tail: Tail,
  before: Said,
  so: Pick<Said, 'fact' | 'isWithdrawn'>,
  hearing: KeyHearing,
): void {
  const now: Said = { ...so, revision: before.revision + 1, lateByMs: hearing.lateBy(so.fact.at) };
  tail.said = tail.said.map((one) => (one === before ? now : one));
  hearing.said(entry, now, before.isWithdrawn ? null : before);
}

function isOfSameKind(a: Fact, b: Fact): boolean {
  return a.kind === b.kind && a.run === b.run && a.life === b.life && a.percent === b.percent;
}

/** Whatever order their fields have: one may have been restored, and the other worked out again. */
function isSameFact(a: Fact, b: Fact): boolean {
  for (const name of FACT_FIELDS) if (a[name] !== b[name]) return false;
  return a.values === b.values || JSON.stringify(a.values) === JSON.stringify(b.values);
}
/** All but `values`; one that is left out does not compile. */
const FACT_FIELDS = Object.keys({
  ...{ run: 0, life: 0, kind: 0, percent: 0, at: 0, started: 0, ended: 0, due: 0, elapsedMs: 0, workingMs: 0 },
  ...{ pausedMs: 0, targetMs: 0, met: 0, restarts: 0, isLate: 0 },
} satisfies Record<Exclude<keyof Fact, 'values'>, 0>) as readonly Exclude<keyof Fact, 'values'>[];

const RANK: ReadonlyMap<Verb, number> = new Map(VERBS.map((verb, rank) => [verb, rank]));

/** By instant, then verb, then id; an ending that came late counts after all else at its place. */
function comesBefore(a: VerbRecord, b: VerbRecord): boolean {
  if (a.at !== b.at) return a.at < b.at;
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  return rankA === rankB ? a.id < b.id : rankA < rankB;
}
function rankOf({ verb, lateOf }: VerbRecord): number {
  return must(RANK.get(verb)) + (lateOf === undefined ? 0 : VERBS.length);
}
function isEqual(a: VerbRecord, b: VerbRecord): boolean {
  return a.at === b.at && a.verb === b.verb && a.id === b.id && a.lateOf === b.lateOf;
}

/** When an ended key is known no more: no record that may still come lies within its memory. */
export function forgottenAt(plan: ClockPlan, { state }: ClockKey): Millis {
  return state.run === 0 ? START_OF_TIME : forgottenAfter(plan, state.since);
}
/** The same of one that ended then. */
export function forgottenAfter({ expireMs, allowedLatenessMs }: ClockPlan, ended: Millis): Millis {
  return ended + expireMs + allowedLatenessMs + 1;
}

/** Whether nothing is known of the key that counts: it was never begun, or its end is no longer remembered. */
export function isForgotten(plan: ClockPlan, entry: ClockKey, now: Millis): boolean {
  return entry.tail === null && !entry.state.isOpen && now >= forgottenAt(plan, entry);
}

class Facts implements Hearing {
  readonly heard: Fact[] = [];
  readonly ignoredVerbs: Verb[] = [];
  fact(fact: Fact): void {
    this.heard.push(fact);
  }
  ignored(verb: Verb): void {
    this.ignoredVerbs.push(verb);
  }
}
