/** Days of a calendar in words: which hours, and why. */
import { at } from '../../../core/must.ts';
import type { Degradation } from '../../../core/wire.ts';
import { WEEKDAYS, dateOfDay, weekdayOfDay } from '../../../../operators/calendars/calendar-dates.ts';
import { hoursText } from '../../../../operators/calendars/day-hours.ts';
import type { PlannedDay } from '../../../../operators/calendars/day-plan.ts';
import type { WeekCalendar } from '../../../../operators/calendars/week-calendar.ts';

export interface ListedDay {
  readonly date: string;
  readonly weekday: string;
  /** As written: `09:00-12:00`. */
  readonly hours: readonly string[];
  readonly why: PlannedDay['why'];
  readonly name: string | null;
  /** Whether holidays of its year are known. */
  readonly known: boolean;
}

export function calendarDays(calendar: WeekCalendar, first: number, last: number): readonly ListedDay[] {
  const lastKnown = lastKnownDate(calendar);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const day = first + i;
    const { hours, why, name } = calendar.plan(day);
    const date = dateOfDay(day);
    const known = lastKnown === null || date <= lastKnown;
    return { date, weekday: at(WEEKDAYS, weekdayOfDay(day)), hours: hours.map(hoursText), why, name, known };
  });
}

export function calendarText(
  calendar: WeekCalendar,
  days: readonly ListedDay[],
  warnings: readonly Pick<Degradation, 'message'>[],
): string {
  const lastKnown = lastKnownDate(calendar);
  const until = lastKnown === null ? '' : `, holidays known to ${lastKnown}`;
  const width = Math.max(...days.map(({ hours }) => shown(hours).length));
  const lines = days.map((day) =>
    `${day.date} ${day.weekday}  ${shown(day.hours).padEnd(width)}  ${reason(day)}`.trimEnd(),
  );
  return `${[`${calendar.id}: ${calendar.zone}${until}`, ...lines, ...warnings.map(({ message }) => `! ${message}`)].join('\n')}\n`;
}

const shown = (hours: readonly string[]): string => (hours.length === 0 ? '-' : hours.join(' '));

const REASONS: Readonly<Record<PlannedDay['why'], string>> = {
  open: 'own hours (open)',
  closed: 'closed',
  holiday: 'holiday',
  makeup: 'make-up working day',
  week: '',
};

function reason({ why, name, known }: ListedDay): string {
  const words = name === null ? REASONS[why] : `${REASONS[why]}: ${name}`;
  return words === '' && !known ? 'holidays not known' : words;
}

function lastKnownDate({ dataEnds, zone }: WeekCalendar): string | null {
  return dataEnds === null ? null : new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(dataEnds - 1);
}
