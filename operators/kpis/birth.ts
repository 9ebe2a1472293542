/**
 * When a KPI joined a store that had run without it: because it is new, was added again, or was reset. What it counts of the
 * windows that began before is only a part; and what of them had closed by then was reported in an earlier life, or never.
 */
import { END_OF_TIME, START_OF_TIME, type Millis } from '../../engine/core/types.ts';

export interface Birth {
  /** The highest event time before it: a window that begins at or before that lacks events, perhaps. */
  readonly maxTs: Millis;
  /** How far time was: a window that ended by then is not reported, as it may have been already under the same revision. */
  readonly watermark: Millis;
}

/** Of a KPI that has counted from the beginning of its input on. */
export const NO_BIRTH: Birth = { maxTs: START_OF_TIME, watermark: START_OF_TIME };

/**
 * Of several partitions, while it is not known of each of them when the KPI joined it: every window may lack events. In saved
 * state too, in the place of `maxTs`.
 */
export const JOINING: Millis = END_OF_TIME;

/** Of two that are known of one KPI: what either demands holds. */
export function laterBirth(a: Birth, b: Birth): Birth {
  return { maxTs: Math.max(a.maxTs, b.maxTs), watermark: Math.max(a.watermark, b.watermark) };
}
