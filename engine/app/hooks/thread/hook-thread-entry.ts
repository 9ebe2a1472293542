/** What the thread of the hooks starts with: a part of its own of what is built (dist/earshot-hooks.js). */
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../../../adapters/process/give-way.ts';
import { must } from '../../../core/must.ts';
import { runHookThread } from './hook-thread.ts';
import type { HookThreadData } from './hook-thread-messages.ts';

const port = must(parentPort, 'it is a thread');
// Windows and boards come first: a notice has seconds.
giveWay();
await runHookThread(port, workerData as HookThreadData);
// Nothing is heard from now on: the thread ends.
port.close();
