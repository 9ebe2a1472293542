/** Queues, buffers and lists outside the partitions as metrics: what each holds, and at most. engine/README.md has them all in one table. */
import type { HubStats } from '../../live/hub-stats.ts';
import type { Family, Queue } from '../../core/metrics.ts';

export function queueFamilies(queues: readonly Queue[]): Family[] {
  const each = (value: (queue: Queue) => number | undefined): Family['samples'] =>
    queues.flatMap((queue) => {
      const number = value(queue);
      return number === undefined ? [] : [{ labels: { queue: queue.queue }, value: number }];
    });
  return [
    {
      name: 'earshot_gateway_queue_depth',
      type: 'gauge',
      help: 'What the gateway holds, by queue.',
      samples: each(({ depth }) => depth),
    },
    {
      name: 'earshot_gateway_queue_limit',
      type: 'gauge',
      help: 'How much of it at most.',
      samples: each(({ limit }) => limit),
    },
    {
      name: 'earshot_gateway_queue_refused_total',
      type: 'counter',
      help: 'What did not get in, or pushed something out, by queue.',
      samples: each(({ refused }) => refused),
    },
  ];
}

/** Those of the live push. */
export function hubQueues({ held, limits, evictions }: Pick<HubStats, 'held' | 'limits' | 'evictions'>): Queue[] {
  return [
    { queue: 'live_unsent_bytes', depth: held.unsentBytes, limit: limits.unsentBytes },
    { queue: 'board_values', depth: held.cells, limit: limits.cells, refused: evictions },
    { queue: 'board_series', depth: held.series, limit: limits.series },
    { queue: 'board_alerts', depth: held.alerts, limit: limits.alerts },
    { queue: 'board_alert_changes', depth: held.alertChanges, limit: limits.alertChanges },
    { queue: 'board_actions', depth: held.actionChanges, limit: limits.actionChanges },
    { queue: 'board_open_actions', depth: held.openActions, limit: limits.openActions },
    { queue: 'board_seen_ids', depth: held.seenIds, limit: limits.seenIds },
  ];
}
