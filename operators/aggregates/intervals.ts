/** 95 % intervals. All take and give plain fractions or values; scaling to percent is the caller's. */

import { Z } from '../../engine/core/share.ts';

/** The difference of two shares of one sample, as for NPS: variance p + d − (p − d)². Fractions; null below two answers. */
export function difference(up: number, down: number, n: number): readonly [number, number] | null {
  if (n < 2) return null;
  const p = up / n;
  const d = down / n;
  const half = Z * Math.sqrt(Math.max(0, p + d - (p - d) * (p - d)) / n);
  return [Math.max(-1, p - d - half), Math.min(1, p - d + half)];
}

/** The mean of a sample, by its standard error (sample variance); null below two values. */
export function meanInterval(n: number, sum: number, sumOfSquares: number): readonly [number, number] | null {
  if (n < 2) return null;
  const mean = sum / n;
  const variance = Math.max(0, (sumOfSquares - sum * mean) / (n - 1));
  const half = Z * Math.sqrt(variance / n);
  return [mean - half, mean + half];
}
