/** The funnel of a journey, as `GET /v1/journeys/<id>` answers it; what the pages read of it. */
export interface FunnelStep {
  readonly step: string;
  readonly reached: number;
  /** Percent of those who reached it that reached the next one as well; null: it is the last, or nobody reached it. */
  readonly to_next: number | null;
  /** Who reached it, and none after it. */
  readonly dropped: number;
  /** Mean seconds until another step; null: nobody went on. */
  readonly time_s: number | null;
  readonly stalls: number;
}
export interface JourneyFunnel {
  /** Journeys that ended: completed, or given up when they expired. */
  readonly ended: number;
  readonly completed: number;
  /** Percent. */
  readonly conversion: number | null;
  readonly steps: readonly FunnelStep[];
  /** Where most leave first; the share is of all who did not come to the end, in percent. */
  readonly break_points: readonly { readonly step: string; readonly dropped: number; readonly share: number }[];
}
