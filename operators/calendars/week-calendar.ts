/** A configured calendar: hours a week, holidays and own days in a zone. It lays out the years it is asked for, and keeps a bounded number. */
import { must } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';
import { zoneOffset, type ZoneOffset } from '../shared/zone-offset.ts';
import { DAY_MS, dayOfDate } from './calendar-dates.ts';
import type { CalendarConfig } from './calendars-config.ts';
import { dayPlan, type DayPlan } from './day-plan.ts';
import type { HolidayLookup, Holidays } from './holidays.ts';
import { offsetSpans, openSpans, type OpenSpans } from './open-spans.ts';
import type { WorkingCalendar } from './working-calendar.ts';

const STRETCH_MS = 366 * DAY_MS;
/** Stretches that are kept; the one made first goes. */
const MOST_STRETCHES = 64;
const LOOK_AHEAD_MS = 400 * DAY_MS;
const LONGEST_STRETCHES = 200;

export class WeekCalendar implements WorkingCalendar {
  readonly id: string;
  readonly zone: string;
  readonly dataEnds: Millis | null;
  /** Which hours a local day has, and why. */
  readonly plan: DayPlan;
  readonly #offsetAt: ZoneOffset;
  readonly #stretches = new Map<number, OpenSpans>();
  /** The stretch asked for last: as a rule it is asked for again. */
  #lastIndex = NaN;
  #last: OpenSpans | undefined;

  /** The countries and the zone are known: the configuration was checked. */
  constructor(config: CalendarConfig, lookup: HolidayLookup) {
    const holidays = config.countries.map((country) => {
      const found = lookup(country);
      if ('fault' in found) throw new Error(found.fault);
      return found;
    });
    this.id = config.id;
    this.zone = config.zone;
    this.plan = dayPlan(config, holidays);
    this.#offsetAt = must(zoneOffset(config.zone), 'the zone of a calendar');
    const day = firstUnknownDay(config, holidays);
    this.dataEnds = day === null ? null : this.#startOf(day);
  }

  workingMs(from: Millis, to: Millis): Millis {
    if (!(to > from)) return 0;
    const first = Math.floor(from / STRETCH_MS);
    const last = Math.floor(to / STRETCH_MS);
    let worked = -this.#stretch(first).workedBefore(from);
    for (let index = first; index < last; index += 1) worked += this.#stretch(index).total;
    return worked + this.#stretch(last).workedBefore(to);
  }

  instantAfter(from: Millis, workingMs: Millis): Millis | null {
    if (!(workingMs > 0)) return from;
    let index = Math.floor(from / STRETCH_MS);
    let wanted = this.#stretch(index).workedBefore(from) + workingMs;
    for (const end = index + LONGEST_STRETCHES; index < end; index += 1) {
      const stretch = this.#stretch(index);
      if (wanted <= stretch.total) return stretch.instantOf(wanted);
      wanted -= stretch.total;
    }
    return null;
  }

  isOpen(at: Millis): boolean {
    return this.#stretch(Math.floor(at / STRETCH_MS)).isOpen(at);
  }

  nextChange(at: Millis): Millis | null {
    const isOpen = this.isOpen(at);
    const until = at + LOOK_AHEAD_MS;
    let instant = at;
    while (instant <= until) {
      const index = Math.floor(instant / STRETCH_MS);
      const end = (index + 1) * STRETCH_MS;
      const change = this.#stretch(index).changeAfter(instant);
      if (change !== null && change < end) return change <= until ? change : null;
      // A stretch ends, which is no change by itself.
      if (this.isOpen(end) !== isOpen) return end <= until ? end : null;
      instant = end;
    }
    return null;
  }

  #stretch(index: number): OpenSpans {
    if (index === this.#lastIndex && this.#last !== undefined) return this.#last;
    let stretch = this.#stretches.get(index);
    if (stretch === undefined) {
      stretch = openSpans(this.plan, this.#offsetAt, index * STRETCH_MS, (index + 1) * STRETCH_MS);
      for (const oldest of this.#stretches.keys()) {
        if (this.#stretches.size < MOST_STRETCHES) break;
        this.#stretches.delete(oldest);
      }
      this.#stretches.set(index, stretch);
    }
    this.#lastIndex = index;
    this.#last = stretch;
    return stretch;
  }

  /** The first instant of a local day. */
  #startOf(day: number): Millis {
    const local = day * DAY_MS;
    for (const { from, to, offset } of offsetSpans(this.#offsetAt, local - 2 * DAY_MS, local + 2 * DAY_MS)) {
      const start = Math.max(from, local - offset);
      if (start < to) return start;
    }
    return local;
  }
}

/** The local day from which on holidays are not known; null: there is none. */
function firstUnknownDay(config: CalendarConfig, holidays: readonly Holidays[]): number | null {
  const lastYears = holidays.flatMap(({ lastYear }) => lastYear ?? []);
  // A list of dates alone is known for the year of its last one.
  const lastDate = Math.max(...config.holidayDates.map(({ to }) => to));
  if (holidays.length === 0 && config.holidayDates.length > 0)
    lastYears.push(new Date(lastDate * DAY_MS).getUTCFullYear());
  const until = config.holidaysUntil;
  if (lastYears.length === 0) return until === null ? null : until + 1;
  const after = must(dayOfDate(`${String(Math.min(...lastYears) + 1)}-01-01`));
  return until === null ? after : Math.max(after, until + 1);
}
