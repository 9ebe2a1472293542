/**
 * Sums that do not depend on the order of their parts and never drift: each value counts in millionths, as an integer, and
 * the integer sum is kept in two cells, `high · 2³² + low` with 0 ≤ low < 2³². Exact while |sum| < 3.8e19, so that a value
 * taken out leaves what would be there had it never come in, however often that happens.
 */
import { cellAt, numberAt } from '../../engine/core/must.ts';

const UNIT = 1e6;
const LIMB = 0x1_0000_0000;

/** Larger values are not measured: a sum of them could leave the exact range. */
export const MAX_MAGNITUDE = 1e12;

export function addExact(cells: Float64Array, at: number, value: number): void {
  const units = Math.round(value * UNIT);
  const high = Math.floor(units / LIMB);
  carry(cells, at, cellAt(cells, at) + high, cellAt(cells, at + 1) + (units - high * LIMB));
}
export function mergeExact(cells: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  carry(cells, at, cellAt(cells, at) + cellAt(from, fromAt), cellAt(cells, at + 1) + cellAt(from, fromAt + 1));
}
export function removeExact(cells: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  carry(cells, at, cellAt(cells, at) - cellAt(from, fromAt), cellAt(cells, at + 1) - cellAt(from, fromAt + 1));
}
export function exactValue(cells: ArrayLike<number>, at: number): number {
  return (numberAt(cells, at) * LIMB + numberAt(cells, at + 1)) / UNIT;
}

function carry(cells: Float64Array, at: number, high: number, low: number): void {
  if (low >= LIMB) {
    cells[at] = high + 1;
    cells[at + 1] = low - LIMB;
  } else if (low < 0) {
    cells[at] = high - 1;
    cells[at + 1] = low + LIMB;
  } else {
    cells[at] = high;
    cells[at + 1] = low;
  }
}
