/** Texts in bytes: plain ASCII takes a byte a character, anything else two. What a text takes is its size, of a wide one minus one minus that. */

/** Shorter ones are put together faster than they are decoded: one list a length, to be filled. */
const UNITS = Array.from({ length: 65 }, (_, length) => new Array<number>(length).fill(0));

/** Writes it where there are two bytes for each of its units. Returns its size. */
export function putText(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  let i = 0;
  for (; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) break;
    bytes[at + i] = unit;
  }
  if (i === length) return length;
  for (i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    bytes[at + 2 * i] = unit;
    bytes[at + 2 * i + 1] = unit >>> 8;
  }
  return -1 - 2 * length;
}
/** Writes what is plain ASCII in other bytes. Returns its size. */
export function putPlain(bytes: Uint8Array, at: number, source: Uint8Array, from: number, length: number): number {
  for (let i = 0; i < length; i++) bytes[at + i] = source[from + i] as number;
  return length;
}

/** How many bytes a text of this size takes. */
export function bytesOf(size: number): number {
  return size < 0 ? -1 - size : size;
}
/** How many units it has. */
export function unitsOf(size: number): number {
  return size < 0 ? (-1 - size) >> 1 : size;
}
export function unitAt(bytes: Uint8Array, from: number, isWide: boolean, i: number): number {
  if (!isWide) return bytes[from + i] as number;
  return (bytes[from + 2 * i] as number) | ((bytes[from + 2 * i + 1] as number) << 8);
}
export function textAt(bytes: Uint8Array, from: number, size: number): string {
  const length = unitsOf(size);
  const units = UNITS[length];
  if (units === undefined) {
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(unitAt(bytes, from, size < 0, i));
    return text;
  }
  if (size >= 0) for (let i = 0; i < length; i++) units[i] = bytes[from + i] as number;
  else for (let i = 0; i < length; i++) units[i] = unitAt(bytes, from, true, i);
  return String.fromCharCode.apply(null, units);
}
