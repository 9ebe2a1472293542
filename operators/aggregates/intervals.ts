/** 95 % intervals. All take and give plain fractions or values; scaling to percent is the caller's. */

/** The 0.975 quantile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a proportion (E. B. Wilson 1927, JASA 22:209–212), as fractions.
 * null when it is none: no trials, or more successes than trials (a ratio of two independent counts).
 */
export function wilson(successes: number, trials: number): readonly [number, number] | null {
  if (trials <= 0 || successes < 0 || successes > trials) return null;
  const p = successes / trials;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (Z / (1 + z2 / trials)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials));
  // At the ends the bound is the end itself; rounding must not push it past.
  return [successes === 0 ? 0 : middle - half, successes === trials ? 1 : middle + half];
}

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
