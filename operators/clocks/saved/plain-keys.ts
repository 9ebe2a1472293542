/**
 * Most saved keys go from their bytes into the columns without an object being made: those of which nothing may change any more that
 * happened, and those with the one record that began their run. What says more is left to clock-reader.ts, from its tail on.
 */
import type { Json } from '../../../engine/core/types.ts';
import { ByteReader } from '../../kpis/saved/bytes.ts';
import { VERBS, type KeyState, type Values } from '../clock.ts';
import { freshState } from '../key-state.ts';
import type { KeyColumns } from '../keys/key-columns.ts';
import { LONE, type Lone } from '../keys/lone-record.ts';
import type { PlainKey } from '../keys/plain-key.ts';
import type { PartValues } from './part-values.ts';
import { RECORD_FLAGS, STATE_FLAGS } from './saved-form.ts';

const STOCK = VERBS.indexOf('stock');

export class PlainKeys implements PlainKey {
  readonly source: Uint8Array;
  readonly state = freshState();
  keyFrom = 0;
  keyLength = 0;
  values = new Int32Array(16);
  count = 0;
  lone: Lone = LONE.none;
  verb = 0;
  idFrom = 0;
  idLength = 0;
  #keyAt = 0;
  readonly #bytes: ByteReader;
  readonly #said: PartValues;
  readonly #columns: KeyColumns;

  constructor(bytes: ByteReader, said: PartValues, columns: KeyColumns) {
    this.source = bytes.source;
    this.#bytes = bytes;
    this.#said = said;
    this.#columns = columns;
  }

  /** Reads a key and its state. False: nothing was read, since its key is not plain ASCII, or gone. */
  begin(): boolean {
    const bytes = this.#bytes;
    this.#keyAt = bytes.position;
    this.keyLength = bytes.uint();
    this.keyFrom = bytes.position;
    const isPlain = bytes.isPlain(this.keyLength);
    if (isPlain) bytes.skip(this.keyLength);
    if (!isPlain || bytes.uint() === 0) {
      bytes.backTo(this.#keyAt);
      return false;
    }
    const flags = readNumbers(bytes, this.state);
    this.#values();
    this.state.pauses = (flags & STATE_FLAGS.pauses) === 0 ? null : readPauses(bytes);
    return true;
  }
  /** Puts it in. False: there is more to it than the columns take so, from its tail on, which is still to be read. */
  putIn(clock: number): boolean {
    if (this.state.pauses !== null) return false;
    const bytes = this.#bytes;
    const from = bytes.position;
    this.lone = bytes.uint() === 0 ? LONE.none : this.#isBegun() ? LONE.begun : LONE.ending;
    if (this.lone === LONE.ending) {
      bytes.backTo(from);
      return false;
    }
    this.#columns.putPlain(clock, this);
    return true;
  }
  /** What the state keeps. */
  get kept(): Values {
    const kept = new Array<Json | undefined>(this.count);
    for (let i = 0; i < this.count; i++) kept[i] = this.#columns.valueNumbers.valueOf(this.values[i] as number);
    return kept;
  }
  get key(): string {
    return new ByteReader(this.source, this.#keyAt).string();
  }

  #values(): void {
    const count = this.#bytes.uint();
    if (count > this.values.length) this.values = new Int32Array(2 * count);
    for (let i = 0; i < count; i++) this.values[i] = this.#said.number(this.#columns.valueNumbers);
    this.count = count;
  }
  /** Whether the tail is one record that began the run, as `loneIn` says of a tail. */
  #isBegun(): boolean {
    const bytes = this.#bytes;
    const { state } = this;
    if (!state.isOpen || state.run !== 1 || state.life > 0 || state.restarts > 0) return false;
    // Nothing was known before it; one counts; it was never cut; there is one.
    if (bytes.uint() !== 0 || bytes.uint() !== 1 || bytes.uint() !== 0 || bytes.uint() !== 1) return false;
    this.verb = bytes.uint();
    if (this.verb === STOCK || this.verb >= VERBS.length || bytes.number() !== state.since) return false;
    this.idLength = bytes.uint();
    this.idFrom = bytes.position;
    if (!bytes.isPlain(this.idLength)) return false;
    bytes.skip(this.idLength);
    // It has the values of the state, nothing was said and nothing ignored.
    return bytes.uint() === RECORD_FLAGS.sameValues && bytes.uint() === 0 && bytes.uint() === 0;
  }
}

/** All of a state but its values and pauses. Returns its flags. */
export function readNumbers(bytes: ByteReader, state: KeyState): number {
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
  return flags;
}
export function readPauses(bytes: ByteReader): number[] {
  const pauses: number[] = [];
  for (let i = bytes.uint(); i > 0; i--) pauses.push(bytes.number());
  return pauses;
}
