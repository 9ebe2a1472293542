/** Message headers in the form NATS sends them, so that what is sent again need not be encoded again. */
import { must } from '../../core/must.ts';

/** Headers that were encoded once, for however often they are sent: all that the client asks of them is `encode`. */
export class EncodedHeaders {
  readonly #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  encode(): Uint8Array {
    return this.#bytes;
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
// A line break would let data write headers of its own.
const LINE_BREAK = /[\r\n]/;
