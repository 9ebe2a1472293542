/**
 * Verb records on their way from a partition to where clocks run: about a hundred bytes an event that a clock reads. With them go the
 * names of clocks and fields, so that they are read rightly under another configuration.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { CompileExpression, CxEnvelope } from '../shared/messages.ts';
import { VERBS, type Values, type VerbRecord } from './clock.ts';
import type { ClockConfig } from './clocks-config.ts';
import type { Interner } from './interner.ts';
import { ClockMatcher, type MatchHearing } from './matching.ts';
import { fieldsOf } from './compiled-clock.ts';

/** About how large a record is in a message, beside its key and values. */
const RECORD_BYTES = 120;

/** Gathers what the events of a partition do to clocks, until it is sent. Throws EngineError EXPRESSION_INVALID. */
export class RecordGatherer implements MatchHearing {
  readonly #matcher: ClockMatcher;
  readonly #clocks: readonly { readonly id: string; readonly fields: readonly string[] }[];
  #records: VerbRecord[] = [];
  #keyless: string[] = [];

  constructor(clocks: readonly ClockConfig[], compile: CompileExpression) {
    this.#matcher = new ClockMatcher(clocks, compile);
    this.#clocks = clocks.map((config) => ({ id: config.id, fields: fieldsOf(config).names }));
  }

  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope): number {
    const before = this.#records.length;
    this.#matcher.match(event, this);
    return (this.#records.length - before) * RECORD_BYTES;
  }
  record(record: VerbRecord): void {
    this.#records.push(record);
  }
  keyless(clock: string): void {
    this.#keyless.push(clock);
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }
  /** Clocks of events that belong to nobody, since the last call. */
  takeKeyless(): readonly string[] {
    if (this.#keyless.length === 0) return NOBODY;
    const taken = this.#keyless;
    this.#keyless = [];
    return taken;
  }
  /** What was gathered since the last call. */
  take(): Json {
    const taken = this.#records;
    this.#records = [];
    const records = taken.map(({ clock, key, verb, at, id, values }): Json => [
      clock,
      key,
      VERBS.indexOf(verb),
      at,
      id,
      values.map((value) => value ?? null), // an event never says null
    ]);
    return { clocks: this.#clocks as unknown as Json, records };
  }
}
const NOBODY: readonly string[] = [];

/** Whether it has the form of what a gatherer gives. */
export function isForwarded(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { clocks, records } = value as JsonObject;
  return Array.isArray(clocks) && Array.isArray(records);
}

type Written = readonly [clock: number, key: string, verb: number, at: number, id: string, values: readonly Json[]];

/** The records, by the clocks and fields that there are now; those of clocks that are gone are left out. */
export function readForwarded(value: Json, clocks: readonly ClockConfig[], interner: Interner): readonly VerbRecord[] {
  const { clocks: named, records } = value as unknown as {
    readonly clocks: readonly { readonly id: string; readonly fields: readonly string[] }[];
    readonly records: readonly Written[];
  };
  const now = named.map(({ id, fields }) => {
    const clock = clocks.findIndex((config) => config.id === id);
    return {
      clock,
      places: clock < 0 ? [] : fieldsOf(elementAt(clocks, clock)).names.map((name) => fields.indexOf(name)),
    };
  });
  return records.flatMap(([number, key, verb, at, id, written]): VerbRecord[] => {
    const { clock, places } = elementAt(now, number);
    if (clock < 0) return [];
    const values: Values = places.map((place) => interner.value(written[place] ?? undefined)); // null: it did not say
    return [{ clock, key, verb: elementAt(VERBS, verb), at, id, values }];
  });
}
