/** What the engine's partitions tell, as metric families. Counters are those of the last commit: exact across crashes. */
import { END_OF_TIME, type Millis, START_OF_TIME } from '../../core/types.ts';
import { HEALTH_STATES, type PartitionStats } from '../../core/partition/stats.ts';
import { type Family, histogramSamples, type Sample } from '../../core/metrics.ts';

export function engineFamilies(partitions: readonly PartitionStats[], now: Millis): Family[] {
  const gauge = (name: string, help: string, value: (stats: PartitionStats) => number | null): Family => ({
    name: `earshot_${name}`,
    help,
    type: 'gauge',
    samples: samplesOf(partitions, value),
  });
  const known = (watermark: Millis): boolean => watermark > START_OF_TIME && watermark < END_OF_TIME;
  return [
    ...counterFamilies(partitions),
    gauge('watermark_seconds', 'Event time reached, seconds since the epoch.', ({ watermark }) =>
      known(watermark) ? watermark / 1_000 : null,
    ),
    gauge('watermark_delay_seconds', 'Wall clock less watermark.', ({ watermark }) =>
      known(watermark) ? (now - watermark) / 1_000 : null,
    ),
    gauge('lag_seconds', 'How far the partition is behind.', ({ lagMs }) => (lagMs === null ? null : lagMs / 1_000)),
    gauge('partition_idle', '1 while the partition is caught up and silent.', ({ isIdle }) => (isIdle ? 1 : 0)),
    gauge('input_position', 'Input sequence that is in the state.', ({ position }) => position),
    gauge('committed_position', 'Input sequence of the last commit.', ({ committedPosition }) => committedPosition),
    gauge('owner_epoch', 'Take-overs of the partition so far.', ({ epoch }) => epoch),
    gauge('state_delta_bytes', 'State changes since the last snapshot.', ({ deltaBytes }) => deltaBytes),
    gauge('state_snapshot_bytes', 'Size of the last snapshot.', ({ snapshotBytes }) => snapshotBytes),
    ...workFamilies(partitions),
  ];
}

/** What the partitions do and hold: commits, restarts, queues, operators. */
function workFamilies(partitions: readonly PartitionStats[]): Family[] {
  return [
    {
      name: 'earshot_commits_total',
      help: 'Commits written by this process.',
      type: 'counter',
      samples: samplesOf(partitions, ({ commits }) => commits),
    },
    {
      name: 'earshot_partition_restarts_total',
      help: 'How often a partition was started again by this process.',
      type: 'counter',
      samples: samplesOf(partitions, ({ restarts }) => restarts),
    },
    {
      name: 'earshot_commit_seconds',
      help: 'Time a commit took.',
      type: 'histogram',
      samples: partitions.flatMap(({ partition, commitMs }) => histogramSamples(commitMs, { partition })),
    },
    {
      name: 'earshot_queue_depth',
      help: 'What waits, by queue.',
      type: 'gauge',
      samples: partitions.flatMap(({ partition, ahead, forwards, outbox, uncommitted, queues }) =>
        Object.entries({ ahead, forwards, outbox, uncommitted, ...queues }).map(([queue, value]) => ({
          labels: { partition, queue },
          value,
        })),
      ),
    },
    {
      name: 'earshot_operator_size',
      help: 'What an operator holds: keys, windows, …',
      type: 'gauge',
      samples: partitions.flatMap(({ partition, size }) =>
        Object.entries(size).flatMap(([operator, sizes]) =>
          Object.entries(sizes).map(([what, value]) => ({ labels: { partition, operator, what }, value })),
        ),
      ),
    },
    {
      name: 'earshot_partition_state',
      help: '1 for the state the partition is in.',
      type: 'gauge',
      samples: partitions.flatMap(({ partition, health }) =>
        HEALTH_STATES.map((state) => ({ labels: { partition, state }, value: health.state === state ? 1 : 0 })),
      ),
    },
  ];
}

/** One a partition that has the value. */
function samplesOf(
  partitions: readonly PartitionStats[],
  value: (stats: PartitionStats) => number | null,
): readonly Sample[] {
  return partitions.flatMap((stats) => {
    const number = value(stats);
    return number === null ? [] : [{ labels: { partition: stats.partition }, value: number }];
  });
}

/** Each counter is a family of its own, `events_in` → `earshot_events_in_total`, or one of its reasons: `events_marked.flood`. */
function counterFamilies(partitions: readonly PartitionStats[]): Family[] {
  const families = new Map<string, Sample[]>();
  for (const { partition, counters } of partitions) {
    for (const [name, value] of Object.entries(counters)) {
      const [what = name, reason] = name.split('.');
      const metric = `earshot_${what.replace(/[^a-zA-Z0-9_]/g, '_')}_total`;
      let samples = families.get(metric);
      if (samples === undefined) families.set(metric, (samples = []));
      samples.push({ labels: reason === undefined ? { partition } : { partition, reason }, value });
    }
  }
  return [...families].map(([name, samples]) => ({
    name,
    help: HELP[name] ?? 'Counted by an operator; committed with its state.',
    type: 'counter',
    samples,
  }));
}

const HELP: Readonly<Record<string, string>> = {
  earshot_events_in_total: 'Events read: processed + duplicate + late + rejected.',
  earshot_events_processed_total: 'Events that went through the chain in time.',
  earshot_events_duplicate_total: 'Events seen before.',
  earshot_events_ahead_total:
    "Events whose time lay ahead of the broker's clock by more than `time.out_of_orderness`, and a second.",
  earshot_events_late_total: 'Events later than any window allows.',
  earshot_case_steps_illegal_total: 'Steps that no case takes of itself, by what it was and what came.',
  earshot_case_steps_late_total: 'Steps of cases that came after time had passed them, and are not judged.',
  earshot_events_marked_total: 'Events that cleaning has marked in `enrichment.quality`, by reason.',
  earshot_events_left_out_total: 'Events that KPIs leave out, unless they say `quality: any` (`cleaning.leave_out`).',
  earshot_events_missing_total: 'Input messages that the stream no longer held when they were due.',
  earshot_events_rejected_total: 'Bad input, now on the dead-letter stream.',
};
