/**
 * A large table of few different numbers, kept as their places in a short list: one byte an entry instead of four. A look through a
 * text reads such tables for each character, all over them, and what they cost is how much of them the processor's cache holds.
 */
import { ensure } from '../../../../engine/core/must.ts';

export interface SmallTable {
  readonly places: Uint8Array;
  readonly values: Int32Array;
}

export function smallTable(table: Int32Array): SmallTable {
  const known = new Map<number, number>([[0, 0]]);
  const places = Uint8Array.from(table, (value) => {
    const place = known.get(value) ?? known.size;
    known.set(value, place);
    return place;
  });
  ensure(known.size <= 256, 'no more different numbers than a byte tells apart');
  return { places, values: Int32Array.from(known.keys()) };
}
