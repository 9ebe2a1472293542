/**
 * Records on their way from a partition to where partitions come together. With them go the names of their owners (clocks, journeys)
 * and of what is kept, so that they are read rightly under another configuration: what is gone is left out, what joined is unknown.
 */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import type { Matcher, MatchHearing } from './between.ts';

/** How records of one kind are written. */
export interface GatheredForm {
  /** The field of the message with the names of owners. */
  readonly owners: string;
  /** The field with the records, each of which begins with the number of its owner. */
  readonly records: string;
  /** About how large a record is, beside its key and values. */
  readonly recordBytes: number;
}

/** Gathers what the events of a partition are to those that keep state, until it is sent. */
export class RecordGatherer<R> implements MatchHearing<R> {
  readonly #form: GatheredForm;
  readonly #names: readonly JsonObject[];
  readonly #matcher: Matcher<R>;
  readonly #write: (record: R) => readonly Json[];
  #records: R[] = [];
  #keyless: string[] = [];

  constructor(
    form: GatheredForm,
    names: readonly JsonObject[],
    matcher: Matcher<R>,
    write: (record: R) => readonly Json[],
  ) {
    this.#form = form;
    this.#names = names;
    this.#matcher = matcher;
    this.#write = write;
  }

  /** Returns about how many bytes that adds. */
  gather(event: CxEnvelope): number {
    const before = this.#records.length;
    this.#matcher.match(event, this);
    return (this.#records.length - before) * this.#form.recordBytes;
  }
  record(record: R): void {
    this.#records.push(record);
  }
  keyless(owner: string): void {
    this.#keyless.push(owner);
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }
  /** Owners of events that belong to nobody, since the last call. */
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
    return { [this.#form.owners]: this.#names, [this.#form.records]: taken.map(this.#write) };
  }
}
const NOBODY: readonly string[] = [];

/** Whether it has the form of what a gatherer gives. */
export function isGathered(value: Json, { owners, records }: GatheredForm): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as JsonObject;
  return Array.isArray(fields[owners]) && Array.isArray(fields[records]);
}

/**
 * The records, by what there is now. `readerOf` is asked once for each owner that is named; null: it is gone. A reader gives null for a
 * record that means nothing any more. It says itself what names and records it reads: those that its own gatherer gave.
 */
export function readGathered<R>(
  value: Json,
  form: GatheredForm,
  readerOf: (names: never) => ((written: never) => R | null) | null,
): readonly R[] {
  const fields = value as JsonObject;
  const readers = (fields[form.owners] as readonly Json[]).map((names) => readerOf(names as never));
  const read: R[] = [];
  for (const written of fields[form.records] as unknown as readonly (readonly [number, ...unknown[]])[]) {
    const record = elementAt(readers, written[0])?.(written as never) ?? null; // its owner is gone
    if (record !== null) read.push(record);
  }
  return read;
}
