/** What one of several partitions saves of what it has reported to who combines them. */
import type { Millis } from '../../../engine/core/types.ts';

export interface Reported {
  readonly number: number;
  readonly watermark: Millis;
  readonly isIdle: boolean;
  /** Absent in what former versions saved. The time reported last as an idle one, for as long as it is not known to count again; null: it counts. */
  readonly apart?: Millis | null;
  /** Absent in what former versions saved: under which KPIs this was written, and the highest time of all events until then. */
  readonly layout?: string;
  readonly maxTs?: Millis;
}
