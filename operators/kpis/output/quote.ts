import type { Millis } from '../../../engine/core/types.ts';

/** A customer's own words, masked. */
export interface Quote {
  readonly ts: Millis;
  readonly text: string;
}
