/** What the engine and a thread of partitions say to each other: plain data, since it is copied from one to the other. */
import type { EngineKeys } from '../../adapters/keys/engine-keys.ts';
import type { BrokerAddress } from '../../adapters/nats/connection-options.ts';
import type { ThreadLogLine } from '../../adapters/process/thread-log.ts';
import type { MessageOrigin } from '../../core/cloud-events.ts';
import type { Evaluations } from '../../core/expressions/expression.ts';
import type { Family } from '../../core/metrics.ts';
import type { PartitionStats } from '../../core/partition/stats.ts';
import type { Scored } from '../../core/types.ts';
import type { TextScore } from '../../../models/serving/scorer.ts';
import type { Config } from '../config/config.ts';
import type { PlainThrown } from './thrown-form.ts';

/** A configuration, and which of the running engine's it is: what is counted under another is not mixed with it. */
export interface Configured {
  readonly config: Config;
  readonly generation: number;
}

/** What a thread starts with. */
export interface PartitionThreadData extends Configured {
  /** From 1 on. */
  readonly number: number;
  readonly broker: BrokerAddress;
  readonly keys: EngineKeys;
  readonly origin: MessageOrigin;
  /** Texts are scored, by whom the engine asks. */
  readonly isScored: boolean;
  /** See core/partition/doubt.ts; null: whoever knows that another may own a partition halts it. */
  readonly doubt: SharedArrayBuffer | null;
}

/** `run`: one life of a partition, numbered by the engine. */
export type ToPartitionThread =
  | ({ readonly kind: 'configure' } & Configured)
  | { readonly kind: 'start'; readonly run: number; readonly partition: number }
  | { readonly kind: 'stop'; readonly run: number }
  | { readonly kind: 'halt'; readonly run: number; readonly reason: PlainThrown }
  | { readonly kind: 'scored'; readonly id: number; readonly scores: readonly Scored<TextScore>[] }
  | { readonly kind: 'not_scored'; readonly id: number; readonly thrown: PlainThrown }
  | { readonly kind: 'end' };

export type FromPartitionThread =
  | ThreadLogLine
  /** `thrown`: null after a graceful stop. */
  | { readonly kind: 'ended'; readonly run: number; readonly thrown: PlainThrown | null }
  | { readonly kind: 'score'; readonly id: number; readonly texts: readonly string[] }
  /** Its answer is not waited for any more. */
  | { readonly kind: 'leave_score'; readonly id: number }
  | { readonly kind: 'report'; readonly report: ThreadReport };

/** How a partition does, as its attempt says. */
export interface RunReport {
  readonly run: number;
  readonly stats: PartitionStats;
  /** null: nothing blocks it. */
  readonly blocked: string | null;
  readonly queues: Readonly<Record<string, number>>;
}

export type EvaluationCounts = readonly (readonly [place: string, counted: Evaluations])[];

/** Said several times a second: who says nothing for long is taken to hang. */
export interface ThreadReport {
  readonly runs: readonly RunReport[];
  /** What it still waits for before partitions run, in sentences. */
  readonly waits: readonly string[];
  /** What the broker refuses the thread, or it tries in vain, and why. */
  readonly troubles: readonly string[];
  /** As it counts since it runs. */
  readonly families: readonly Family[];
  /** Since the report before. */
  readonly evaluations: EvaluationCounts;
  readonly generation: number;
  readonly loop: LoopReport;
}

/** Of the thread's event loop, over the last ten seconds. */
export interface LoopReport {
  readonly p99Seconds: number;
  readonly maxSeconds: number;
  /** Share of the time in which it had work. */
  readonly busy: number;
}
