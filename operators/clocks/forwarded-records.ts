/** Verb records of clocks on their way from a partition to where clocks run: about a hundred bytes an event that a clock reads. */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json } from '../../engine/core/types.ts';
import { readGathered, RecordGatherer, type GatheredForm } from '../between/gathered-records.ts';
import type { CompileExpression } from '../shared/messages.ts';
import { VERBS, type VerbRecord } from './clock.ts';
import type { ClockConfig } from './clocks-config.ts';
import { fieldsOf } from './compiled-clock.ts';
import type { Interner } from './values/interner.ts';
import { ClockMatcher } from './matching.ts';

export const CLOCK_RECORDS: GatheredForm = { owners: 'clocks', records: 'records', recordBytes: 120 };

interface Names {
  readonly id: string;
  readonly fields: readonly string[];
}
type Written = readonly [
  ...(readonly [clock: number, key: string, verb: number, at: number, id: string, values: readonly Json[]]),
  stock?: readonly [opened: number, pausedMs: number, isPaused: boolean],
];

/** Throws EngineError EXPRESSION_INVALID. */
export function clockGatherer(clocks: readonly ClockConfig[], compile: CompileExpression): RecordGatherer<VerbRecord> {
  const names = clocks.map((config) => ({ id: config.id, fields: fieldsOf(config).names }));
  return new RecordGatherer(CLOCK_RECORDS, names, new ClockMatcher(clocks, compile), written);
}

function written({ clock, key, verb, at, id, values, stock }: VerbRecord): readonly Json[] {
  // An event never says null.
  const record = [clock, key, VERBS.indexOf(verb), at, id, values.map((value) => value ?? null)] as const;
  return stock === undefined ? record : [...record, [stock.opened, stock.pausedMs, stock.isPaused]];
}

/** The records, by the clocks and fields that there are now; those of clocks that are gone are left out. */
export function readForwarded(value: Json, clocks: readonly ClockConfig[], interner: Interner): readonly VerbRecord[] {
  return readGathered(value, CLOCK_RECORDS, ({ id, fields }: Names) => {
    const clock = clocks.findIndex((config) => config.id === id);
    if (clock < 0) return null;
    const places = fieldsOf(elementAt(clocks, clock)).names.map((name) => fields.indexOf(name));
    return ([, key, verb, at, event, said, stock]: Written): VerbRecord => ({
      ...{ clock, key, verb: elementAt(VERBS, verb), at, id: event },
      values: places.map((place) => interner.value(said[place] ?? undefined)), // null: it did not say
      ...(stock === undefined ? null : { stock: { opened: stock[0], pausedMs: stock[1], isPaused: stock[2] } }),
    });
  });
}
