/** Whose clocks run ahead, as metric families: a source each, of what arrived in the last ten minutes. */
import type { Family } from '../../core/metrics.ts';
import type { PartitionStats } from '../../core/partition/stats.ts';

export function clockFamilies(partitions: readonly Pick<PartitionStats, 'partition' | 'clocks'>[]): Family[] {
  return [
    {
      name: 'earshot_source_ahead_seconds',
      help: "How far a source's clock runs ahead of the broker's; at most 32 sources a partition, the furthest.",
      type: 'gauge',
      samples: partitions.flatMap(({ partition, clocks: { ahead } }) =>
        ahead.map(({ source, leadMs }) => ({ labels: { partition, source }, value: leadMs / 1000 })),
      ),
    },
    {
      name: 'earshot_events_mostly_late',
      help: '1 while more than half of the events are too late for every window.',
      type: 'gauge',
      samples: partitions.map(({ partition, clocks: { late } }) => ({
        labels: { partition },
        value: late === null ? 0 : 1,
      })),
    },
  ];
}
