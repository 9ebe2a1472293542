/** How far the engine is, over its partitions. */
import { END_OF_TIME, type Millis, START_OF_TIME } from '../core/types.ts';

export interface PartitionTime {
  readonly watermark: Millis;
  readonly lagMs: Millis;
  /** When it reported. */
  readonly at: Millis;
}

export interface Progress {
  /** The lowest of the partitions, RFC 3339; null: none is known. */
  readonly watermark: string | null;
  /** The greatest of the partitions. */
  readonly lagMs: number;
  /** Since the engine last reported; null: it never did. */
  readonly ageMs: number | null;
}

export function progressOf(partitions: Iterable<PartitionTime>, now: Millis): Progress {
  let watermark = END_OF_TIME;
  let lagMs = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const partition of partitions) {
    watermark = Math.min(watermark, partition.watermark);
    lagMs = Math.max(lagMs, partition.lagMs);
    last = Math.max(last, partition.at);
  }
  const known = watermark > START_OF_TIME && watermark < END_OF_TIME;
  return {
    watermark: known ? new Date(watermark).toISOString() : null,
    lagMs: Math.round(lagMs),
    ageMs: last === Number.NEGATIVE_INFINITY ? null : Math.max(0, now - last),
  };
}
