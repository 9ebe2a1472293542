/**
 * How frames become bytes. Values are encoded once each ("pieces") and frames are put together from pieces, so that a
 * thousand clients with a hundred different filters cost a hundred joins, not a hundred thousand encodings.
 */
import type { Protocol } from '../core/wire.ts';

export type Piece = string | Uint8Array;
export type Lists = readonly (readonly [name: string, pieces: readonly Piece[]])[];

export interface Codec {
  readonly protocol: Protocol;
  /** Place of its pieces in caches: 0, 1, … */
  readonly index: number;
  /** WebSocket frames of this codec are binary. */
  readonly binary: boolean;
  piece(value: object): Piece;
  /** `head`'s fields, then each list under its name. */
  frame(head: object, lists?: Lists): Uint8Array;
  /** Throws on what is not of this form. */
  decode(bytes: Uint8Array): unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const jsonCodec: Codec = {
  protocol: 'earshot.v1.json',
  index: 0,
  binary: false,
  piece: (value) => JSON.stringify(value),
  frame(head, lists = []) {
    let text = JSON.stringify(head).slice(0, -1);
    for (const [name, pieces] of lists) text += `,"${name}":[${pieces.join(',')}]`;
    return encoder.encode(`${text}}`);
  },
  decode: (bytes) => JSON.parse(decoder.decode(bytes)) as unknown,
};
