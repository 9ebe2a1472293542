/** Opening hours as they are written: `09:00-12:00`, overnight `22:00-06:00`, for `mon-fri`, `sat` or `daily`. */
import { DAY_MS, WEEKDAYS, type Weekday } from './calendar-dates.ts';

/** [from, to) in ms since the local midnight of the day it begins on; `to` may lie in the next day. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const WRITTEN = /^(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})$/;

/** The hours, or what is wrong with how they are written. */
export function readHours(written: unknown): Hours | string {
  const found = typeof written === 'string' ? written.trim() : written;
  const match = typeof found === 'string' ? WRITTEN.exec(found) : null;
  if (match === null) return `found ${JSON.stringify(written)}, expected from-to such as "09:00-12:00", in quotes`;
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  const from = minuteOf(fromHour, fromMinute, 23);
  const to = minuteOf(toHour, toMinute, 24);
  if (from === undefined || to === undefined) {
    return `"${String(found)}" holds no time of a day: expected 00:00 to 23:59, at the end up to 24:00`;
  }
  if (from === to) return `"${String(found)}" is empty: for a whole day write "00:00-24:00"`;
  return { from, to: to < from ? to + DAY_MS : to };
}

function minuteOf(hour = NaN, minute = NaN, lastHour: number): number | undefined {
  const isTime = minute < 60 && (hour < lastHour || (hour === lastHour && (lastHour === 23 || minute === 0)));
  return isTime ? (hour * 60 + minute) * MINUTE_MS : undefined;
}

export function hoursText({ from, to }: Hours): string {
  return `${timeText(from)}-${to > DAY_MS ? timeText(to - DAY_MS) : timeText(to)}`;
}

function timeText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `mon`, `mon-fri`, `sat-mon` (over the weekend), `mon,wed`, `daily`; undefined: no days. */
export function readWeekdays(written: string): readonly Weekday[] | undefined {
  if (written.trim() === 'daily') return WEEKDAYS;
  const days = written.split(',').map((part) => {
    const [first, last = first, ...more] = part.split('-').map((name) => WEEKDAYS.indexOf(name.trim() as Weekday));
    if (first === undefined || last === undefined || first < 0 || last < 0 || more.length > 0) return undefined;
    const count = ((last - first + 7) % 7) + 1;
    return Array.from({ length: count }, (_, i) => WEEKDAYS[(first + i) % 7]);
  });
  const flat = days.flatMap((part) => part ?? [undefined]);
  const named = flat.filter((day) => day !== undefined);
  return named.length < flat.length ? undefined : named;
}
