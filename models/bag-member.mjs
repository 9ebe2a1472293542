/** A bag of hashed n-grams and word pieces: quick, and run for a whole batch at once. */
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
 * @param {{ readonly file: string, readonly gramBits: number, readonly pieceBits: number }} config
 */
export async function openBag(dir, { file, gramBits, pieceBits }) {
  const session = await openSession(join(dir, file), INPUTS, 'logits');
  return {
    /** @type {(found: import('./text/features.mjs').FeatureExtractor) => { grams: Int32Array, pieces: Int32Array }} */
    read({ tokens, tokenCount, pieces, pieceCount }) {
      const grams = scratch.slice(0, writeGrams(tokens, tokenCount, gramBits, scratch, 0));
      return { grams, pieces: scratch.slice(0, writePieces(pieces, pieceCount, pieceBits, scratch, 0)) };
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
