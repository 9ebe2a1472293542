/** What a running partition tells about itself. Plain data, made on request. */
import { START_OF_TIME, type Millis } from '../core/types.ts';

/** Upper bounds of the buckets, in ms: 0.25, 0.5, 1, … 8192; the last bucket has none. */
export const HISTOGRAM_BOUNDS_MS: readonly number[] = Array.from({ length: 16 }, (_, i) => 0.25 * 2 ** i);

export interface HistogramView {
  /** One per bound, then those above the last; not cumulated. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
}

export class Histogram {
  readonly #counts = new Array<number>(HISTOGRAM_BOUNDS_MS.length + 1).fill(0);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  record(ms: number): void {
    let bucket = 0;
    while (bucket < HISTOGRAM_BOUNDS_MS.length && ms > (HISTOGRAM_BOUNDS_MS[bucket] ?? Infinity)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#sumMs += ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  view(): HistogramView {
    return { counts: [...this.#counts], count: this.#count, sumMs: this.#sumMs, maxMs: this.#maxMs };
  }
}

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
  /** Depths of further queues, where they are told: bytes of the outbox, what is read and not yet taken, what is on its way out. */
  readonly queues?: Readonly<Record<string, number>>;
  readonly commitMs: HistogramView;
  /** What the operators hold, by operator. */
  readonly size: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly deltaBytes: number;
  readonly snapshotBytes: number;
  readonly snapshots: number;
  /** How often it was started again here. */
  readonly restarts: number;
}

/** Of a partition that does not run here. */
export function idleStats(partition: number, health: Health): PartitionStats {
  const nothing = { ahead: 0, forwards: 0, outbox: 0, uncommitted: 0, deltaBytes: 0, snapshotBytes: 0, snapshots: 0 };
  return {
    ...{ partition, health, epoch: 0, counters: {}, position: 0, committedPosition: 0, commits: 0, batches: 0 },
    ...{ watermark: START_OF_TIME, lagMs: null, isIdle: false, size: {}, restarts: 0, ...nothing },
    commitMs: new Histogram().view(),
  };
}
