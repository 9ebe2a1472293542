/**
 * A model's folder, looked at before any thread loads it: which kind it is, whether its files are there and not too large,
 * and what its model.yaml says, with every fault of it named by its line.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { checkConfig, faultText, type ConfigForm } from '../config/config-file.ts';

export interface ModelFolder<T> {
  /** Without symbolic links: what a link names later is another model. */
  readonly dir: string;
  /** Of model.yaml; null: a model of the bundled kind, with a model.json. */
  readonly own: T | null;
  /** What model.json says; null where there is a model.yaml. */
  readonly json: unknown;
}

const MAX_TOKENIZER_BYTES = 64 * 1024 ** 2;

/** Throws MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, MODEL_TOO_LARGE or MODEL_INVALID. */
export async function readModelFolder<T>(
  named: string,
  form: ConfigForm<T>,
  maxModelBytes: number,
): Promise<ModelFolder<T>> {
  let dir: string;
  try {
    dir = await realpath(named);
  } catch (thrown) {
    throw new EngineError('MODEL_FILE_MISSING', [`there is no folder ${named}`], { cause: thrown });
  }
  const yaml = await textOf(join(dir, 'model.yaml'));
  if (yaml === undefined) {
    const json = await textOf(join(dir, 'model.json'));
    if (json !== undefined) return { dir, own: null, json: parsed(dir, json) };
    throw new EngineError('MODEL_FILE_MISSING', [`expected model.yaml in ${dir}, or model.json of the bundled kind`]);
  }
  const path = join(dir, 'model.yaml');
  const checked = checkConfig(yaml, form, {});
  if ('faults' in checked) {
    const faults = checked.faults.map((fault) => `\n  ${faultText(path, fault)}`).join('');
    throw new EngineError('MODEL_CONFIG_INVALID', [faults]);
  }
  await within(join(dir, 'model.onnx'), maxModelBytes, 'scoring.max_model');
  await within(join(dir, 'tokenizer.json'), MAX_TOKENIZER_BYTES, 'the most a tokenizer may have');
  return { dir, own: checked.config, json: null };
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function parsed(dir: string, json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (thrown) {
    throw new EngineError('MODEL_INVALID', [dir, `model.json: expected JSON: ${reasonOf(thrown)}`], { cause: thrown });
  }
}

async function within(path: string, maxBytes: number, limit: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new EngineError('MODEL_FILE_MISSING', [`expected a file ${path}`]);
  if (found.size > maxBytes) {
    throw new EngineError('MODEL_TOO_LARGE', [
      `${path} has ${found.size} bytes, expected at most ${maxBytes} (${limit})`,
    ]);
  }
}
