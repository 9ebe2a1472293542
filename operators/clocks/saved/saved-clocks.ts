/**
 * Saved state of clocks: parts that each put some keys, or say that they are gone. A part names the clocks and fields it holds, so
 * that it reads under another configuration too: a clock that is gone is passed over, a field that joined is unknown.
 */
import { EngineError } from '../../../engine/core/errors.ts';
import { at as elementAt, must } from '../../../engine/core/must.ts';
import type { Json, Millis, State } from '../../../engine/core/types.ts';
import { ByteReader, ByteWriter } from '../../kpis/saved/bytes.ts';
import { OUTCOMES, VERBS, type Fact, type KeyState, type Said, type Values, type VerbRecord } from '../clock.ts';
import type { KeyColumns } from '../key-columns.ts';
import { freshKey, type ClockKey, type Tail } from '../key-log.ts';
import { freshState } from '../key-state.ts';

const FORMAT = 2;
const KINDS = [...OUTCOMES, 'warning'] as const;

/** The highest event time, and how far time was. */
export interface SavedTime {
  readonly maxTs: Millis;
  readonly now: Millis;
}

/** What a part says of a clock before its keys. */
export interface SavedClock {
  readonly id: string;
  /** Names of the fields, in the order of the values. */
  readonly fields: readonly string[];
  /** What `next` of its keys depends on, beside them. */
  readonly timing: string;
  /** What target and calendar of a run depend on. */
  readonly choosing: string;
}

/** Writes what is given, or reads and heeds nothing that is given: one description of a form serves both ways. */
interface Passing {
  uint(value: number): number;
  number(value: number): number;
  string(value: string): string;
  values(values: Values): Values;
}

class Writing extends ByteWriter implements Passing {
  readonly #texts = new Map<string, number>();

  /** With the first of a text stands what it is; later ones name it by number. */
  #text(text: string): void {
    const known = this.#texts.get(text);
    this.uint(known ?? this.#texts.size);
    if (known !== undefined) return;
    this.#texts.set(text, this.#texts.size);
    this.string(text);
  }
  values(values: Values): Values {
    this.uint(values.length);
    for (const value of values) {
      if (value === undefined) this.uint(0);
      else if (typeof value === 'string') {
        this.uint(1);
        this.#text(value);
      } else {
        this.uint(2);
        this.#text(JSON.stringify(value));
      }
    }
    return values;
  }
  forgetTexts(): void {
    this.#texts.clear();
  }
}

class Reading extends ByteReader implements Passing {
  readonly #texts: string[] = [];
  /** Of the fields now, the place in what is read; −1: it joined. */
  places: readonly number[] = [];

