/** A thread of the process, as whoever opens it sees it: plain data goes both ways, and it is known when it ends. */
import { MessageChannel, Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

export interface Thread<To> {
  postMessage(message: To): void;
  /** Ends it wherever it stands. */
  kill(): void;
  /** Resolves when it has ended as it was asked to; rejects when it fails, or was killed. */
  readonly ended: Promise<void>;
}

/** The thread's end of what it says and hears. */
export interface ThreadPort<To, From> {
  postMessage(message: From): void;
  on(event: 'message', listener: (message: To) => void): unknown;
}

export interface ThreadForm<Data, To, From> {
  readonly name: string;
  /** What it runs, in dist/. */
  readonly file: string;
  /** What that file runs; resolves when the thread is to end. */
  readonly run: (port: ThreadPort<To, From>, data: Data) => Promise<void>;
}

export type OpenThread<Data, To, From> = (data: Data, onMessage: (message: From) => void) => Thread<To>;

/** A thread runs what was built; where sources run, the same runs beside the rest, over the same kind of port. */
export function opensThread<Data, To, From>(form: ThreadForm<Data, To, From>): OpenThread<Data, To, From> {
  const isBuilt = !import.meta.url.endsWith('.ts');
  return (data, onMessage) => (isBuilt ? openWorker(form, data, onMessage) : openBeside(form, data, onMessage));
}

function openWorker<Data, To, From>(
  { name, file }: ThreadForm<Data, To, From>,
  workerData: Data,
  onMessage: (message: From) => void,
): Thread<To> {
  const worker = new Worker(join(packageRoot(), 'dist', file), { workerData, name });
  worker.on('message', onMessage);
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${String(code)}`))));
  });
  return { postMessage: (message) => worker.postMessage(message), kill: () => void worker.terminate(), ended };
}

function openBeside<Data, To, From>(
  { run }: ThreadForm<Data, To, From>,
  data: Data,
  onMessage: (message: From) => void,
): Thread<To> {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', onMessage);
  let kill = (): void => undefined;
  const killed = new Promise<never>((_, reject) => {
    kill = () => reject(new Error('it was killed'));
  });
  const ended = Promise.race([run(port2, structuredClone(data)), killed]).finally(() => {
    port2.close();
  });
  return { postMessage: (message) => port1.postMessage(message), kill, ended };
}
