/** What the publisher and the watching client of the live-pace bench both know of the keys. */
export const STEADY_KEYS = 10;
export const STEADY_EVERY_MS = 50;
export const FRESH_EVERY_MS = 100;
export const BREACH_EVERY_MS = 200;

export type Journey = 'steady' | 'fresh' | 'breach';

/** By journey: how often events of it are due, over all its keys. */
export const DUE_EVERY_MS: Readonly<Record<Journey, number>> = {
  steady: STEADY_EVERY_MS / STEADY_KEYS,
  fresh: FRESH_EVERY_MS,
  breach: BREACH_EVERY_MS,
};
