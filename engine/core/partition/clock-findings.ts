/** What a partition says of its sources' clocks: data, made on request by `ClockWatch`. */
import type { Millis } from '../types.ts';

export interface SourceAhead {
  readonly source: string;
  /** Of its last event that was ahead. */
  readonly leadMs: Millis;
  readonly events: number;
}

export interface ClockFindings {
  /** The furthest first; their number is bounded. */
  readonly ahead: readonly SourceAhead[];
  /** There are more than are listed. */
  readonly isMore: boolean;
  /** Where more than half of the events are too late for every window. `sources`: whose, the most frequent first. */
  readonly late: { readonly events: number; readonly of: number; readonly sources: readonly string[] } | null;
}

export const NO_CLOCK_FINDINGS: ClockFindings = { ahead: [], isMore: false, late: null };
