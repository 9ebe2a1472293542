/** A session: while it is in memory, and as it was saved. */
import type { Millis } from '../../../engine/core/types.ts';
import type { Part } from '../../aggregates/aggregate.ts';

export interface Session {
  /** Names it in saved state. */
  readonly id: number;
  start: Millis;
  end: Millis;
  readonly part: Part;
  /** Of the report of exactly this window; −1: there was none. */
  revision: number;
  /** The watermark has passed its end. */
  closed: boolean;
  /** Merged into another, or forgotten. */
  gone: boolean;
  /** Changed since the last delta. */
  touched: boolean;
}
export function newSession(id: number, start: Millis, end: Millis, part: Part): Session {
  return { id, start, end, part, revision: -1, closed: true, gone: false, touched: true };
}

export interface SavedSession {
  /** 0: it was written before sessions had numbers, or by a partition that sends it on. */
  readonly id: number;
  readonly start: Millis;
  readonly end: Millis;
  readonly revision: number;
  /** undefined: what was read is nothing without what came before it, and that is not there. */
  readonly part: Part | undefined;
}
