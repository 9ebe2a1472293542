/**
 * Days, weeks and months of an IANA zone, daylight saving included. A local day is named by its number: days since 1970-01-01
 * in that zone. Weeks begin on Monday. Pure: the zone rules come from the runtime's ICU data.
 */
import { EngineError } from '../../engine/core/errors.ts';
import type { Millis } from '../../engine/core/types.ts';
import { zoneOffset, type ZoneOffset } from '../shared/zone-offset.ts';
import { floorMod } from './floor.ts';

export const DAY_MS = 86_400_000;

export interface Calendar {
  readonly zone: string;
  /** The number of the local day that holds this instant. */
  dayOf(ts: Millis): number;
  /** When that day begins: its midnight, or the first instant after it where the clocks skip midnight. */
  startOfDay(day: number): Millis;
}

/** Bound of the memo of day starts: dropped whole when full, so that a replay over centuries does not grow it. */
const MEMO_DAYS = 4096;

/** Throws EngineError WINDOW_INVALID when the zone is not known. */
export function calendarOf(zone: string): Calendar {
  const offsetAt = zoneOffset(zone);
  if (offsetAt === undefined) throw new EngineError('WINDOW_INVALID', [`the time zone "${zone}" is not known`]);
  return calendarBy(zone, offsetAt);
}

function calendarBy(zone: string, offsetAt: ZoneOffset): Calendar {
  const starts = new Map<number, Millis>();

  function startOfDay(day: number): Millis {
    const known = starts.get(day);
    if (known !== undefined) return known;
    const start = findMidnight(day * DAY_MS, offsetAt);
    if (starts.size >= MEMO_DAYS) starts.clear();
    starts.set(day, start);
    return start;
  }
  /** The day asked for last: as a rule it is asked for again. */
  let last = { day: 0, start: 0, end: 0 };
  function dayOf(ts: Millis): number {
    if (ts >= last.start && ts < last.end) return last.day;
    let day = Math.floor((ts + offsetAt(ts)) / DAY_MS);
    // The day starts decide: local time may run twice over the same midnight.
    while (ts < startOfDay(day)) day -= 1;
    while (ts >= startOfDay(day + 1)) day += 1;
    last = { day, start: startOfDay(day), end: startOfDay(day + 1) };
    return day;
  }
  return { zone, dayOf, startOfDay };
}

/** The calendar of a zone, made when it is first asked for: what the runtime knows of a zone takes a while to look up. */
export function onceCalendarOf(zone: string): () => Calendar {
  let calendar: Calendar | undefined;
  return () => (calendar ??= calendarOf(zone));
}

/** The first instant whose local time is at or past `local` (a local midnight written as if it were UTC). */
function findMidnight(local: Millis, offsetAt: ZoneOffset): Millis {
  const before = offsetAt(local - DAY_MS);
  const after = offsetAt(local + DAY_MS);
  if (before === after) return local - before;
  let low = local - Math.max(before, after);
  // Clocks may go back over midnight, from 0:01 to 23:01: the first of two midnights it is.
  if (low + offsetAt(low) >= local) return low;
  let high = local - Math.min(before, after);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(middle) >= local) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** 1970-01-01 was a Thursday. */
const FIRST_MONDAY = 4;

/** The day number of the Monday of this day's week. */
export function mondayOf(day: number): number {
  return day - floorMod(day - FIRST_MONDAY, 7);
}

/** The day numbers of the first of this day's month, and of the next month's. */
export function monthOf(day: number): { readonly first: number; readonly next: number } {
  const { year, month } = civilOf(day);
  return {
    first: dayNumber(year, month),
    next: month === 12 ? dayNumber(year + 1, 1) : dayNumber(year, month + 1),
  };
}

/** Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days, without the day of the month. */
function civilOf(day: number): { year: number; month: number } {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month };
}

/** days_from_civil of the same source, for the first of a month. */
function dayNumber(year: number, month: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
