/** What a thread of partitions starts with: a part of its own of what is built (dist/earshot-partitions.js). */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../core/must.ts';
import type { PartitionThreadData } from './partition-thread-messages.ts';
import { runPartitionThread } from './partition-thread.ts';

const port = must(parentPort, 'it is a thread');
await runPartitionThread(port, workerData as PartitionThreadData);
// Nothing is heard from now on: the thread ends.
port.close();
