/**
 * Numbers and strings in few bytes: what operators hand over as changed state, many times a second. Small integers, which
 * counts mostly are, take one byte.
 */
/** Lower first bytes are the number itself; from here on they say what follows. */
const FIRST_TAG = 0xf0;
const TWO_BYTES = 0xf0;
const FOUR_BYTES = 0xf1;
const POSITIVE = 0xf2;
const NEGATIVE = 0xf3;
const DOUBLE = 0xf4;
const encoder = new TextEncoder();
/** What comes back is what was written, a byte order mark at its beginning included. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Up to this length, plain ASCII is put together faster than it is handed to the decoder: one list a length, to be filled. */
const UNITS = Array.from({ length: 33 }, (_, length) => new Array<number>(length).fill(0));

/**
 * What goes over a form: a writer writes the values it is given, a reader heeds none and reads them; both give them back. So
 * one description of a form serves both ways (table-state.ts).
 */
export interface Bytes {
  uint(value: number): number;
  number(value: number): number;
  string(value: string): string;
}

export class ByteWriter implements Bytes {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }
  get length(): number {
    return this.#length;
  }
  /** What was written, as bytes of its own; the writer is reset. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
  /** An integer from 0 to 2⁵³. */
  uint(value: number): number {
    this.#reserve(9);
    if (value < 0x80) this.#bytes[this.#length++] = value;
    else this.#length = this.#putUint(value, this.#length);
    return value;
  }
  /** Any number. */
  number(value: number): number {
    this.#reserve(10);
    this.#length = this.#put(value, this.#length);
    return value;
  }
  /** An integer from 0 to 2⁵³, then `count` numbers of `source` from `from` on: what deltas are made of. */
  row(uint: number, source: Float64Array, from: number, count: number): void {
    this.#reserve(9 + 10 * count);
    const bytes = this.#bytes;
    let at = this.#length;
    if (uint < 0x80) bytes[at++] = uint;
    else if (uint < 0x4000) {
      bytes[at++] = uint | 0x80;
      bytes[at++] = uint >>> 7;
    } else at = this.#putUint(uint, at);
    for (let i = from; i < from + count; i++) {
      const value = source[i] as number;
      if (value >= 0 && value < FIRST_TAG && (value | 0) === value) bytes[at++] = value;
      else at = this.#put(value, at);
    }
    this.#length = at;
  }
  #put(value: number, start: number): number {
    const bytes = this.#bytes;
    let at = start;
    if (value >>> 0 === value) {
      if (value < FIRST_TAG) {
        bytes[at++] = value;
      } else if (value < 0x1_0000) {
        bytes[at++] = TWO_BYTES;
        bytes[at++] = value;
        bytes[at++] = value >>> 8;
      } else {
        bytes[at++] = FOUR_BYTES;
        bytes[at++] = value;
        bytes[at++] = value >>> 8;
        bytes[at++] = value >>> 16;
        bytes[at++] = value >>> 24;
      }
    } else if (Number.isSafeInteger(value)) {
      bytes[at++] = value < 0 ? NEGATIVE : POSITIVE;
      at = this.#putUint(Math.abs(value), at);
    } else {
      bytes[at++] = DOUBLE;
      this.#view.setFloat64(at, value, true);
      at += 8;
    }
    return at;
  }
  #putUint(value: number, start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let rest = value;
    while (rest >= 0x1000_0000) {
      const high = Math.floor(rest / 0x1000_0000);
      const low = (rest - high * 0x1000_0000) | 0;
      bytes[at] = low | 0x80;
      bytes[at + 1] = (low >>> 7) | 0x80;
      bytes[at + 2] = (low >>> 14) | 0x80;
      bytes[at + 3] = (low >>> 21) | 0x80;
      at += 4;
      rest = high;
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    return at;
  }
  string(value: string): string {
    const most = value.length * 3;
    this.#reserve(9 + most);
    if (value.length < UNITS.length && this.#putAscii(value)) return value;
    if (most < 0x80) {
      const { written } = encoder.encodeInto(value, this.#bytes.subarray(this.#length + 1));
      this.#bytes[this.#length] = written;
      this.#length += 1 + written;
    } else {
      const bytes = encoder.encode(value);
      this.uint(bytes.length);
      this.bytes(bytes);
    }
    return value;
  }
  /** A text of plain ASCII, of which these are the bytes. */
  ascii(source: Uint8Array, from: number, length: number): void {
    this.#reserve(9 + length);
    const bytes = this.#bytes;
    let at = (this.#length = this.#putUint(length, this.#length));
    for (let i = from; i < from + length; i++) bytes[at++] = source[i] as number;
    this.#length = at;
  }
  /** Short and plain ones are written faster than they are handed to the encoder. False: it is not plain, and nothing is written. */
  #putAscii(value: string): boolean {
    const bytes = this.#bytes;
    const start = this.#length + 1;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) return false;
      bytes[start + i] = unit;
    }
    bytes[this.#length] = value.length;
    this.#length = start + value.length;
    return true;
  }
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }
  /** What was written from here to there, once more. */
  again(from: number, to: number): void {
    this.#reserve(to - from);
    this.#bytes.copyWithin(this.#length, from, to);
    this.#length += to - from;
  }
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

export class ByteReader implements Bytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get position(): number {
    return this.#at;
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  /** All that is read. */
  get source(): Uint8Array {
    return this.#bytes;
  }
  /** What was read from there on is read again. */
  backTo(position: number): void {
    this.#at = position;
  }
  /** Goes past so many bytes. */
  skip(length: number): void {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the saved state ends too early');
    this.#at = end;
  }
  /** Whether the next bytes are plain ASCII, all there. */
  isPlain(length: number): boolean {
    const bytes = this.#bytes;
    const end = this.#at + length;
    for (let i = this.#at; i < end; i++) {
      const byte = bytes[i];
      if (byte === undefined || byte >= 0x80) return false;
    }
    return true;
  }
  uint(): number {
    const first = this.#bytes[this.#at] ?? 0x80; // it ends: said there
    if (first >= 0x80) return this.#longUint();
    this.#at += 1;
    return first;
  }
  #longUint(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let value = low;
    let scale = 0x1000_0000;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }
  number(): number {
    const byte = this.#byte();
    if (byte < FIRST_TAG) return byte;
    if (byte === TWO_BYTES) return this.#byte() + this.#byte() * 0x100;
    if (byte === FOUR_BYTES) {
      const value = this.#view.getUint32(this.#at, true);
      this.#at += 4;
      return value;
    }
    if (byte === POSITIVE) return this.uint();
    if (byte === NEGATIVE) return -this.uint();
    if (byte !== DOUBLE) throw new RangeError(`the saved state holds a number of kind ${byte}`);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }
  /** `count` numbers into `target`, from `from` on. */
  numbers(target: Float64Array, from: number, count: number): void {
    for (let i = from; i < from + count; i++) target[i] = this.number();
  }
  /** Goes past them. */
  skipNumbers(count: number): void {
    for (let i = 0; i < count; i++) this.number();
  }
  string(): string {
    const length = this.uint();
    const bytes = this.#bytes;
    const from = this.#at;
    const units = UNITS[length];
    if (units === undefined || from + length > bytes.length) return decoder.decode(this.bytes(length));
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] as number;
      if (byte >= 0x80) return decoder.decode(this.bytes(length));
      units[i] = byte;
    }
    this.#at = from + length;
    return String.fromCharCode.apply(null, units);
  }
  /** The bytes that are read meanwhile. */
  passed(read: () => void): Uint8Array {
    const from = this.#at;
    read();
    return this.#bytes.subarray(from, this.#at);
  }
  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the saved state ends too early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('the saved state ends too early');
    return byte;
  }
}
