/** The scoring pool as metric families. */
import { histogramSamples, single, type Family } from './gateway/exposition.ts';
import type { ScoringStats } from './scoring-stats.ts';

export function scoringFamilies(stats: ScoringStats): Family[] {
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Family =>
    single(`earshot_scoring_${name}`, type, help, value);
  return [
    one('queue_texts', 'gauge', 'Texts waiting or at work.', stats.queue),
    one('workers_ready', 'gauge', 'Workers that can take a batch.', stats.ready),
    one('workers', 'gauge', 'Workers there should be.', stats.workers),
    one('worker_restarts_total', 'counter', 'Workers replaced after they died or hung.', stats.restarts),
    one('texts_total', 'counter', 'Texts scored, repeats included.', stats.texts),
    one('cached_texts_total', 'counter', 'Texts answered from the repeat cache.', stats.cached),
    one('failed_texts_total', 'counter', 'Texts that could not be scored.', stats.failed),
    one('batches_total', 'counter', 'Batches run.', stats.batches),
    {
      name: 'earshot_scoring_seconds',
      type: 'histogram',
      help: 'From asking for a score to having it.',
      samples: histogramSamples(stats.latencyMs.bounds, stats.latencyMs.counts, stats.latencyMs.sum),
    },
    {
      name: 'earshot_scoring_batch_seconds',
      type: 'histogram',
      help: 'Time of a batch on its worker.',
      samples: histogramSamples(stats.batchMs.bounds, stats.batchMs.counts, stats.batchMs.sum),
    },
    ...(stats.model === null
      ? []
      : [
          {
            name: 'earshot_scoring_model_info',
            type: 'gauge' as const,
            help: '1 for the model in use.',
            samples: [{ value: 1, labels: { name: stats.model.name, version: stats.model.version } }],
          },
        ]),
  ];
}
