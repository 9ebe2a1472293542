/**
 * One scoring thread: loads the model once, then scores batches. Knows nothing of what a score is: the module named in
 * workerData does (`load(dir) → {name, version, score(texts)}`).
 * A model that does not load is reported as each batch's fault, with its error code if it has one, so that the pool can say
 * what was wrong. `textMs`: how long one text may take; a slow model is given more patience.
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';

/** @typedef {{ readonly name: string; readonly version: string; readonly textMs?: number; score(texts: readonly string[]): Promise<readonly unknown[]> }} Model */
/** @typedef {{ readonly runner: string; readonly dir: string; readonly options: unknown; readonly isBackground?: boolean }} Setup */

// piscina hands workerData over as [its own, ours].
const setup = /** @type {Setup} */ (Array.isArray(workerData) ? workerData.at(-1) : workerData);

if (setup.isBackground === true) giveWay();

/** @type {Model | Error} */
const model = await open();

/** Lowest priority for this thread alone: Linux has one a thread. Elsewhere nothing is changed. */
function giveWay() {
  try {
    const thread = Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
    if (thread > 0 && thread !== process.pid) setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch {
    // Not Linux, or not allowed: it is only slower for others.
  }
}

async function open() {
  try {
    const module = /** @type {{ load(dir: string, options: unknown): Promise<Model> }} */ (await import(setup.runner));
    return await module.load(setup.dir, setup.options);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * An empty batch asks only whether the model is there.
 * @param {readonly string[]} texts
 */
export default async function score(texts) {
  if (model instanceof Error) return { invalid: model.message, code: 'code' in model ? model.code : undefined };
  const scores = texts.length === 0 ? [] : await model.score(texts);
  return { name: model.name, version: model.version, textMs: model.textMs, scores };
}
