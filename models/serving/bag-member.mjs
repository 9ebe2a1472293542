/**
 * A bag of hashed n-grams and word pieces, with or without a hidden layer. Graphs as export.py writes them are computed here,
 * from the file's own constants: for one text that takes a tenth of what a run of ONNX Runtime does, most of it its way there
 * and back. Any other graph with the same inputs runs in ONNX Runtime.
 *
 * Sums of whole numbers are exact, so a text's logits depend neither on its batch nor on which of the two computes the sums.
 */
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { networkOf } from './bag-network.mjs';
import { openSession, readBytes, runSession } from './onnx-session.mjs';
import { MAX_GRAMS, MAX_PIECES } from '../text/features.mjs';

const INPUTS = ['grams', 'gram_mask', 'gram_norm', 'pieces', 'piece_mask', 'piece_norm'];
/** A text is padded to so many, so that it goes through the same kernels as in a batch in training. */
const ROWS = 4;

/**
 * @typedef {object} BagConfig
 * @property {string} file
 * @property {number} gramBits log2 of the buckets
 * @property {number} pieceBits
 * @property {boolean} [distinct] a text's bucket counts once
 *
 * @typedef {import('../text/features.mjs').Features} Features
 * @typedef {{ readonly runs: 'here' | 'onnxruntime', logits(text: Features): Promise<Float32Array> }} Bag
 */

/**
 * @param {string} dir
 * @param {BagConfig} config
 * @param {'onnxruntime'} [runs] to have it run there whatever the graph
 * @returns {Promise<Bag>}
 */
export async function openBag(dir, config, runs) {
  const path = join(dir, config.file);
  const buckets = bucketsOf(config);
  const here = runs === undefined ? networkOf(await readBytes(path)) : undefined;
  if (here !== undefined) {
    return {
      runs: 'here',
      logits: (text) => Promise.resolve(here(buckets.grams(text.grams), buckets.pieces(text.pieces))),
    };
  }
  const session = await openSession(path, INPUTS, 'logits');
  return {
    runs: 'onnxruntime',
    async logits(text) {
      const inputs = {
        ...padded('gram', buckets.grams(text.grams)),
        ...padded('piece', buckets.pieces(text.pieces)),
      };
      const output = await runSession(session, inputs);
      const logits = /** @type {Float32Array} */ (output['logits']?.data);
      return logits.slice(0, logits.length / ROWS);
    },
  };
}

/** From hashes to buckets; what is returned is valid until the next call. @param {BagConfig} config */
function bucketsOf({ gramBits, pieceBits, distinct }) {
  /** @type {(bits: number, most: number) => (hashes: Int32Array) => Int32Array} */
  const taker = (bits, most) => {
    const into = new Int32Array(most);
    const shift = 32 - bits;
    const once = distinct === true ? distinctOf() : undefined;
    return (hashes) => {
      for (let i = 0; i < hashes.length; i++) into[i] = /** @type {number} */ (hashes[i]) >>> shift;
      return into.subarray(0, once === undefined ? hashes.length : once(into, hashes.length));
    };
  };
  return { grams: taker(gramBits, MAX_GRAMS), pieces: taker(pieceBits, MAX_PIECES) };
}

/** Keeps each value once, in front; returns how many. */
function distinctOf() {
  const slots = 4096;
  const seen = new Int32Array(slots);
  const rounds = new Int32Array(slots);
  let round = 0;
  return (/** @type {Int32Array} */ values, /** @type {number} */ count) => {
    round++;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const value = /** @type {number} */ (values[i]);
      let slot = value & (slots - 1);
      while (rounds[slot] === round && seen[slot] !== value) slot = (slot + 1) & (slots - 1);
      if (rounds[slot] === round) continue;
      rounds[slot] = round;
      seen[slot] = value;
      values[kept++] = value;
    }
    return kept;
  };
}

/** @type {(name: string, buckets: Int32Array) => Record<string, ort.Tensor>} */
function padded(name, buckets) {
  const width = Math.max(1, buckets.length);
  const values = new Int32Array(ROWS * width);
  const mask = new Float32Array(ROWS * width);
  const norm = new Float32Array(ROWS);
  values.set(buckets);
  mask.fill(1, 0, buckets.length);
  norm[0] = 1 / Math.sqrt(Math.max(1, buckets.length));
  return {
    [`${name}s`]: new ort.Tensor('int32', values, [ROWS, width]),
    [`${name}_mask`]: new ort.Tensor('float32', mask, [ROWS, width]),
    [`${name}_norm`]: new ort.Tensor('float32', norm, [ROWS, 1]),
  };
}
