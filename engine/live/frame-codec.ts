/**
 * How frames become bytes. Values are encoded once each ("pieces") and frames are put together from pieces, so that a
 * thousand clients with a hundred different filters cost a hundred joins, not a hundred thousand encodings.
 */
import type { Protocol } from '../core/wire.ts';
import { type Filter, visibleKpi } from './filter.ts';
import type { Cell } from './live-board.ts';

export type Piece = string | Uint8Array;
export type Lists = readonly (readonly [name: string, pieces: readonly Piece[]])[];

export interface Codec {
  readonly protocol: Protocol;
  /** Of the protocol, as `hello` says it. */
  readonly version: 1 | 2;
  /** Place of its pieces in caches: 0, 1, … */
  readonly index: number;
  /** WebSocket frames of this codec are binary. */
  readonly binary: boolean;
  /** Clients may say what they have to say as JSON text too. */
  readonly readsText: boolean;
  piece(value: object): Piece;
  /**
   * The list `kpis` of a frame: these values as `filter` may see them.
   * @param since what a reader already has, which may be left out; -1: nothing
   */
  kpis(cells: readonly Cell[], filter: Filter, since: number): readonly Piece[];
  /** `head`'s fields, then each list under its name. */
  frame(head: object, lists?: Lists): Uint8Array;
  /** Throws on what is not of this form. */
  decode(bytes: Uint8Array): unknown;
}

/** A value as this filter may see it, encoded: once for all that may see the whole of it. */
export function cellPiece(cell: Cell, filter: Filter, codec: Codec): Piece {
  const visible = visibleKpi(filter, cell.message);
  if (visible !== cell.message) return codec.piece(visible);
  return (cell.pieces[codec.index] ??= codec.piece(visible));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export const jsonCodec: Codec = {
  protocol: 'earshot.v1.json',
  version: 1,
  index: 0,
  binary: false,
  readsText: true,
  piece: (value) => JSON.stringify(value),
  kpis: (cells, filter) => cells.map((cell) => cellPiece(cell, filter, jsonCodec)),
  frame(head, lists = []) {
    let text = JSON.stringify(head).slice(0, -1);
    for (const [name, pieces] of lists) text += `,"${name}":[${pieces.join(',')}]`;
    return encoder.encode(`${text}}`);
  },
  decode: (bytes) => JSON.parse(decoder.decode(bytes)) as unknown,
};
