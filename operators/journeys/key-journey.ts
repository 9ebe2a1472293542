/**
 * The journeys of one key. Steps count when time has passed them; one that comes late, but within the allowed lateness, is put in
 * its place, and what was said since then is worked out again: what differs is withdrawn and said as it is now. What no step
 * can change any more is kept as the state of one run.
 */
import type { Millis } from '../../engine/core/types.ts';
import { isBefore, type JourneyConfig, type Outcome, type StepRecord } from './journey.ts';
import { advance, expiryOf, stallOf, take, type Run } from './journey-run.ts';

export interface Hearing {
  said(outcome: Outcome): void;
  withdrawn(outcome: Outcome): void;
}

export class KeyJourney {
  /** As of the steps that nothing can come before any more. */
  #base: Run | null;
  /** Those after it, in their order; those that count already first. */
  readonly #tail: StepRecord[];
  #counted = 0;
  /** As of those that count. */
  #live: Run | null;
  /** What was said of the tail. */
  #said: Outcome[] = [];
  readonly #config: JourneyConfig;

  /** `passed`: as far as time had come when it was saved. */
  constructor(config: JourneyConfig, base: Run | null, tail: readonly StepRecord[], passed: Millis) {
    this.#config = config;
    this.#base = base;
    this.#tail = [...tail];
    this.#live = base;
    while (this.#counted < this.#tail.length && (this.#tail[this.#counted] as StepRecord).at < passed)
      this.#counted += 1;
    this.#workOut(passed);
  }

  /** A step that is not too late; the same event only once. `passed`: as far as time has come. */
  add(record: StepRecord, passed: Millis, hearing: Hearing): void {
    let place = this.#tail.length;
    while (place > 0 && !isBefore(this.#tail[place - 1] as StepRecord, record)) place -= 1;
    const same = this.#tail[place];
    if (same?.id === record.id && same.at === record.at && same.step === record.step) return;
    this.#tail.splice(place, 0, record);
    if (record.at >= passed) return;
    this.#counted += 1;
    const before = this.#said;
    this.#workOut(passed);
    tellDifference(before, this.#said, hearing);
  }

  /** Time is past everything before `now`. True: what is saved of it is otherwise; what counts follows from how far time is. */
  pass(now: Millis, hearing: Hearing): boolean {
    const say = (outcome: Outcome): void => {
      this.#said.push(outcome);
      hearing.said(outcome);
    };
    for (let next = this.#tail[this.#counted]; next !== undefined && next.at < now; next = this.#tail[this.#counted]) {
      this.#live = take(this.#live, next, this.#config, say);
      this.#counted += 1;
    }
    this.#live = advance(this.#live, now, this.#config, say);
    return this.#settle(now - this.#config.allowedLatenessMs);
  }

  /** The last steps there are count, those at this instant too. */
  passLast(hearing: Hearing): void {
    for (const next of this.#tail.slice(this.#counted)) {
      this.#live = take(this.#live, next, this.#config, (outcome) => hearing.said(outcome));
      this.#counted += 1;
    }
  }

  /** Nothing comes before `until` any more. */
  #settle(until: Millis): boolean {
    if (!this.#isToSettle(until)) return false;
    let settled = 0;
    const said: Outcome[] = [];
    const note = (outcome: Outcome): void => void said.push(outcome);
    for (let next = this.#tail[0]; next !== undefined && next.at < until; next = this.#tail[settled]) {
      this.#base = take(this.#base, next, this.#config, note);
      settled += 1;
    }
    this.#tail.splice(0, settled);
    this.#counted -= settled;
    this.#base = advance(this.#base, until, this.#config, note);
    if (said.length > 0)
      this.#said = this.#said.filter((outcome) => !said.some((other) => isSameOutcome(outcome, other)));
    return true;
  }
  #isToSettle(until: Millis): boolean {
    const first = this.#tail[0];
    if (first !== undefined && first.at < until) return true;
    const base = this.#base;
    return base !== null && (stallOf(base, this.#config) < until || expiryOf(base, this.#config) <= until);
  }

  #workOut(passed: Millis): void {
    const said: Outcome[] = [];
    const say = (outcome: Outcome): void => void said.push(outcome);
    let run = this.#base;
    for (let i = 0; i < this.#counted; i++) run = take(run, this.#tail[i] as StepRecord, this.#config, say);
    this.#live = advance(run, passed, this.#config, say);
    this.#said = said;
  }

  /** When it is to be looked at again: `pass` with this has something to do. Infinity: never. */
  get dueAt(): Millis {
    const { allowedLatenessMs } = this.#config;
    const next = this.#tail[this.#counted];
    const live = this.#live;
    const first = this.#tail[0];
    const said = this.#said[0];
    return Math.min(
      next === undefined ? Infinity : next.at + 1,
      live === null ? Infinity : Math.min(stallOf(live, this.#config) + 1, expiryOf(live, this.#config)),
      this.#counted === 0 || first === undefined ? Infinity : first.at + allowedLatenessMs + 1,
      said === undefined ? Infinity : said.at + allowedLatenessMs + 1,
    );
  }
  /** Nobody is on the way, and nothing can change any more. */
  get isOver(): boolean {
    return this.#base === null && this.#live === null && this.#tail.length === 0 && this.#said.length === 0;
  }
  get isOpen(): boolean {
    return this.#live !== null;
  }
  get saved(): { readonly base: Run | null; readonly tail: readonly StepRecord[] } {
    return { base: this.#base, tail: this.#tail };
  }
}

/** In the order of time. */
function tellDifference(before: readonly Outcome[], now: readonly Outcome[], hearing: Hearing): void {
  const [was, is] = [new Map(before.map(named)), new Map(now.map(named))];
  for (const [name, outcome] of was) if (!is.has(name)) hearing.withdrawn(outcome);
  for (const [name, outcome] of is) if (!was.has(name)) hearing.said(outcome);
}
function named(outcome: Outcome): readonly [string, Outcome] {
  return [nameOf(outcome), outcome];
}
/** As by their names, without making these where they differ in plain sight. */
function isSameOutcome(a: Outcome, b: Outcome): boolean {
  return a === b || (a.kind === b.kind && a.at === b.at && nameOf(a) === nameOf(b));
}
/** Outcomes that are equal have one name. */
export function nameOf(outcome: Outcome): string {
  return JSON.stringify(outcome);
}
