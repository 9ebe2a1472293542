/** Which hours a local day has, and why: own `open` days, then `closed`, then public holidays and make-up days, then the week. */
import { at } from '../../engine/core/must.ts';
import { WEEKDAYS, dayOfDate, weekdayOfDay, yearOfDay } from './calendar-dates.ts';
import type { CalendarConfig } from './calendars-config.ts';
import type { Hours } from './day-hours.ts';
import type { Holidays } from './holidays.ts';

export interface PlannedDay {
  /** As written: they may overlap, each other and the next day. */
  readonly hours: readonly Hours[];
  readonly why: 'open' | 'closed' | 'holiday' | 'makeup' | 'week';
  /** Of the holiday. */
  readonly name: string | null;
}

export type DayPlan = (day: number) => PlannedDay;

/** `holidays`: of the countries of the configuration, in its order. The first that knows a day as special decides. */
export function dayPlan(config: CalendarConfig, holidays: readonly Holidays[]): DayPlan {
  const open = new Map(Object.entries(config.open).map(([date, hours]) => [dayOfDate(date), hours] as const));
  const closed = new Set(config.closed.flatMap(({ from, to }) => daysFrom(from, to)));
  const own = new Set(config.holidayDates.flatMap(({ from, to }) => daysFrom(from, to)));
  const makeUpHours = at(config.week, WEEKDAYS.indexOf(config.makeup));
  return (day) => {
    const hours = open.get(day);
    if (hours !== undefined) return { hours, why: 'open', name: null };
    if (closed.has(day)) return { hours: [], why: 'closed', name: null };
    if (own.has(day)) return { hours: [], why: 'holiday', name: null };
    const year = yearOfDay(day);
    for (const country of holidays) {
      const known = country.year(year);
      const off = known?.off.get(day);
      if (off !== undefined) return { hours: [], why: 'holiday', name: off };
      const makeUp = known?.makeUp.get(day);
      if (makeUp !== undefined) return { hours: makeUpHours, why: 'makeup', name: makeUp };
    }
    return { hours: at(config.week, weekdayOfDay(day)), why: 'week', name: null };
  };
}

function daysFrom(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
