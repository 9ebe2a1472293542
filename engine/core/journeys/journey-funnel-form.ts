/** The funnel of a journey as the API gives it: plain JSON. Of journeys that ended in the range. */
export interface FunnelStep {
  readonly step: string;
  readonly reached: number;
  /** Percent of those who reached it that reached the next one as well; null: it is the last, or nobody reached it. */
  readonly to_next: number | null;
  /** Who reached it, and none after it. */
  readonly dropped: number;
  /** Percent of those who reached it. */
  readonly drop_off: number | null;
  /** Mean seconds until another step; null: nobody went on. */
  readonly time_s: number | null;
  readonly passages: number;
  readonly stalls: number;
}

export interface BreakPoint {
  readonly step: string;
  readonly dropped: number;
  /** Percent of all who did not come to the end. */
  readonly share: number;
}

export interface JourneyFunnel {
  /** Journeys that ended: completed, or given up when they expired. */
  readonly ended: number;
  readonly completed: number;
  /** Percent. */
  readonly conversion: number | null;
  /** In the order of the configuration. */
  readonly steps: readonly FunnelStep[];
  /** Where most leave first. */
  readonly break_points: readonly BreakPoint[];
}
