/**
 * Loaded into an engine (NODE_OPTIONS=--import), ends its threads of partitions when a file of this folder (EARSHOT_END_THREADS) asks
 * for it: `exit-<number>`, a thread by its own process.exit; `terminate`, all of them wherever they stand. The file is taken away.
 */
import { rmSync, existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import workers from 'node:worker_threads';

const { EARSHOT_END_THREADS: folder = '' } = process.env;
const LOOK_MS = 5;

/** @type {(name: string, act: () => void) => void} */
function when(name, act) {
  const file = join(folder, name);
  const look = () => {
    if (!existsSync(file)) return;
    rmSync(file);
    act();
  };
  setInterval(look, LOOK_MS).unref();
}

if (workers.isMainThread) {
  const { Worker } = workers;
  const threads = new Set();
  workers.Worker = class extends Worker {
    /**
     * @param {string | URL} file
     * @param {import('node:worker_threads').WorkerOptions} [options]
     */
    constructor(file, options) {
      super(file, options);
      if (options?.name !== 'partitions') return;
      threads.add(this);
      this.once('exit', () => threads.delete(this));
    }
  };
  syncBuiltinESMExports();
  when('terminate', () => {
    for (const thread of threads) void thread.terminate();
  });
} else if (typeof workers.workerData?.number === 'number') {
  when(`exit-${workers.workerData.number}`, () => process.exit(7));
}
