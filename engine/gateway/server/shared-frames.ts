/**
 * WebSocket frames as bytes (RFC 6455 §5.2), from server to client: whole messages, unmasked. What is sent to many clients one
 * after the other is framed once, and goes to each socket in one write; by the library each would be framed for itself and
 * written in two parts, at 15 instead of 13 µs of CPU time a client. Packed frames (RFC 7692, without a context that goes on from
 * message to message) are shared in the same way; so much is packed a second, and what is beyond leaves as it is.
 */
import { constants, deflateRawSync } from 'node:zlib';
import type { Millis } from '../../core/types.ts';
import { RateLimit } from '../http/rate-limit.ts';

const TEXT = 0x81;
const BINARY = 0x82;
/** RSV1: the message is packed. */
const PACKED = 0x40;
/** What is shorter gains little. */
const LEAST_BYTES = 1_024;
const BLOCK = 1_024;
/** In blocks: 4 MiB a second at most, some 2 % of a core. */
const PACKING = { perSecond: 4_096, burst: 4_096 };
/** What every message costs besides its length: 0.06 ms, as much as 16 blocks. */
const EACH = 16;
/** A smaller window than the largest halves what a short message costs, and packs long ones as well. */
const DEFLATE = { level: 1, windowBits: 13, memLevel: 6, finishFlush: constants.Z_SYNC_FLUSH };
/** Ends what a sync flush wrote, and is left out (RFC 7692 §7.2.1). */
const TAIL_BYTES = 4;

export class SharedFrames {
  readonly #budget: RateLimit | null;
  #data: Uint8Array | undefined;
  #isBinary = false;
  #plain: Uint8Array | undefined;
  #packed: Uint8Array | undefined;

  /** @param elapsed left out: nothing is packed */
  constructor(elapsed?: () => Millis) {
    this.#budget = elapsed === undefined ? null : new RateLimit(PACKING, elapsed, 1);
  }

  /** The same bytes for the same `data` as long as nothing else was asked for. */
  of(data: Uint8Array, isBinary: boolean, mayPack = false): Uint8Array {
    if (data !== this.#data || isBinary !== this.#isBinary) {
      this.#data = data;
      this.#isBinary = isBinary;
      this.#plain = undefined;
      this.#packed = undefined;
    }
    const first = isBinary ? BINARY : TEXT;
    if (!mayPack || data.length < LEAST_BYTES) return (this.#plain ??= framed(data, first));
    return (this.#packed ??= this.#pack(data, first) ?? (this.#plain ??= framed(data, first)));
  }

  #pack(data: Uint8Array, first: number): Uint8Array | undefined {
    if (this.#budget === null || this.#budget.take('', EACH + Math.ceil(data.length / BLOCK)) > 0) return undefined;
    const packed = deflateRawSync(data, DEFLATE);
    return framed(packed.subarray(0, packed.length - TAIL_BYTES), first | PACKED);
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
