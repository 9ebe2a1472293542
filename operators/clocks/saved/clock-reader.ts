/** Reads clocks as saved-form.ts says. */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json, State } from '../../../engine/core/types.ts';
import { ByteReader } from '../../kpis/saved/bytes.ts';
import { VERBS, type Fact, type KeyState, type Said, type Values, type VerbRecord } from '../clock.ts';
import { freshKey, type ClockKey, type Tail } from '../key-log.ts';
import { copyInto, freshState } from '../key-state.ts';
import type { KeyColumns } from '../keys/key-columns.ts';
import { PartValues } from './part-values.ts';
import { PlainKeys, readNumbers, readPauses } from './plain-keys.ts';
import {
  FORMAT,
  KINDS,
  MET,
  RECORD_FLAGS,
  STATE_FLAGS,
  unreadable,
  type SavedClock,
  type SavedTime,
} from './saved-form.ts';

/** A clock as it is configured now. */
export interface ClockNow {
  readonly number: number;
  /** Names of its fields. */
  readonly fields: readonly string[];
  /** Where its keys may go as they were saved, without being heard (plain-keys.ts); null: each is heard. */
  readonly columns: KeyColumns | null;
}
export interface PartHearing {
  /** undefined: it is gone. */
  clock(saved: SavedClock): ClockNow | undefined;
  /** `entry` holds until this returns. */
  key(entry: ClockKey, of: SavedClock): void;
  gone(clock: number, key: string): void;
}

/** Returns what it knows of time. */
export function readPart(part: State, hearing: PartHearing): SavedTime {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not of clocks');
  return new PartReader(part).read(hearing);
}

/** How many keys it speaks of, of the first of its clocks: a part of a snapshot has one. */
export function keysIn(part: State): number {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not of clocks');
  const bytes = new ByteReader(part);
  if (bytes.uint() !== FORMAT) throw unreadable('it is of another version');
  bytes.number();
  bytes.number();
  if (bytes.done) return 0;
  bytes.skip(bytes.uint());
  for (let fields = bytes.uint(); fields > 0; fields--) bytes.skip(bytes.uint());
  for (let texts = 2; texts > 0; texts--) bytes.skip(bytes.uint());
  return bytes.uint();
}

class PartReader {
  readonly #bytes: ByteReader;
  readonly #kept: PartValues;
  /** Of the fields now, the place in what is read; −1: it joined. */
  #places: readonly number[] = [];
  #isAsRead = true;
  readonly #entry: { clock: number; key: string; state: KeyState; tail: Tail | null } = freshKey(-1, '');

  constructor(part: Uint8Array) {
    this.#bytes = new ByteReader(part);
    this.#kept = new PartValues(this.#bytes);
  }

