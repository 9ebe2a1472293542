/** What a running partition tells about itself. Plain data, made on request. */
import { Histogram, POWERS_OF_TWO_MS, type HistogramView } from '../histogram.ts';
import { NO_CLOCK_FINDINGS, type ClockFindings } from './clock-findings.ts';
import { START_OF_TIME, type Millis } from '../types.ts';

/** `standby`: another instance is known to have it. `failed`: it is started again, unless the engine ends. */
export const HEALTH_STATES = ['starting', 'standby', 'running', 'blocked', 'failed', 'stopped'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];
export interface Health {
  readonly state: HealthState;
  /** Sentences; empty when all is well. */
  readonly reasons: readonly string[];
}

export interface PartitionStats {
  readonly partition: number;
  readonly health: Health;
  readonly epoch: number;
  /** As of the last commit: exact across crashes. Includes events_in and events_rejected. */
  readonly counters: Readonly<Record<string, number>>;
  /** Input sequence that is in the state; and that of the last commit. */
  readonly position: number;
  readonly committedPosition: number;
  readonly commits: number;
  readonly watermark: Millis;
  /** Now − watermark; null before the first event. */
  readonly lagMs: number | null;
  readonly isIdle: boolean;
  readonly batches: number;
  /** Queue depths. `ahead`: batches read and not yet run; `forwards`: published, not yet acknowledged; `outbox`: messages
   *  waiting for a commit; `uncommitted`: input messages run since the last commit was cut. */
  readonly ahead: number;
  readonly forwards: number;
  readonly outbox: number;
  readonly uncommitted: number;
  /** Depths of further queues, where they are reported: bytes of the outbox, what is read and not yet taken, what is on its way out. */
  readonly queues?: Readonly<Record<string, number>>;
  readonly commitMs: HistogramView;
  /** What the operators hold, by operator. */
  readonly size: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly deltaBytes: number;
  readonly snapshotBytes: number;
  readonly snapshots: number;
  /** How often it was started again here. */
  readonly restarts: number;
  readonly clocks: ClockFindings;
}

/** Of a partition that does not run here. */
export function idleStats(partition: number, health: Health): PartitionStats {
  const nothing = { ahead: 0, forwards: 0, outbox: 0, uncommitted: 0, deltaBytes: 0, snapshotBytes: 0, snapshots: 0 };
  return {
    ...{ partition, health, epoch: 0, counters: {}, position: 0, committedPosition: 0, commits: 0, batches: 0 },
    ...{
      watermark: START_OF_TIME,
      lagMs: null,
      isIdle: false,
      size: {},
      restarts: 0,
      ...nothing,
      clocks: NO_CLOCK_FINDINGS,
    },
    commitMs: new Histogram(POWERS_OF_TWO_MS).view(),
  };
}
