/** What a scoring pool tells of itself. */
import type { ModelId } from './scoring-lane.ts';
import type { HistogramView } from '../../core/histogram.ts';

export interface ScoringStats {
  readonly model: ModelId | null;
  /** Texts waiting or at work. */
  readonly queue: number;
  readonly batches: number;
  /** Asked for; `cached` of them cost nothing, `failed` of them could not be scored. */
  readonly texts: number;
  readonly cached: number;
  readonly failed: number;
  /** Ready to take a batch, of all. */
  readonly ready: number;
  readonly workers: number;
  readonly restarts: number;
  /** From arrival to result, of each text that was not cached. */
  readonly latencyMs: HistogramView;
  /** On the worker, of each batch. */
  readonly batchMs: HistogramView;
}
