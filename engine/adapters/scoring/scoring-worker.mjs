/**
 * One scoring thread: loads the model once, then scores batches. Knows nothing of what a score is: the module named in
 * workerData does (`load(dir) → {name, version, score(texts, at)}`, which calls `at(i)` before it works on text i; where it
 * has native code, `watchNativeCalls(watch)`, and it calls `watch` around each call of it).
 * A model that does not load is reported as each batch's fault, with its error code if it has one, so that the pool can say
 * what was wrong. `textMs`: how long one text may take; a slow model is given more patience.
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';

/**
 * Cells of `progress`: one more than the index of the text at work (0: none), steps taken in this batch, this thread's number
 * to the system (0: unknown), calls into native code that are under way, and whether this thread is about to be ended.
 */
const PLACE = 0;
const STEPS = 1;
const THREAD = 2;
const NATIVE = 3;
const STOP = 4;

/** @typedef {{ readonly name: string; readonly version: string; readonly textMs?: number; score(texts: readonly string[], at: (index: number) => void): Promise<readonly unknown[]> }} Model */
/** @typedef {{ load(dir: string, options: unknown): Promise<Model>; watchNativeCalls?(watch: (isInside: boolean) => void): void }} Runner */
/** @typedef {{ readonly runner: string; readonly dir: string; readonly options: unknown; readonly isBackground?: boolean; readonly progress: Int32Array }} Setup */

// piscina hands workerData over as [its own, ours].
const setup = /** @type {Setup} */ (Array.isArray(workerData) ? workerData.at(-1) : workerData);

const { progress } = setup;
const thread = systemThread();
Atomics.store(progress, THREAD, thread);
// A thread before this one may have died within.
Atomics.store(progress, NATIVE, 0);
if (setup.isBackground === true && thread > 0) giveWay();

/** @type {Model | Error} */
const model = await open();

/** Linux alone numbers threads so that each may have a priority of its own. */
function systemThread() {
  try {
    const found = Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
    return found > 0 && found !== process.pid ? found : 0;
  } catch {
    return 0;
  }
}

/** Lowest priority for this thread alone. */
function giveWay() {
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // Not allowed: it is only slower for others.
  }
}

/** A thread that is ended within native code takes the process with it: who ends it waits until it has left. @type {(isInside: boolean) => void} */
function markNative(isInside) {
  if (!isInside) return void Atomics.sub(progress, NATIVE, 1);
  Atomics.add(progress, NATIVE, 1);
  // Counted first, then asked: whoever ends this thread does it the other way round.
  if (Atomics.load(progress, STOP) === 0) return;
  Atomics.sub(progress, NATIVE, 1);
  throw new Error('this thread is being ended');
}

/** @returns {Promise<Runner>} */
async function loadRunner() {
  markNative(true);
  try {
    return /** @type {Runner} */ (await import(setup.runner));
  } finally {
    markNative(false);
  }
}

async function open() {
  try {
    const module = await loadRunner();
    module.watchNativeCalls?.(markNative);
    return await module.load(setup.dir, setup.options);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Seen by the pool even when this thread never answers again. @type {(place: number) => void} */
const mark = (place) => {
  Atomics.store(progress, PLACE, place);
  Atomics.add(progress, STEPS, 1);
};

/**
 * An empty batch asks only whether the model is there.
 * @param {readonly string[]} texts
 */
export default async function score(texts) {
  if (model instanceof Error) return { invalid: model.message, code: 'code' in model ? model.code : undefined };
  const scores = texts.length === 0 ? [] : await model.score(texts, (index) => mark(index + 1));
  Atomics.store(progress, PLACE, 0);
  return { name: model.name, version: model.version, textMs: model.textMs, scores };
}