  read(hearing: PartHearing): SavedTime {
    const bytes = this.#bytes;
    if (bytes.uint() !== FORMAT) throw unreadable('it is of another version');
    const time: SavedTime = { maxTs: bytes.number(), now: bytes.number() };
    while (!bytes.done) this.#clock(hearing);
    return time;
  }
  #clock(hearing: PartHearing): void {
    const bytes = this.#bytes;
    const id = bytes.string();
    const fields = this.#list(() => bytes.string());
    const saved: SavedClock = { id, fields, timing: bytes.string(), choosing: bytes.string() };
    const now = hearing.clock(saved);
    this.#places = (now?.fields ?? fields).map((field) => fields.indexOf(field)); // gone: read, and passed over
    this.#isAsRead = this.#places.length === fields.length && this.#places.every((place, i) => place === i);
    if (now !== undefined && now.columns !== null && this.#isAsRead)
      this.#keysInto(now.columns, now.number, saved, hearing);
    else for (let keys = bytes.uint(); keys > 0; keys--) this.#heard(now?.number, saved, hearing);
  }
  #keysInto(columns: KeyColumns, clock: number, saved: SavedClock, hearing: PartHearing): void {
    const plain = new PlainKeys(this.#bytes, this.#kept, columns);
    for (let keys = this.#bytes.uint(); keys > 0; keys--)
      if (!plain.begin()) this.#heard(clock, saved, hearing);
      else if (!plain.putIn(clock)) hearing.key(this.#restOf(plain, clock), saved);
    this.#kept.release(columns.valueNumbers);
  }
  /** `clock`: undefined: it is gone, and so nobody gets what is read. */
  #heard(clock: number | undefined, saved: SavedClock, hearing: PartHearing): void {
    const key = this.#bytes.string();
    if (this.#bytes.uint() === 0) {
      if (clock !== undefined) hearing.gone(clock, key);
      return;
    }
    const entry = this.#key(clock ?? -1, key); // gone
    if (clock !== undefined) hearing.key(entry, saved);
  }

  #key(clock: number, key: string): ClockKey {
    const entry = this.#entry;
    entry.clock = clock;
    entry.key = key;
    this.#state(entry.state);
    entry.tail = this.#bytes.uint() === 1 ? this.#tail(entry) : null;
    return entry;
  }
  /** Of which all but the tail was read. */
  #restOf(plain: PlainKeys, clock: number): ClockKey {
    const entry = this.#entry;
    entry.clock = clock;
    entry.key = plain.key;
    copyInto(entry.state, plain.state);
    entry.state.values = plain.kept;
    entry.tail = this.#bytes.uint() === 1 ? this.#tail(entry) : null;
    return entry;
  }
  #state(state: KeyState): void {
    const flags = readNumbers(this.#bytes, state);
    state.values = this.#values();
    state.pauses = (flags & STATE_FLAGS.pauses) === 0 ? null : readPauses(this.#bytes);
  }
  #tail(of: ClockKey): Tail {
    const bytes = this.#bytes;
    let base: KeyState | null = null;
    if (bytes.uint() === 1) this.#state((base = freshState()));
    return {
      base,
      applied: bytes.uint(),
      from: this.#maybe(),
      records: this.#list(() => this.#record(of)),
      said: this.#list(() => this.#said()),
      ignored: this.#list(() => elementAt(VERBS, bytes.uint())),
    };
  }
  #record({ clock, key, state }: ClockKey): VerbRecord {
    const bytes = this.#bytes;
    const verb = elementAt(VERBS, bytes.uint());
    const at = bytes.number();
    const id = bytes.string();
    const flags = bytes.uint();
    const values = (flags & RECORD_FLAGS.sameValues) === 0 ? this.#values() : state.values;
    const record: VerbRecord = { clock, key, verb, at, id, values };
    if ((flags & ~RECORD_FLAGS.sameValues) === 0) return record;
    return {
      ...record,
      ...((flags & RECORD_FLAGS.late) === 0 ? null : { lateOf: bytes.number() }),
      ...((flags & RECORD_FLAGS.stock) === 0 ? null : { stock: this.#stock() }),
      ...((flags & RECORD_FLAGS.move) === 0 ? null : ({ isMove: true } as const)),
    };
  }
  #stock(): NonNullable<VerbRecord['stock']> {
    const bytes = this.#bytes;
    return { opened: bytes.number(), pausedMs: bytes.number(), isPaused: bytes.uint() === 1 };
  }
  #said(): Said {
    const bytes = this.#bytes;
    const [revision, isWithdrawn, lateByMs] = [bytes.uint(), bytes.uint() === 1, bytes.number()];
    return { fact: this.#fact(), revision, isWithdrawn, lateByMs };
  }
  #fact(): Fact {
    const bytes = this.#bytes;
    return {
      kind: elementAt(KINDS, bytes.uint()),
      percent: bytes.uint(),
      run: bytes.uint(),
      life: bytes.uint(),
      at: bytes.number(),
      started: bytes.number(),
      ended: this.#maybe(),
      due: this.#maybe(),
      elapsedMs: bytes.number(),
      workingMs: bytes.number(),
      pausedMs: bytes.number(),
      targetMs: this.#maybe(),
      met: elementAt<boolean | null>(MET, bytes.uint()),
      restarts: bytes.uint(),
      isLate: bytes.uint() === 1,
      values: this.#values(),
    };
  }
  #maybe(): number | null {
    return this.#bytes.uint() === 0 ? null : this.#bytes.number();
  }
  #list<T>(read: () => T): T[] {
    const list: T[] = [];
    for (let i = this.#bytes.uint(); i > 0; i--) list.push(read());
    return list;
  }

  #values(): Values {
    const length = this.#bytes.uint();
    if (length === 0) return NO_VALUES;
    const read = new Array<Json | undefined>(length);
    for (let i = 0; i < length; i++) read[i] = this.#kept.value();
    return this.#isAsRead ? read : this.#places.map((place) => (place < 0 ? undefined : read[place]));
  }
}
const NO_VALUES: Values = [];
