/**
 * The clocks of one case, worked out again from its events: the same matcher and the same table as in the engine, over the events of
 * this case alone, in the order in which they happened. So it is exact for clocks whose key is the case, but for one thing: an event
 * later than a clock's `allowed_lateness`, which the engine left out, counts here. A clock of another key (a customer, a
 * conversation) reads events that the case does not hold, and is left out.
 */
import type { CaseClock } from '../../engine/core/cases/case-story-form.ts';
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { CompileExpression, CxEvent } from '../shared/messages.ts';
import type { ClockPlan, Fact, Said, VerbRecord } from '../clocks/clock.ts';
import { ClockTable, type TableHearing } from '../clocks/clock-table.ts';
import type { ClockConfig } from '../clocks/clocks-config.ts';
import { planOf, type CalendarOf } from '../clocks/compiled-clock.ts';
import type { ClockKey } from '../clocks/key-log.ts';
import { ClockMatcher } from '../clocks/matching.ts';
import { dueSeenFrom, isPaused, pausedMs, workedMs } from '../clocks/running-time.ts';

export class CaseClocks {
  readonly #configs: readonly ClockConfig[];
  readonly #plans: readonly ClockPlan[];
  readonly #matcher: ClockMatcher;

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(clocks: readonly ClockConfig[], compile: CompileExpression, calendarOf: CalendarOf) {
    this.#configs = clocks;
    this.#plans = clocks.map((config) => planOf(config, compile, calendarOf));
    this.#matcher = new ClockMatcher(clocks, compile);
  }

  /** `events`: in their order. `now`: how far time is. */
  of(id: string, events: readonly CxEvent[], now: Millis): readonly CaseClock[] {
    const records: VerbRecord[] = [];
    for (const value of events)
      this.#matcher.match(
        { id: `${value.source}|${value.eventId}`, ts: value.time, value },
        { record: (record) => void records.push(record), keyless: () => undefined },
      );
    const table = new ClockTable(this.#plans);
    const heard = new RunsHeard();
    for (const record of records.filter(({ key }) => key === id)) table.take(record, record.at, heard);
    for (let due = table.dueAt(); due !== undefined && due <= now; due = table.dueAt()) table.pass(due, heard);
    return this.#configs.flatMap(({ title }, clock) => {
      const entry = table.entryOf(clock, id);
      const plan = elementAt(this.#plans, clock);
      const ended = heard.of(clock).map((run) => endedRun(plan, title, run));
      return entry?.state.isOpen === true
        ? [...ended, openRun(plan, title, entry, heard.openOf(clock, entry), now)]
        : ended;
    });
  }
}

interface Run {
  readonly clock: number;
  readonly run: number;
  readonly life: number;
  ending: Fact | null;
  breached: boolean;
  warned: number[];
}

/** What is said of each run; what is taken back is forgotten. */
class RunsHeard implements TableHearing {
  readonly #runs: Run[] = [];

  said({ clock }: ClockKey, { fact, isWithdrawn }: Said): void {
    const { run, life, kind, percent } = fact;
    let known = this.#runs.find((one) => one.clock === clock && one.run === run && one.life === life);
    if (known === undefined) {
      known = { clock, run, life, ending: null, breached: false, warned: [] };
      this.#runs.push(known);
    }
    if (kind === 'breached') known.breached = !isWithdrawn;
    else if (kind !== 'warning') known.ending = isWithdrawn ? null : fact;
    else if (isWithdrawn) known.warned = known.warned.filter((one) => one !== percent);
    else if (!known.warned.includes(percent)) known.warned.push(percent);
  }
  of(clock: number): readonly (Run & { readonly ending: Fact })[] {
    return this.#runs.filter((run): run is Run & { ending: Fact } => run.clock === clock && run.ending !== null);
  }
  openOf(clock: number, { state: { run, life } }: ClockKey): readonly number[] {
    const known = this.#runs.find((one) => one.clock === clock && one.run === run && one.life === life);
    return known === undefined ? [] : known.warned;
  }
  lateBy(): Millis {
    return 0;
  }
  /** What changed nothing is the engine's to count. */
  ignored(): void {
    return undefined;
  }
  late(): void {
    return undefined;
  }
  refused(): void {
    return undefined;
  }
}

const ENDINGS = { stopped: 'stopped', cancelled: 'cancelled', expired: 'expired' } as const;

function endedRun(
  { id }: ClockPlan,
  title: ClockConfig['title'],
  { run, ending, breached }: Run & { ending: Fact },
): CaseClock {
  const { kind, started, at, due, elapsedMs, workingMs, pausedMs: paused, targetMs, met } = ending;
  const state = ENDINGS[kind as keyof typeof ENDINGS];
  return {
    ...{ clock: id, title: { ...title }, run, state, started: formatInstant(started), ended: formatInstant(at) },
    ...{ due: due === null ? null : formatInstant(due), target_s: targetMs === null ? null : targetMs / 1000 },
    ...{ elapsed_s: elapsedMs / 1000, working_s: workingMs / 1000, paused_s: paused / 1000 },
    ...{ over_s: targetMs === null ? null : (workingMs - targetMs) / 1000, met, breached, warned: [] },
  };
}

function openRun(
  plan: ClockPlan,
  title: ClockConfig['title'],
  { state }: ClockKey,
  warned: readonly number[],
  now: Millis,
): CaseClock {
  const { run, since, targetMs, isBreached } = state;
  const until = Math.max(now, since);
  const due = dueSeenFrom(plan, state, until);
  const working = workedMs(plan, state, until);
  return {
    ...{ clock: plan.id, title: { ...title }, run, state: isPaused(state) ? 'paused' : 'running' },
    ...{ started: formatInstant(since), ended: null, due: due === null ? null : formatInstant(due) },
    ...{ target_s: targetMs < 0 ? null : targetMs / 1000, elapsed_s: (until - since) / 1000 },
    ...{ working_s: working / 1000, paused_s: pausedMs(state, until) / 1000 },
    ...{ over_s: targetMs < 0 ? null : (working - targetMs) / 1000, met: isBreached ? false : null },
    ...{ breached: isBreached, warned },
  };
}
