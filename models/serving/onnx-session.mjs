/** Opens .onnx files for one thread each, and says what was expected of a file that does not fit. */
import { readFile } from 'node:fs/promises';
import ort from 'onnxruntime-node';

/** @type {(path: string) => Promise<Buffer>} */
export async function readBytes(path) {
  return readFile(path).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    throw new Error(`expected a readable file ${path} (${error.code ?? 'unreadable'})`, { cause: error });
  });
}

/** One core a thread. */
const ONE_CORE = /** @type {const} */ ({
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

/** Called with true before each call into the ONNX library, and with false after it. @type {(isInside: boolean) => void} */
let watcher = () => undefined;

/**
 * A thread that is ended within such a call takes the whole process with it: whoever ends threads must know. `watch` may throw to keep a call from beginning.
 * @param {(isInside: boolean) => void} watch
 */
export function watchNativeCalls(watch) {
  watcher = watch;
}

/** @template T @param {() => Promise<T>} call @returns {Promise<T>} */
async function inside(call) {
  // What it throws is said before the call counts as begun.
  watcher(true);
  try {
    return await call();
  } finally {
    watcher(false);
  }
}

/** Every session of this thread is made here. @type {(model: string | Buffer) => Promise<ort.InferenceSession>} */
export const createSession = (model) =>
  inside(() =>
    typeof model === 'string'
      ? ort.InferenceSession.create(model, ONE_CORE)
      : ort.InferenceSession.create(model, ONE_CORE),
  );

/** Every inference of this thread runs here. @type {(session: ort.InferenceSession, inputs: ort.InferenceSession.FeedsType, outputs?: readonly string[]) => Promise<ort.InferenceSession.ReturnType>} */
export const runSession = (session, inputs, outputs) =>
  inside(() => (outputs === undefined ? session.run(inputs) : session.run(inputs, outputs)));

/**
 * @param {string} path
 * @param {readonly string[]} inputs it must have
 * @param {string} output it must have
 * @returns {Promise<ort.InferenceSession>}
 */
export async function openSession(path, inputs, output) {
  const bytes = await readBytes(path);
  /** @type {ort.InferenceSession} */
  let session;
  try {
    session = await createSession(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`expected an ONNX model in ${path}: ${reason}`, { cause: error });
  }
  const missing = inputs.filter((name) => !session.inputNames.includes(name));
  if (missing.length > 0 || !session.outputNames.includes(output)) {
    throw new Error(
      `${path}: expected the inputs ${inputs.join(', ')} and the output ${output}, ` +
        `found ${session.inputNames.join(', ')} and ${session.outputNames.join(', ')}`,
    );
  }
  return session;
}
