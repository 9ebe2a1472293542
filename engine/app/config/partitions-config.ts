/** `partitions`, `threads`, `instances` and `commit`: how the engine is divided, and how often it makes its state durable. */
import type { Millis } from '../../core/types.ts';
import { choice, count, duration, object } from '../../../operators/config/config-schema-forms.ts';
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

/** What several engines on one broker do. */
export type InstancesConfig = 'standby' | 'share';

const INSTANCES: readonly InstancesConfig[] = ['standby', 'share'];

export const INSTANCES_PART: ConfigPart<InstancesConfig> = {
  fields: {
    instances: choice(
      'what several engines on one broker do: `standby`: each partition runs where it was first started, the others wait; `share`: they share the partitions evenly, which needs `nats.servers` and several `partitions`. The same for all of them',
      'standby',
      INSTANCES,
    ),
  },
  read(root, { report }) {
    const instances = root.choice('instances', INSTANCES, 'standby');
    if (instances === 'standby') return instances;
    const at = root.path('instances');
    if (root.number('partitions', 1) === 1) report(at, 'there is nothing to share: `partitions` is 1');
    if (root.section('nats').strings('servers').length === 0)
      report(at, 'expected `nats.servers`: an embedded nats-server has one engine');
    return instances;
  },
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
