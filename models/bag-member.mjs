/** A bag of hashed n-grams and word pieces, with or without a hidden layer: quick, and run for a whole batch at once. */
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { openSession } from './onnx-session.mjs';
import { MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from './text/features.mjs';

const INPUTS = ['grams', 'gram_mask', 'gram_norm', 'pieces', 'piece_mask', 'piece_norm'];
/** The batch is padded to a multiple of so many texts, so that every text goes through the same kernels. */
const ROWS = 4;
const scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));

/**
 * Sums of int8 rows are whole numbers below 2^24: exact in float, whatever the padding; so a text's logits do not depend
 * on its batch.
 * @param {string} dir
 * @param {BagConfig} config
 * @typedef {object} BagConfig
 * @property {string} file
 * @property {number} gramBits log2 of the buckets
 * @property {number} pieceBits
 * @property {boolean} [distinct] a text's bucket counts once
 */
export async function openBag(dir, { file, gramBits, pieceBits, distinct }) {
  const session = await openSession(join(dir, file), INPUTS, 'logits');
  return {
    /** @type {(found: import('./text/features.mjs').FeatureExtractor) => { grams: Int32Array, pieces: Int32Array }} */
    read({ tokens, tokenCount, pieces, pieceCount }) {
      const take = distinct === true ? once : all;
      const grams = take(writeGrams(tokens, tokenCount, gramBits, scratch, 0));
      return { grams, pieces: take(writePieces(pieces, pieceCount, pieceBits, scratch, 0)) };
    },
    /**
     * Three logits a text.
     * @param {readonly { grams: Int32Array, pieces: Int32Array }[]} texts
     * @returns {Promise<Float32Array>}
     */
    async logits(texts) {
      const output = await session.run({
        ...padded(
          'gram',
          texts.map((text) => text.grams),
        ),
        ...padded(
          'piece',
          texts.map((text) => text.pieces),
        ),
      });
      return /** @type {Float32Array} */ (output['logits']?.data);
    },
  };
}

/** What is in scratch. @type {(count: number) => Int32Array} */
const all = (count) => scratch.slice(0, count);

/** What is in scratch, each value once. @type {(count: number) => Int32Array} */
function once(count) {
  const values = scratch.subarray(0, count).sort();
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const value = /** @type {number} */ (values[i]);
    if (i === 0 || value !== values[kept - 1]) values[kept++] = value;
  }
  return all(kept);
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
