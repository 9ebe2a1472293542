/**
 * Running totals after 10⁸ evictions: each slice comes in, and leaves again; what is left must be bit for bit what was there
 * before, and at every look what a new sum over the slices gives. Beside it a plain float sum of the same values.
 */
import { fileURLToPath } from 'node:url';
import { mean, sum } from '../operators/aggregates/sum.ts';
import type { InvertibleCellAggregate } from '../operators/aggregates/aggregate.ts';
import { record, type Row } from './record.ts';

const WINDOW = 3600;
/** Steps of 0.1, the largest values beside the smallest, and signs that alternate: what makes float sums drift. */
const SERIES: Readonly<Record<string, (i: number) => number>> = {
  'steps of 0.1': (i) => (i % 1009) * 0.1,
  '1e12 and 1e-6': (i) => (i % 3 === 0 ? 1e12 : i % 3 === 1 ? 1e-6 : -1e12),
  'any, of either sign': (i) => (((Math.imul(i, 2654435761) >>> 0) / 2 ** 32) * 2 - 1) * 10 ** (i % 13),
};

function run(name: string, aggregate: InvertibleCellAggregate, series: (i: number) => number, evictions: number): Row {
  const { width } = aggregate;
  // 1,009 · 7 slices in turn: not a multiple of the window, so that what comes in is not what leaves.
  const parts = 7063;
  const cells = new Float64Array(parts * width);
  const values = Array.from({ length: parts }, (_, i) => series(i));
  values.forEach((value, i) => aggregate.add(cells, i * width, value));
  const total = new Float64Array(width);
  let float = 0;
  const from = process.hrtime.bigint();
  let entering = 0;
  let leaving = 0;
  for (let i = 0; i < evictions + WINDOW; i++) {
    aggregate.merge(total, 0, cells, entering * width);
    float += values[entering] ?? 0;
    if (++entering === parts) entering = 0;
    if (i < WINDOW) continue;
    aggregate.remove(total, 0, cells, leaving * width);
    float -= values[leaving] ?? 0;
    if (++leaving === parts) leaving = 0;
  }
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  const recomputed = new Float64Array(width);
  let floatRecomputed = 0;
  for (let at = leaving; at !== entering; at = (at + 1) % parts) {
    aggregate.merge(recomputed, 0, cells, at * width);
    floatRecomputed += values[at] ?? 0;
  }
  const isExact = total.every((cell, i) => Object.is(cell + 0, (recomputed[i] ?? NaN) + 0));
  if (!isExact) process.exitCode = 1;
  return {
    aggregate: name,
    evictions,
    seconds: Math.round(seconds * 10) / 10,
    off_by_cells: total.reduce((off, cell, i) => off + Math.abs(cell - (recomputed[i] ?? NaN)), 0),
    a_float_sum_is_off_by: Math.abs(float - floatRecomputed),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isSmoke = process.argv.includes('--smoke');
  const evictions = isSmoke ? 1_000_000 : 100_000_000;
  record(
    isSmoke ? 'drift-smoke' : 'drift',
    `what running totals have drifted by after ${evictions.toLocaleString('en')} evictions, against the sum of the slices computed again: the exact sums of sum and mean, and beside them a plain float sum`,
    Object.entries(SERIES).flatMap(([series, of]) => [
      run(`sum, ${series}`, sum, of, evictions),
      ...(series === 'steps of 0.1' ? [run(`mean, ${series}`, mean, of, evictions)] : []),
    ]),
  );
}
