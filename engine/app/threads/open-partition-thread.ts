/** A thread of partitions, as its engine sees it. */
import { opensThread, type OpenThread } from '../../adapters/process/open-thread.ts';
import type { FromPartitionThread, PartitionThreadData, ToPartitionThread } from './partition-thread-messages.ts';
import { runPartitionThread } from './partition-thread.ts';

export type OpenPartitionThread = OpenThread<PartitionThreadData, ToPartitionThread, FromPartitionThread>;

export const openPartitionThread: OpenPartitionThread = opensThread({
  name: 'partitions',
  file: 'earshot-partitions.js',
  run: runPartitionThread,
});
