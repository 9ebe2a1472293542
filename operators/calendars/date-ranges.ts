/** Dates of a configuration, single or from..to. */
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import { dayOfDate } from './calendar-dates.ts';

/** Day numbers, both included. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

/** A longer range is a mistake in a year. */
const LONGEST_DAYS = 366;

/** The dates of a list or of one text; `only`: that item alone. What is none is reported. */
export function readDays(section: Section, name: string, report: Report, only?: number): readonly Days[] {
  const raw = section.raw(name);
  const written = typeof raw === 'string' ? [raw] : section.list(name);
  return written.flatMap((one, i) => {
    if (typeof one !== 'string' || (only !== undefined && only !== i)) return [];
    const days = daysOf(one);
    if (typeof days !== 'string') return [days];
    report(typeof raw === 'string' ? section.path(name) : section.path(name, i), days);
    return [];
  });
}

/** One date; null: none is given, or it was reported. */
export function readDay(section: Section, name: string, report: Report): number | null {
  const written = section.text(name, null);
  if (written === null) return null;
  const day = dayOfDate(written);
  if (day === undefined) report(section.path(name), `"${written}" is no date: expected e.g. 2027-12-31`);
  return day ?? null;
}

function daysOf(written: string): Days | string {
  const [first = '', last = first, ...more] = written.split('..').map((part) => part.trim());
  const from = dayOfDate(first);
  const to = dayOfDate(last);
  if (from === undefined || to === undefined || more.length > 0)
    return `"${written}" is no date: expected e.g. 2026-12-31, or 2027-02-05..2027-02-11`;
  if (to < from) return `"${written}" ends before it begins`;
  if (to - from >= LONGEST_DAYS) return `"${written}" is longer than a year`;
  return { from, to };
}
