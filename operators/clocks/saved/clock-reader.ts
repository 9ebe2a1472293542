/** Reads clocks as saved-form.ts says. */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json, State } from '../../../engine/core/types.ts';
import { ByteReader } from '../../kpis/saved/bytes.ts';
import { VERBS, type Fact, type KeyState, type Said, type Values, type VerbRecord } from '../clock.ts';
import { freshKey, type ClockKey, type Tail } from '../key-log.ts';
import { freshState } from '../key-state.ts';
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

export interface PartHearing {
  /** The number of this clock now, and the names of its fields; undefined: it is gone. */
  clock(saved: SavedClock): { readonly number: number; readonly fields: readonly string[] } | undefined;
  /** `entry` holds until this returns. */
  key(entry: ClockKey, of: SavedClock): void;
  gone(clock: number, key: string): void;
}

/** Returns what it knows of time. */
export function readPart(part: State, hearing: PartHearing): SavedTime {
  if (!(part instanceof Uint8Array)) throw unreadable('it is not of clocks');
  return new PartReader(part).read(hearing);
}

class PartReader {
  readonly #bytes: ByteReader;
  readonly #texts: string[] = [];
  /** Of the fields now, the place in what is read; −1: it joined. */
  #places: readonly number[] = [];
  #isAsRead = true;
  readonly #entry: { clock: number; key: string; state: KeyState; tail: Tail | null } = freshKey(-1, '');

  constructor(part: Uint8Array) {
    this.#bytes = new ByteReader(part);
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
    for (let keys = bytes.uint(); keys > 0; keys--) {
      const key = bytes.string();
      if (bytes.uint() === 0) {
        if (now !== undefined) hearing.gone(now.number, key);
        continue;
      }
      const entry = this.#key(now?.number ?? -1, key); // gone: nobody gets it
      if (now !== undefined) hearing.key(entry, saved);
    }
  }

  #key(clock: number, key: string): ClockKey {
    const entry = this.#entry;
    entry.clock = clock;
    entry.key = key;
    this.#state(entry.state);
    entry.tail = this.#bytes.uint() === 1 ? this.#tail(entry) : null;
    return entry;
  }
  #state(state: KeyState): void {
    const bytes = this.#bytes;
    const flags = bytes.uint();
    state.isOpen = (flags & STATE_FLAGS.open) !== 0;
    state.isBreached = (flags & STATE_FLAGS.breached) !== 0;
    state.run = bytes.uint();
    state.life = bytes.uint();
    state.restarts = bytes.uint();
    state.since = bytes.number();
    state.targetMs = bytes.number();
    state.calendar = bytes.number();
    state.warned = bytes.uint();
    state.next = bytes.number();
    state.values = this.#values();
    state.pauses = (flags & STATE_FLAGS.pauses) === 0 ? null : this.#list(() => bytes.number());
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
    for (let i = 0; i < length; i++) read[i] = this.#value();
    return this.#isAsRead ? read : this.#places.map((place) => (place < 0 ? undefined : read[place]));
  }
  #value(): Json | undefined {
    const kind = this.#bytes.uint();
    if (kind === 0) return undefined;
    const number = this.#bytes.uint();
    if (number === this.#texts.length) this.#texts.push(this.#bytes.string());
    const text = elementAt(this.#texts, number);
    return kind === 1 ? text : (JSON.parse(text) as Json);
  }
}
const NO_VALUES: Values = [];
