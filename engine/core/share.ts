/** Shares: how many of how many, in percent. Read by measures, and by boards that are sent only the two counts. No imports. */

/** The 0.975 quantile of the normal distribution. */
export const Z = 1.959963984540054;

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

/** `part` of `n` in percent. `n` is above 0. */
export function percentOf(part: number, n: number): number {
  return (part / n) * 100;
}

/** Wilson's interval of `part` of `n` in percent. */
export function percentInterval(part: number, n: number): readonly [number, number] | null {
  const interval = wilson(part, n);
  return interval === null ? null : [interval[0] * 100, interval[1] * 100];
}
