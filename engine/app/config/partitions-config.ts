/** `partitions`, `threads` and `commit`: how the engine is divided, and how often it makes its state durable. */
import type { Millis } from '../../core/types.ts';
import { count, duration, object } from '../../../operators/config/config-schema-forms.ts';
import type { ConfigPart } from '../../../operators/config/config-part.ts';

export const PARTITIONS_PART: ConfigPart<number> = {
  fields: {
    partitions: count(
      'independent parts of the input, distinguished by the key of the subject; fixed once a store is made',
      1,
      1,
      256,
    ),
  },
  read: (root) => root.number('partitions', 1),
};

/** On how many threads partitions run; 1: on the main thread. */
export type ThreadsConfig = number | 'auto';

export const THREADS_PART: ConfigPart<ThreadsConfig> = {
  fields: {
    threads: {
      $ref: '#/$defs/threads',
      description:
        'how many threads share the partitions, each of which runs on one; 1: the main thread. `auto`: as many as cores. More than partitions are not started',
      default: 1,
    },
  },
  read: (root) => (root.raw('threads') === 'auto' ? 'auto' : root.number('threads', 1)),
};

export interface CommitConfig {
  readonly everyMs: Millis;
  readonly maxEvents: number;
}

export const COMMIT_PART: ConfigPart<CommitConfig> = {
  fields: {
    commit: object('how often state is made durable', {
      every: duration('at the latest after this time', '100ms'),
      max_events: count('or after so many events', 5000, 1, 1_000_000),
    }),
  },
  read(root) {
    const section = root.section('commit');
    return { everyMs: section.durationMs('every', 100), maxEvents: section.number('max_events', 5000) };
  },
};
