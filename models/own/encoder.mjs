/**
 * model.onnx of a BERT-style encoder with a head: token ids in, one number a label out. Text by text, unpadded (unless the
 * graph has a fixed length), so that a text's scores do not depend on its batch; on one core padding would gain nothing.
 */
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { createSession, runSession } from '../serving/onnx-session.mjs';
import { ModelFault, reasonOf } from './model-fault.mjs';

/** @typedef {import('./form.ts').OwnModel} OwnModel */
/** @typedef {{ readonly name: string, readonly type: string, readonly shape: readonly (number | string)[] }} Port */
/** @typedef {'ids' | 'mask' | 'types' | 'positions'} Role */

/**
 * @param {string} dir
 * @param {OwnModel} own
 * @param {number} highest largest token id
 */
export async function openEncoder(dir, own, highest) {
  const path = join(dir, 'model.onnx');
  /** @type {ort.InferenceSession} */
  let session;
  try {
    session = await createSession(path);
  } catch (thrown) {
    throw new ModelFault('MODEL_NOT_ONNX', `expected an ONNX model in ${path}: ${reasonOf(thrown)}`, thrown);
  }
  const inputs = inputsOf(path, session, own);
  const output = outputOf(path, session, own);
  const fixed = fixedLength(path, inputs, own);

  /** One number a label. @type {(ids: readonly number[]) => Promise<Float32Array>} */
  async function run(ids) {
    const length = fixed ?? ids.length;
    /** @type {Record<string, ort.Tensor>} */
    const feeds = {};
    for (const { port, role } of inputs) feeds[port.name] = tensorOf(port.type, role, ids, length);
    const found = (await runSession(session, feeds, [output.name]))[output.name];
    const values = found?.data;
    if (!(values instanceof Float32Array) || values.length !== own.outputs.length) {
      throw new ModelFault('MODEL_MISMATCH', `${path}: ${countOf(own)}, found ${shapeOf(found?.dims ?? [])}`);
    }
    if (!values.every(Number.isFinite)) throw new Error('the model gave something that is not a number');
    return values;
  }

  /** @type {(ids: readonly number[], what: string) => Promise<void>} */
  async function attempt(ids, what) {
    try {
      await run(ids);
    } catch (thrown) {
      if (thrown instanceof ModelFault) throw thrown;
      throw new ModelFault('MODEL_MISMATCH', `${path}: expected it to take ${what}: ${reasonOf(thrown)}`, thrown);
    }
  }
  const long = (/** @type {number} */ id) => Array.from({ length: own.maxLength }, () => id);
  await attempt([1, 2, 3], 'a text of three tokens');
  await attempt(long(1), `${own.maxLength} tokens (max_length in model.yaml)`);
  await attempt([highest], `every token of tokenizer.json, up to number ${highest}`);
  const began = performance.now();
  await attempt(long(1), 'a long text');
  return { run, /** Of the longest text. */ textMs: performance.now() - began };
}

/** @type {(path: string, session: ort.InferenceSession, own: OwnModel) => { port: Port, role: Role }[]} */
function inputsOf(path, session, own) {
  const roles = /** @type {[Role, string][]} */ (Object.entries(own.inputs));
  const ports = portsOf(session.inputMetadata);
  const wanted = `expected ${roles.map(([, name]) => name).join(', ')} (other names: under inputs in model.yaml)`;
  const found = `found ${ports.map(portText).join(', ')}`;
  if (!ports.some((port) => port.name === own.inputs.ids)) {
    throw new ModelFault('MODEL_MISMATCH', `${path}: no input takes token ids: ${wanted}, ${found}`);
  }
  return ports.map((port) => {
    const role = roles.find(([, name]) => name === port.name)?.[0];
    if (role === undefined) {
      throw new ModelFault('MODEL_MISMATCH', `${path}: the input ${port.name} can't be filled: ${wanted}, ${found}`);
    }
    if (port.type !== 'int64' && port.type !== 'int32') {
      throw new ModelFault('MODEL_MISMATCH', `${path}: expected int64 or int32 inputs, ${found}`);
    }
    const [texts] = port.shape;
    if (port.shape.length !== 2 || (typeof texts === 'number' && texts > 1)) {
      throw new ModelFault(
        'MODEL_MISMATCH',
        `${path}: expected inputs of [texts, tokens], any number of texts or 1, ${found}`,
      );
    }
    return { port, role };
  });
}

/** @type {(path: string, session: ort.InferenceSession, own: OwnModel) => Port} */
function outputOf(path, session, own) {
  const ports = portsOf(session.outputMetadata);
  const found = `found ${ports.map(portText).join(', ')}`;
  const name = own.output ?? (ports.length === 1 ? ports[0]?.name : 'logits');
  const port = ports.find((one) => one.name === name);
  if (port === undefined) {
    throw new ModelFault('MODEL_MISMATCH', `${path}: expected an output ${name} (output in model.yaml), ${found}`);
  }
  const width = port.shape.at(-1);
  const fits = port.shape.length === 2 && !(typeof width === 'number' && width > 0 && width !== own.outputs.length);
  if (!fits || port.type !== 'float32') {
    const hint = port.shape.length === 3 ? '; one number a token was found: export the model with its head' : '';
    throw new ModelFault('MODEL_MISMATCH', `${path}: ${countOf(own)}, ${found}${hint}`);
  }
  return port;
}

/** @type {(path: string, inputs: readonly { port: Port }[], own: OwnModel) => number | undefined} */
function fixedLength(path, inputs, own) {
  const length = inputs.map(({ port }) => port.shape[1]).find((one) => typeof one === 'number' && one > 0);
  if (typeof length !== 'number') return undefined;
  if (length < own.maxLength) {
    throw new ModelFault(
      'MODEL_MISMATCH',
      `${path}: it takes ${length} tokens, expected max_length in model.yaml to be at most that, found ${own.maxLength}`,
    );
  }
  return length;
}

/** @type {(type: string, role: Role, ids: readonly number[], length: number) => ort.Tensor} */
function tensorOf(type, role, ids, length) {
  const at = (/** @type {number} */ i) => {
    if (role === 'positions') return i;
    if (i >= ids.length || role === 'types') return 0;
    return role === 'mask' ? 1 : Number(ids[i]);
  };
  return type === 'int64'
    ? new ort.Tensor(
        'int64',
        BigInt64Array.from({ length }, (_, i) => BigInt(at(i))),
        [1, length],
      )
    : new ort.Tensor(
        'int32',
        Int32Array.from({ length }, (_, i) => at(i)),
        [1, length],
      );
}

/** @type {(all: readonly ort.InferenceSession.ValueMetadata[]) => Port[]} */
const portsOf = (all) =>
  all.map((one) => ({ name: one.name, type: one.isTensor ? one.type : 'none', shape: one.isTensor ? one.shape : [] }));
/** @type {(port: Port) => string} */
const portText = ({ name, type, shape }) => `${name} ${type} ${shapeOf(shape)}`;
/** @type {(shape: readonly (number | string)[]) => string} */
const shapeOf = (shape) => `[${shape.join(', ')}]`;
/** @type {(own: OwnModel) => string} */
const countOf = (own) =>
  `expected float32 [texts, ${own.outputs.length}] for the ${own.outputs.length} labels of model.yaml`;
