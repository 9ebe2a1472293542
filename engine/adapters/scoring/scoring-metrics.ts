/** The scoring pool as metric families. */
import { histogramSamples, singles, type Family } from '../../core/metrics.ts';
import type { ModelId } from './scoring-lane.ts';
import type { ScoringStats } from './scoring-stats.ts';

export function scoringFamilies(stats: ScoringStats): Family[] {
  return [
    ...singles('earshot_scoring', [
      ['queue_texts', 'gauge', 'Texts waiting or at work.', stats.queue],
      ['workers_ready', 'gauge', 'Workers that can take a batch.', stats.ready],
      ['workers', 'gauge', 'Workers there should be.', stats.workers],
      ['worker_restarts_total', 'counter', 'Workers replaced after they died or hung.', stats.restarts],
      ['texts_total', 'counter', 'Texts scored, repeats included.', stats.texts],
      ['cached_texts_total', 'counter', 'Texts answered from the repeat cache.', stats.cached],
      ['failed_texts_total', 'counter', 'Texts that could not be scored.', stats.failed],
      ['batches_total', 'counter', 'Batches run.', stats.batches],
    ]),
    {
      name: 'earshot_scoring_seconds',
      type: 'histogram',
      help: 'From asking for a score to having it.',
      samples: histogramSamples(stats.latencyMs),
    },
    {
      name: 'earshot_scoring_batch_seconds',
      type: 'histogram',
      help: 'Time of a batch on its worker.',
      samples: histogramSamples(stats.batchMs),
    },
    modelInfo('earshot_scoring_model_info', '1 for the model in use.', stats.model),
  ];
}

/** Without samples while there is none. */
export function modelInfo(name: string, help: string, model: ModelId | null): Family {
  const samples = model === null ? [] : [{ value: 1, labels: { name: model.name, version: model.version } }];
  return { name, type: 'gauge', help, samples };
}
