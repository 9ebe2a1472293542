/** Dates without a zone, as numbers: days since 1970-01-01. */

export const DAY_MS = 86_400_000;
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 1970-01-01 was a Thursday. */
const THURSDAY = 3;

/** `2026-02-14`; undefined: there is no such date, or it is written otherwise. */
export function dayOfDate(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // 2026-02-30 is parsed as 2 March by some engines, refused by others.
  return Number.isNaN(ms) || dateOfDay(ms / DAY_MS) !== date ? undefined : ms / DAY_MS;
}

export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function yearOfDay(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** 0 is Monday. */
export function weekdayOfDay(day: number): number {
  return (((day + THURSDAY) % 7) + 7) % 7;
}
