/** Writes MessagePack into a buffer that it uses again: numbers and texts in their shortest form, plain data as JSON sees it. */
import type { Json } from '../../core/types.ts';

const MOST_UNSIGNED = 2 ** 32;

export class MessagePackWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #texts = new TextEncoder();

  /** What was written since the last time, in bytes of its own. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** @param size below 2³². */
  list(size: number): void {
    this.#head(0x90, 16, 0xdc, size);
  }

  /** @param size below 2³². */
  map(size: number): void {
    this.#head(0x80, 16, 0xde, size);
  }

  text(text: string): void {
    const most = text.length * 3;
    if (most < 32) {
      const at = this.#grow(1 + most);
      const { written } = this.#texts.encodeInto(text, this.#bytes.subarray(at + 1));
      this.#bytes[at] = 0xa0 | written;
      this.#at = at + 1 + written;
      return;
    }
    const bytes = this.#texts.encode(text);
    if (bytes.length < 256 && bytes.length >= 32) {
      this.#one(0xd9);
      this.#one(bytes.length);
    } else {
      this.#head(0xa0, 32, 0xda, bytes.length);
    }
    this.raw(bytes);
  }

  number(value: number): void {
    if (Number.isSafeInteger(value)) this.integer(value);
    else if (Math.fround(value) === value) {
      const at = this.#grow(5);
      this.#bytes[at] = 0xca;
      this.#view.setFloat32(at + 1, value);
    } else {
      this.#double(value);
    }
  }

  /** @param value a safe one. */
  integer(value: number): void {
    if (value < 0) this.#negative(value);
    else if (value < 0x80) this.#one(value);
    else if (value < 0x100) {
      this.#one(0xcc);
      this.#one(value);
    } else if (value < 0x1_0000) this.#two(0xcd, value);
    else if (value < MOST_UNSIGNED) this.#four(0xce, value);
    else this.#double(value);
  }

  /** Fields that are undefined are left out, as JSON does. */
  json(value: Json | undefined): void {
    if (value === null || value === undefined) this.#one(0xc0);
    else if (typeof value === 'boolean') this.#one(value ? 0xc3 : 0xc2);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.text(value);
    else if (Array.isArray(value)) {
      const items = value as readonly Json[];
      this.list(items.length);
      for (const item of items) this.json(item);
    } else {
      const fields = Object.entries(value).filter(([, field]) => (field as Json | undefined) !== undefined);
      this.map(fields.length);
      for (const [name, field] of fields) {
        this.text(name);
        this.json(field);
      }
    }
  }

  #negative(value: number): void {
    if (value >= -0x20) this.#one(value + 0x100);
    else if (value >= -0x80) {
      this.#one(0xd0);
      this.#one(value + 0x100);
    } else if (value >= -0x8000) this.#two(0xd1, value);
    else if (value >= -0x8000_0000) this.#four(0xd2, value);
    else this.#double(value);
  }

  /** Integers of more than 32 bits too: as integers many readers make something else than a number of them. */
  #double(value: number): void {
    const at = this.#grow(9);
    this.#bytes[at] = 0xcb;
    this.#view.setFloat64(at + 1, value);
  }

  /** `short | size` where that fits, else a marker with two bytes of size, or the next one with four. */
  #head(short: number, below: number, marker: number, size: number): void {
    if (size < below) this.#one(short | size);
    else if (size < 0x1_0000) this.#two(marker, size);
    else this.#four(marker + 1, size);
  }

  #one(byte: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = byte;
  }
  #two(marker: number, value: number): void {
    const at = this.#grow(3);
    this.#bytes[at] = marker;
    this.#view.setUint16(at + 1, value);
  }
  #four(marker: number, value: number): void {
    const at = this.#grow(5);
    this.#bytes[at] = marker;
    this.#view.setUint32(at + 1, value);
  }

  /** Makes space for `size` bytes more, and says where they begin. */
  #grow(size: number): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
