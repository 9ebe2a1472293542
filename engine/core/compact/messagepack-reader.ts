/** Reads the MessagePack of the gateway's own frames, in a browser too: values that JSON has as well. Throws on anything else. */
export class MessagePackReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #texts = new TextDecoder();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const marker = this.#unsigned(1);
    if (marker < 0x80) return marker;
    if (marker < 0x90) return this.#map(marker & 0x0f);
    if (marker < 0xa0) return this.#list(marker & 0x0f);
    if (marker < 0xc0) return this.#text(marker & 0x1f);
    if (marker >= 0xe0) return marker - 0x100;
    // From here on they come in runs by size: 1, 2, 4 and 8 bytes.
    if (marker >= 0xcc && marker <= 0xcf) return this.#unsigned(2 ** (marker - 0xcc));
    if (marker >= 0xd0 && marker <= 0xd3) return this.#signed(2 ** (marker - 0xd0));
    if (marker >= 0xd9 && marker <= 0xdb) return this.#text(this.#unsigned(2 ** (marker - 0xd9)));
    if (marker >= 0xdc && marker <= 0xdd) return this.#list(this.#unsigned(2 ** (marker - 0xdb)));
    if (marker >= 0xde && marker <= 0xdf) return this.#map(this.#unsigned(2 ** (marker - 0xdd)));
    switch (marker) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return marker === 0xc3;
      case 0xca:
        return this.#view.getFloat32(this.#past(4));
      case 0xcb:
        return this.#view.getFloat64(this.#past(8));
      default:
        throw new TypeError(`no value begins with ${marker}`);
    }
  }

  /** Where the next `size` bytes begin; those are read then. */
  #past(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }

  #unsigned(size: number): number {
    const at = this.#past(size);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    const high = this.#view.getUint32(at);
    return size === 4 ? high : high * 2 ** 32 + this.#view.getUint32(at + 4);
  }

  #signed(size: number): number {
    const at = this.#past(size);
    if (size === 1) return this.#view.getInt8(at);
    if (size === 2) return this.#view.getInt16(at);
    return size === 4 ? this.#view.getInt32(at) : Number(this.#view.getBigInt64(at));
  }

  #text(size: number): string {
    const at = this.#past(size);
    if (this.#at > this.#bytes.length) throw new RangeError('it ends early');
    return this.#texts.decode(this.#bytes.subarray(at, at + size));
  }

  #list(size: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < size; i++) items.push(this.value());
    return items;
  }

  #map(size: number): unknown {
    const fields: [string, unknown][] = [];
    for (let i = 0; i < size; i++) fields.push([String(this.value()), this.value()]);
    return Object.fromEntries(fields);
  }
}
