/** Message headers in the form NATS sends them, so that what is sent again need not be encoded again. */
import { binaryHeaders, encodeAttribute, instantWriter, type MessageOrigin } from '../../../core/cloud-events.ts';
import { at, must } from '../../../core/must.ts';
import type { Outgoing } from '../../../core/types.ts';

/** Headers that were encoded once, for however often they are sent: all that the client asks of them is `encode`. */
export class EncodedHeaders {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  encode(): Uint8Array {
    return this.#bytes;
  }
  get length(): number {
    return this.#bytes.length;
  }
}

const encoder = new TextEncoder();
export function encodeHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  let text = 'NATS/1.0\r\n';
  for (const name in headers) {
    const value = must(headers[name]);
    if (LINE_BREAK.test(value) || LINE_BREAK.test(name)) throw new TypeError(`header ${name} holds a line break`);
    text += `${name}: ${value}\r\n`;
  }
  return encoder.encode(`${text}\r\n`);
}

/**
 * The headers of outputs (`binaryHeaders`) with their id as `Nats-Msg-Id`, encoded. What is the same for all of a type is put into
 * words once: types are few.
 */
export function outputHeaders(origin: MessageOrigin): (message: Outgoing) => EncodedHeaders {
  const headersOf = binaryHeaders(origin);
  const ofTypes = new Map<string, readonly [string, string, string]>();
  const instant = instantWriter();
  return (message) => {
    const { id, type, time } = message;
    let same = ofTypes.get(type);
    if (same === undefined) {
      same = aroundIdAndTime(headersOf(message));
      if (ofTypes.size < 1000) ofTypes.set(type, same);
    }
    const attribute = encodeAttribute(id);
    if (attribute !== id && LINE_BREAK.test(id)) throw new TypeError('header Nats-Msg-Id holds a line break');
    const [first, second, third] = same;
    // From the pool: small texts cost half of what memory of their own does.
    return new EncodedHeaders(Buffer.from(`${first}${attribute}${second}${instant(time)}${third}${id}\r\n\r\n`));
  };
}

/** What stands before the id, between it and the time, and after. */
function aroundIdAndTime(headers: Readonly<Record<string, string>>): readonly [string, string, string] {
  const parts = ['NATS/1.0\r\n'];
  const add = (text: string): void => {
    parts[parts.length - 1] = at(parts, parts.length - 1) + text;
  };
  for (const name in headers) {
    add(`${name}: `);
    if (name === 'ce-id' || name === 'ce-time') parts.push('\r\n');
    else add(`${must(headers[name])}\r\n`);
  }
  add('Nats-Msg-Id: ');
  return [at(parts, 0), at(parts, 1), at(parts, 2)];
}

// A line break would let data write headers of its own.
const LINE_BREAK = /[\r\n]/;
