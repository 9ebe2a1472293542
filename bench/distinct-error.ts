/**
 * How far `distinct` is from the truth beyond 1,000 labels: many sets of labels of each size, no two alike. The error of
 * HyperLogLog is that of the hashes drawn, so only many draws tell what to expect.
 */
import { fileURLToPath } from 'node:url';
import { distinct } from '../operators/aggregates/distinct.ts';
import { record, type Row } from './record.ts';

const SIZES = [1001, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000] as const;

/** The estimate less the truth, as a share of it, for as many sets of labels as asked for. */
export function distinctErrors(size: number, sets: number, name = 'set'): number[] {
  return Array.from({ length: sets }, (_, set) => {
    const state = distinct.zero();
    for (let i = 0; i < size; i++) distinct.add(state, `${name}-${set}-${i}`);
    return (distinct.lower(state, { spanMs: 1 }).value ?? NaN) / size - 1;
  });
}

function rowOf(size: number, sets: number): Row {
  const errors = distinctErrors(size, sets);
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const percent = (share: number): number => Math.round(share * 1e5) / 1e3;
  return {
    labels: size,
    sets,
    mean_error_percent: percent(errors.reduce((sum, error) => sum + error, 0) / sets),
    standard_error_percent: percent(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / sets)),
    p99_percent: percent(sizes[Math.ceil(0.99 * sets) - 1] ?? NaN),
    worst_percent: percent(sizes.at(-1) ?? NaN),
    within_2_percent_of_sets: percent(sizes.filter((error) => error <= 0.02).length / sets),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const labels = process.argv.includes('--smoke') ? 1_000_000 : 60_000_000;
  record(
    'distinct-error',
    'relative error of `distinct` over sets of different labels (53-bit hashes, 2¹⁴ registers); HyperLogLog promises a standard error of 1.04 / √(2¹⁴) = 0.8125 %, of which 2 % is 2.46',
    SIZES.map((size) => rowOf(size, Math.max(20, Math.min(2000, Math.floor(labels / size))))),
  );
}
