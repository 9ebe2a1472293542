/**
 * Drift: the population stability index of measured values against a reference, Σ (a − e) · ln(a / e) over the shares of
 * equal bins (a measured, e expected). Below 0.1 nothing has moved; above 0.2 something has. Histograms are sums, so parts
 * combine and can be taken out again. Of few values it is above 0 by chance alone: about (bins − 1) / n.
 */
import { cellAt, numberAt } from '../../engine/core/must.ts';
import { countCells } from './cells.ts';
import type { InvertibleCellAggregate } from './aggregate.ts';

/** A share of none would make the index infinite. */
const LEAST_SHARE = 1e-4;

/** `reference`: how many values fell into each bin when all was well; null: none is known, and neither is the index. */
export function stability(
  bounds: { readonly min: number; readonly max: number; readonly bins: number },
  reference: readonly number[] | null,
): InvertibleCellAggregate {
  const { min, max, bins } = bounds;
  const expected = reference === null ? null : sharesOf(rebinned(reference, bins));
  return countCells({
    width: 1 + bins,
    add(cells, at, value) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - min) / (max - min)) * bins)));
      cells[at] = cellAt(cells, at) + 1;
      cells[at + 1 + bin] = cellAt(cells, at + 1 + bin) + 1;
    },
    lowerAt(cells, at) {
      const n = numberAt(cells, at);
      const counts = Array.from({ length: bins }, (_, bin) => numberAt(cells, at + 1 + bin));
      if (n === 0) return { value: null, n, interval: null };
      // What is not there in a small sample is not as rare as all that.
      const measured = sharesOf(counts).map((share) => Math.max(share, 0.5 / n));
      const value = expected === null ? null : indexOf(measured, expected);
      return { value, n, interval: null, detail: { counts } };
    },
  });
}

function indexOf(measured: readonly number[], expected: readonly number[]): number {
  return expected.reduce((sum, e, bin) => {
    const a = measured[bin] ?? LEAST_SHARE;
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => Math.max(LEAST_SHARE, count / total));
}

/** Fewer bins, each of as many neighbours: `bins` divides their number. */
function rebinned(counts: readonly number[], bins: number): readonly number[] {
  const each = counts.length / bins;
  return Array.from({ length: bins }, (_, bin) =>
    counts.slice(bin * each, (bin + 1) * each).reduce((a, b) => a + b, 0),
  );
}