  #text(): string {
    const number = this.uint();
    if (number === this.#texts.length) this.#texts.push(this.string());
    return elementAt(this.#texts, number);
  }
  values(): Values {
    const read: (Json | undefined)[] = [];
    for (let i = this.uint(); i > 0; i--) {
      const kind = this.uint();
      if (kind === 0) read.push(undefined);
      else read.push(kind === 1 ? this.#text() : (JSON.parse(this.#text()) as Json));
    }
    return read.length === 0 ? read : this.places.map((place) => (place < 0 ? undefined : read[place]));
  }
}

export class ClockPartWriter {
  readonly #writing = new Writing(64 * 1024);

  get length(): number {
    return this.#writing.length;
  }
  begin({ maxTs, now }: SavedTime): void {
    this.#writing.forgetTexts();
    this.#writing.uint(FORMAT);
    this.#writing.number(maxTs);
    this.#writing.number(now);
  }
  clock({ id, fields, timing, choosing }: SavedClock, keys: number): void {
    const writing = this.#writing;
    writing.string(id);
    writing.uint(fields.length);
    for (const field of fields) writing.string(field);
    writing.string(timing);
    writing.string(choosing);
    writing.uint(keys);
  }
  slot(columns: KeyColumns, slot: number): void {
    const entry = columns.load(slot);
    this.#writing.string(entry.key);
    this.#writing.uint(1);
    passEntry(this.#writing, entry);
  }
  gone(key: string): void {
    this.#writing.string(key);
    this.#writing.uint(0);
  }
  take(): Uint8Array {
    return this.#writing.take();
  }
}

export interface PartHearing {
  /** The number of this clock now, and the names of its fields; undefined: it is gone. */
  clock(saved: SavedClock): { readonly number: number; readonly fields: readonly string[] } | undefined;
  key(entry: ClockKey, of: SavedClock): void;
  gone(clock: number, key: string): void;
}

/** Returns what it knows of time. */
export function readPart(part: State, hearing: PartHearing): SavedTime {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not of clocks');
  const reading = new Reading(part);
  if (reading.uint() !== FORMAT) throw unreadable('it is of another version');
  const time: SavedTime = { maxTs: reading.number(), now: reading.number() };
  while (!reading.done) {
    const id = reading.string();
    const fields = Array.from({ length: reading.uint() }, () => reading.string());
    const saved: SavedClock = { id, fields, timing: reading.string(), choosing: reading.string() };
    const now = hearing.clock(saved);
    reading.places = (now?.fields ?? fields).map((field) => fields.indexOf(field)); // gone: read, and passed over
    for (let keys = reading.uint(); keys > 0; keys--) {
      const key = reading.string();
      if (reading.uint() === 0) {
        if (now !== undefined) hearing.gone(now.number, key);
        continue;
      }
      const entry = freshKey(now?.number ?? -1, key); // gone: nobody gets it
      passEntry(reading, entry);
      if (now !== undefined) hearing.key(entry, saved);
    }
  }
  return time;
}

function unreadable(why: string): EngineError {
  return new EngineError('STATE_MISMATCH', ['clocks', why]);
}

function passEntry(to: Passing, entry: ClockKey): void {
  passState(to, entry.state);
  const { tail } = entry;
  if (to.uint(tail === null ? 0 : 1) === 0) return;
  const passed: Tail = tail ?? {
    base: null,
    records: [],
    applied: 0,
    said: [],
    ignored: [],
    from: null,
  };
  const hasBase = to.uint(passed.base === null ? 0 : 1) === 1;
  if (hasBase) passState(to, (passed.base ??= freshState()));
  passed.applied = to.uint(passed.applied);
  passed.from = to.uint(passed.from === null ? 0 : 1) === 0 ? null : to.number(passed.from ?? 0); // read: heeded by nobody
  passed.records = passList(to, passed.records, (record) => passRecord(to, entry, record));
  passed.said = passList(to, passed.said, (said) => passSaid(to, said));
  passed.ignored = passList(to, passed.ignored, (verb) =>
    elementAt(VERBS, to.uint(verb === undefined ? 0 : VERBS.indexOf(verb))),
  );
  entry.tail = passed;
}

function passList<T>(to: Passing, list: readonly T[], pass: (one: T | undefined) => T): T[] {
  const length = to.uint(list.length);
  const passed: T[] = [];
  for (let i = 0; i < length; i++) passed.push(pass(list[i]));
  return passed;
}

const FLAGS = { open: 1, breached: 2, pauses: 4 };

function passState(to: Passing, state: KeyState): void {
  const { open, breached, pauses } = FLAGS;
  const flags = to.uint(
    (state.isOpen ? open : 0) + (state.isBreached ? breached : 0) + (state.pauses === null ? 0 : pauses),
  );
  state.isOpen = (flags & open) !== 0;
  state.isBreached = (flags & breached) !== 0;
  state.run = to.uint(state.run);
  state.life = to.uint(state.life);
  state.restarts = to.uint(state.restarts);
  state.since = to.number(state.since);
  state.targetMs = to.number(state.targetMs);
  state.calendar = to.number(state.calendar);
  state.warned = to.uint(state.warned);
  state.next = to.number(state.next);
  state.values = to.values(state.values);
  if ((flags & pauses) !== 0) state.pauses = passList(to, state.pauses ?? [], (at) => to.number(at ?? 0)); // read: heeded by nobody
}

function passRecord(to: Passing, entry: ClockKey, record: VerbRecord | undefined): VerbRecord {
  const verb = elementAt(VERBS, to.uint(record === undefined ? 0 : VERBS.indexOf(record.verb)));
  const at = to.number(record?.at ?? 0); // so, and below: read, and heeded by nobody
  const id = to.string(record?.id ?? '');
  const has = to.uint(
    (record?.lateOf === undefined ? 0 : 1) +
      (record?.stock === undefined ? 0 : 2) +
      (record?.isMove === true ? 4 : 0) +
      (record?.values === entry.state.values ? 8 : 0),
  );
  // Most keys have nothing but what began them.
  const values = (has & 8) === 0 ? to.values(record?.values ?? []) : entry.state.values;
  const late = (has & 1) === 0 ? null : { lateOf: to.number(record?.lateOf ?? 0) };
  const stock = (has & 2) === 0 ? null : { stock: passStock(to, record?.stock) };
  const move = (has & 4) === 0 ? null : ({ isMove: true } as const);
  return { clock: entry.clock, key: entry.key, verb, at, id, values, ...late, ...stock, ...move };
}
function passStock(to: Passing, stock: VerbRecord['stock']): NonNullable<VerbRecord['stock']> {
  const opened = to.number(stock?.opened ?? 0);
  const pausedMs = to.number(stock?.pausedMs ?? 0);
  return { opened, pausedMs, isPaused: to.uint(stock?.isPaused === true ? 1 : 0) === 1 };
}

const MET = [null, false, true] as const;

function passSaid(to: Passing, said: Said | undefined): Said {
  const revision = to.uint(said?.revision ?? 0);
  const isWithdrawn = to.uint(said?.isWithdrawn === true ? 1 : 0) === 1;
  const lateByMs = to.number(said?.lateByMs ?? 0); // read: heeded by nobody
  return { fact: passFact(to, said?.fact), revision, isWithdrawn, lateByMs };
}
function passFact(to: Passing, fact: Fact | undefined): Fact {
  const maybe = (value: number | null | undefined): number | null => {
    const isThere = to.uint(value === null || value === undefined ? 0 : 1) === 1;
    return isThere ? to.number(value ?? 0) : null;
  };
  return {
    kind: elementAt(KINDS, to.uint(fact === undefined ? 0 : KINDS.indexOf(fact.kind))),
    percent: to.uint(fact?.percent ?? 0),
    run: to.uint(fact?.run ?? 0),
    life: to.uint(fact?.life ?? 0),
    at: to.number(fact?.at ?? 0),
    started: to.number(fact?.started ?? 0),
    ended: maybe(fact?.ended),
    due: maybe(fact?.due),
    elapsedMs: to.number(fact?.elapsedMs ?? 0),
    workingMs: to.number(fact?.workingMs ?? 0),
    pausedMs: to.number(fact?.pausedMs ?? 0),
    targetMs: maybe(fact?.targetMs),
    met: must(MET.map((met) => ({ met }))[to.uint(fact === undefined ? 0 : MET.indexOf(fact.met))]).met,
    restarts: to.uint(fact?.restarts ?? 0),
    isLate: to.uint(fact?.isLate === true ? 1 : 0) === 1,
    values: to.values(fact?.values ?? []),
  };
}
