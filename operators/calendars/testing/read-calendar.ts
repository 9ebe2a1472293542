/** A calendar as its configuration would read it, with holidays that a test names. */
import { expect } from 'vitest';
import { Section, type Fault } from '../../config/config-values.ts';
import { CALENDARS_PART, type CalendarConfig } from '../calendars-config.ts';
import type { HolidayLookup } from '../holidays.ts';
import { WeekCalendar } from '../week-calendar.ts';
import { dayOfDate } from '../calendar-dates.ts';

/** Mainland China, 2026, as the State Council announced it. */
const OFF_2026 = [
  '01-01..01-03',
  '02-15..02-23',
  '04-04..04-06',
  '05-01..05-05',
  '06-19..06-21',
  '09-25..09-27',
  '10-01..10-07',
];
const MAKE_UP_2026 = ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10'];

const day = (date: string): number => dayOfDate(`2026-${date}`) ?? NaN;
const off = OFF_2026.flatMap((range) => {
  const [from = '', to = ''] = range.split('..');
  return Array.from({ length: day(to) - day(from) + 1 }, (_, i) => [day(from) + i, 'off'] as const);
});
const CHINA = { off: new Map(off), makeUp: new Map(MAKE_UP_2026.map((date) => [day(date), 'make-up'] as const)) };

export const LOOKUP: HolidayLookup = (country) =>
  country === 'CN'
    ? { year: (year) => (year === 2026 ? CHINA : null), lastYear: 2026 }
    : { fault: `there is no country "${country}"` };

export function readCalendars(raw: unknown): { calendars: readonly CalendarConfig[]; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const calendars = CALENDARS_PART.read(
    new Section(raw, []),
    {
      report: (at, message) => void faults.push({ at, message }),
      holidays: LOOKUP,
      expressions: { event: () => null, rule: () => null, of: () => null },
    },
    {},
  );
  return { calendars, faults };
}

export function readCalendar(raw: object): WeekCalendar {
  const { calendars, faults } = readCalendars({ calendars: [{ id: 'hours', ...raw }] });
  expect(faults).toEqual([]);
  const [config] = calendars;
  if (config === undefined) throw new Error('no calendar was read');
  return new WeekCalendar(config, LOOKUP);
}
