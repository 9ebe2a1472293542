/**
 * Numbers and strings in few bytes: what operators hand over as changed state, many times a second. Small integers, which
 * counts mostly are, take one byte.
 */
const INTEGER = 0xf0;
const NEGATIVE = 0xf1;
const DOUBLE = 0xf2;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ByteWriter {
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
  /** What was written, as bytes of its own; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
  /** An integer from 0 to 2⁵³. */
  uint(value: number): void {
    this.#reserve(9);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }
  /** Any number. */
  number(value: number): void {
    if (value >= 0 && value < INTEGER && Number.isInteger(value)) {
      this.#reserve(1);
      this.#bytes[this.#length++] = value;
    } else if (Number.isSafeInteger(value)) {
      this.#reserve(1);
      this.#bytes[this.#length++] = value < 0 ? NEGATIVE : INTEGER;
      this.uint(Math.abs(value));
    } else {
      this.#reserve(9);
      this.#bytes[this.#length++] = DOUBLE;
      this.#view.setFloat64(this.#length, value, true);
      this.#length += 8;
    }
  }
  string(value: string): void {
    const most = value.length * 3;
    this.#reserve(9 + most);
    if (most < 0x80) {
      const { written } = encoder.encodeInto(value, this.#bytes.subarray(this.#length + 1));
      this.#bytes[this.#length] = written;
      this.#length += 1 + written;
    } else {
      const bytes = encoder.encode(value);
      this.uint(bytes.length);
      this.bytes(bytes);
    }
  }
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }
  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  uint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }
  number(): number {
    const byte = this.#byte();
    if (byte < INTEGER) return byte;
    if (byte === INTEGER) return this.uint();
    if (byte === NEGATIVE) return -this.uint();
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }
  string(): string {
    return decoder.decode(this.bytes(this.uint()));
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
