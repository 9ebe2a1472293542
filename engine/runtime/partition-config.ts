/** What can be set of a partition. */
import type { Millis } from '../core/types.ts';

export interface PartitionConfig {
  readonly outOfOrdernessMs: Millis;
  readonly idleAfterMs: Millis;
  readonly commit: { readonly everyMs: Millis; readonly maxEvents: number };
  /** Most outputs of one input message that leave in one message; left out: each leaves alone. */
  readonly mostTogether?: number;
  /** How many partitions this one's input comes from, which tell their time with it; left out: it is input from outside. */
  readonly inputs?: number;
}
