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
export const ONE_CORE = /** @type {const} */ ({
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

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
    session = await ort.InferenceSession.create(bytes, ONE_CORE);
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
