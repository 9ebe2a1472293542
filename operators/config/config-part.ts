/**
 * One part of the configuration: the schema and the reading of its keys, beside what uses them. engine/app/config/config.ts
 * lists all parts; a key is added in its part alone.
 */
import type { HolidayLookup } from '../calendars/holidays.ts';
import type { ExpressionChecks } from './config-expressions.ts';
import type { Path, Section } from './config-values.ts';
import type { Fields } from './config-schema-forms.ts';

/** Says what is wrong at one place: what was found, and what was expected. */
export type Report = (at: Path, message: string) => void;

export interface Checks {
  readonly report: Report;
  readonly expressions: ExpressionChecks;
  /** Whether a country's holidays are known. */
  readonly holidays: HolidayLookup;
}

/** `Earlier`: parts that it has to look at, which are read before it. */
export interface ConfigPart<T, Earlier = unknown> {
  /** Keys of the root, with names, types, bounds, defaults and what each is for. */
  readonly fields: Fields;
  /** Total: whatever stands there, it returns a value; what cannot be meant is reported, its default goes on. */
  readonly read: (root: Section, checks: Checks, earlier: Earlier) => T;
}

/** Ids of a list are unique. */
export function reportRepeatedIds(sections: readonly Section[], what: string, report: Report): void {
  const seen = new Set<string>();
  for (const section of sections) {
    const id = section.text('id', null);
    if (id === null) continue;
    if (seen.has(id)) report(section.path('id'), `there are two ${what} with the id "${id}": ids are unique`);
    seen.add(id);
  }
}
