/**
 * Loads a model folder and scores texts with it, on whatever thread it is called: what the worker pool runs, and what
 * evaluation runs. A text's scores do not depend on the texts it is batched with.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { FeatureExtractor, MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from './text/features.mjs';

/** @typedef {import('./scorer.ts').TextScore} TextScore */
/** @typedef {{ readonly name: string; readonly version: string; score(texts: readonly string[]): Promise<TextScore[]> }} LoadedModel */
/**
 * @typedef {object} ModelConfig
 * @property {string} name
 * @property {string} version
 * @property {string} task
 * @property {readonly string[]} labels
 * @property {{ gramBits: number, pieceBits: number }} features
 * @property {number} temperature
 * @property {{ negative: number, positive: number }} strong
 */

const LABELS = /** @type {const} */ (['negative', 'neutral', 'positive']);
/** Texts a run; the batch is padded up to a multiple of it, so that every text goes through the same kernels. */
const ROWS = 4;

/**
 * @param {string} dir with model.json and model.onnx
 * @returns {Promise<LoadedModel>}
 */
export async function load(dir) {
  const config = parseConfig(await readText(join(dir, 'model.json')));
  const session = await openSession(join(dir, 'model.onnx'));
  const expected = ['grams', 'gram_mask', 'gram_norm', 'pieces', 'piece_mask', 'piece_norm'];
  const missing = expected.filter((name) => !session.inputNames.includes(name));
  if (missing.length > 0 || !session.outputNames.includes('logits')) {
    throw new Error(
      `model.onnx: expected the inputs ${expected.join(', ')} and the output logits, ` +
        `found ${session.inputNames.join(', ')} and ${session.outputNames.join(', ')}`,
    );
  }
  const model = new SentimentModel(config, session);
  await model.score(['服务很好', 'terrible service']);
  return model;
}

/** @type {(path: string) => Promise<string>} */
async function readText(path) {
  return readFile(path, 'utf8').catch((/** @type {NodeJS.ErrnoException} */ error) => {
    throw new Error(`expected a readable file ${path} (${error.code ?? 'unreadable'})`, { cause: error });
  });
}

/** @type {(path: string) => Promise<ort.InferenceSession>} */
async function openSession(path) {
  try {
    return await ort.InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
  } catch (error) {
    throw new Error(`expected an ONNX model in ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** @type {(json: string) => ModelConfig} */
export function parseConfig(json) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error('model.json: expected JSON', { cause: error });
  }
  const config = /** @type {Partial<ModelConfig> | null} */ (typeof value === 'object' ? value : null);
  /** @type {(condition: boolean | undefined, what: string) => void} */
  const expect = (condition, what) => {
    if (condition !== true) throw new Error(`model.json: expected ${what}`);
  };
  const bits = (/** @type {number | undefined} */ n) => Number.isInteger(n) && Number(n) >= 8 && Number(n) <= 24;
  expect(typeof config?.name === 'string' && config.name !== '', 'name: a string');
  expect(typeof config?.version === 'string' && config.version !== '', 'version: a string');
  expect(config?.task === 'sentiment', 'task: "sentiment"');
  expect(JSON.stringify(config?.labels) === JSON.stringify(LABELS), `labels: ${JSON.stringify(LABELS)}`);
  expect(bits(config?.features?.gramBits) && bits(config?.features?.pieceBits), 'features: gramBits, pieceBits (8–24)');
  expect(Number(config?.temperature) > 0, 'temperature: a positive number');
  const { negative, positive } = config?.strong ?? {};
  expect(
    Number(negative) < 0 && Number(negative) >= -1 && Number(positive) > 0 && Number(positive) <= 1,
    'strong: {negative: −1…0, positive: 0…1}',
  );
  return /** @type {ModelConfig} */ (config);
}

class SentimentModel {
  /** @param {ModelConfig} config @param {ort.InferenceSession} session */
  constructor(config, session) {
    this.name = config.name;
    this.version = config.version;
    this.#config = config;
    this.#session = session;
  }
  #config;
  #session;
  #extractor = new FeatureExtractor();
  #scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));

  /**
   * @param {readonly string[]} texts
   * @returns {Promise<TextScore[]>}
   */
  async score(texts) {
    const logits = await this.logits(texts);
    return texts.map((_, i) => this.#judge(logits, i * 3));
  }

  /**
   * Three a text, before calibration.
   * @param {readonly string[]} texts
   * @returns {Promise<Float32Array>}
   */
  async logits(texts) {
    const { gramBits, pieceBits } = this.#config.features;
    /** @type {Int32Array[]} */ const grams = [];
    /** @type {Int32Array[]} */ const pieces = [];
    for (const text of texts) {
      const found = this.#extractor.read(text);
      const gramEnd = writeGrams(found.tokens, found.tokenCount, gramBits, this.#scratch, 0);
      grams.push(this.#scratch.slice(0, gramEnd));
      const pieceEnd = writePieces(found.pieces, found.pieceCount, pieceBits, this.#scratch, 0);
      pieces.push(this.#scratch.slice(0, pieceEnd));
    }
    const output = await this.#session.run({ ...padded('gram', grams), ...padded('piece', pieces) });
    return /** @type {Float32Array} */ (output['logits']?.data);
  }

  /** @type {(logits: Float32Array, at: number) => TextScore} */
  #judge(logits, at) {
    const [negative, neutral, positive] = softmax(logits, at, this.#config.temperature);
    const score = positive - negative;
    const label =
      negative >= neutral && negative >= positive ? 'negative' : positive >= neutral ? 'positive' : 'neutral';
    const { strong } = this.#config;
    /** @type {TextScore['sentiment']['intensity']} */
    let intensity = label;
    if (label === 'negative' && score <= strong.negative) intensity = 'strong_negative';
    if (label === 'positive' && score >= strong.positive) intensity = 'strong_positive';
    const confidence = Math.max(negative, neutral, positive);
    const model = { name: this.name, version: this.version };
    return { sentiment: { label, score, intensity, confidence }, issues: [], model };
  }
}

/**
 * @param {string} name
 * @param {readonly Int32Array[]} rows
 * @returns {Record<string, ort.Tensor>}
 */
function padded(name, rows) {
  const count = Math.ceil(rows.length / ROWS) * ROWS;
  const width = Math.max(1, ...rows.map((row) => row.length));
  const values = new Int32Array(count * width);
  const mask = new Float32Array(count * width);
  const norm = new Float32Array(count);
  rows.forEach((row, i) => {
    values.set(row, i * width);
    mask.fill(1, i * width, i * width + row.length);
    norm[i] = 1 / Math.sqrt(Math.max(1, row.length));
  });
  return {
    [`${name}s`]: new ort.Tensor('int32', values, [count, width]),
    [`${name}_mask`]: new ort.Tensor('float32', mask, [count, width]),
    [`${name}_norm`]: new ort.Tensor('float32', norm, [count, 1]),
  };
}

/**
 * @type {(logits: Float32Array, at: number, temperature: number) => [number, number, number]}
 */
function softmax(logits, at, temperature) {
  const a = /** @type {number} */ (logits[at]) / temperature;
  const b = /** @type {number} */ (logits[at + 1]) / temperature;
  const c = /** @type {number} */ (logits[at + 2]) / temperature;
  const top = Math.max(a, b, c);
  const [ea, eb, ec] = [Math.exp(a - top), Math.exp(b - top), Math.exp(c - top)];
  const sum = ea + eb + ec;
  return [ea / sum, eb / sum, ec / sum];
}
