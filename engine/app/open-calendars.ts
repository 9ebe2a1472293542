/** The calendars of a configuration, by id, with holidays from the packages. */
import { packagedHolidays } from '../adapters/holidays/packaged-holidays.ts';
import type { CalendarConfig } from '../../operators/calendars/calendars-config.ts';
import { WeekCalendar } from '../../operators/calendars/week-calendar.ts';

/** Each lays out the years it is asked for and keeps them: one set for each who asks a lot. */
export function openCalendars(calendars: readonly CalendarConfig[]): ReadonlyMap<string, WeekCalendar> {
  const lookup = packagedHolidays();
  return new Map(calendars.map((config) => [config.id, new WeekCalendar(config, lookup)]));
}
