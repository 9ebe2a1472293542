/** A thread for the hooks, as its engine sees it. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { runHookThread } from './hook-thread.ts';
import type { FromHookThread, HookThreadData, ToHookThread } from './hook-thread-messages.ts';

export interface HookThread {
  postMessage(message: ToHookThread): void;
  /** Ends it wherever it stands. */
  kill(): void;
  /** Resolves when it has ended as it was told; rejects when it fails, or was killed. */
  readonly ended: Promise<void>;
}

export type OpenThread = (data: HookThreadData, onMessage: (message: FromHookThread) => void) => HookThread;

/** A thread runs what was built; where sources run, the same runs beside the rest, over the same kind of port. */
export const openThread: OpenThread = (data, onMessage) =>
  import.meta.url.endsWith('.ts') ? openBeside(data, onMessage) : openWorker(data, onMessage);

const openWorker: OpenThread = (workerData, onMessage) => {
  const worker = new Worker(join(packageRoot(), 'dist', 'earshot-hooks.js'), { workerData, name: 'hooks' });
  worker.on('message', onMessage);
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${String(code)}`))));
  });
  return { postMessage: (message) => worker.postMessage(message), kill: () => void worker.terminate(), ended };
};

const openBeside: OpenThread = (data, onMessage) => {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', onMessage);
  let kill = (): void => undefined;
  const killed = new Promise<never>((_, reject) => {
    kill = () => reject(new Error('it was killed'));
  });
  const ended = Promise.race([runHookThread(port2, structuredClone(data)), killed]).finally(() => {
    port2.close();
  });
  return { postMessage: (message) => port1.postMessage(message), kill, ended };
};
