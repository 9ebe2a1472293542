/** A network over the sequence of tokens: slower, run text by text, so that nothing is padded. */
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { openSession, readBytes, runSession } from './onnx-session.mjs';
import { writePairs } from '../text/features.mjs';

/**
 * Token ids: 0 pads, then the vocabulary in its order, then buckets of tokens outside of it.
 * @param {string} dir
 * @param {SequenceConfig} config
 * @typedef {object} SequenceConfig
 * @property {string} file
 * @property {string} vocabulary file of sorted int32 hashes
 * @property {number} outsideBits log2 of the buckets for other tokens
 * @property {number} pairBits log2 of the buckets for pairs of tokens; 0: the network takes no pairs
 * @property {number} head tokens read at the beginning of a long text
 * @property {number} tail and at its end
 */
export async function openSequence(dir, config) {
  const session = await openSession(join(dir, config.file), config.pairBits > 0 ? ['ids', 'pairs'] : ['ids'], 'logits');
  const bytes = await readBytes(join(dir, config.vocabulary));
  if (bytes.length % 4 !== 0) throw new Error(`${config.vocabulary}: expected int32 values`);
  /** @type {Map<number, number>} */
  const vocabulary = new Map();
  for (let i = 0; i * 4 < bytes.length; i++) vocabulary.set(bytes.readInt32LE(i * 4), i + 1);
  const outside = 1 + vocabulary.size;
  const outsideMask = (1 << config.outsideBits) - 1;
  const { head, tail, pairBits } = config;

  /** Of the hashes that are read, the ids. @type {(tokens: Int32Array) => Int32Array} */
  function idsOf(tokens) {
    const ids = new Int32Array(Math.max(1, tokens.length));
    for (let i = 0; i < tokens.length; i++) {
      const hash = /** @type {number} */ (tokens[i]);
      ids[i] = vocabulary.get(hash) ?? outside + (hash & outsideMask);
    }
    return ids;
  }

  return {
    /**
     * Three logits, or one a label.
     * @param {import('../text/features.mjs').Features} text
     * @returns {Promise<Float32Array>}
     */
    async logits({ tokens }) {
      const ids = idsOf(ends(tokens, head, tail));
      /** @type {Record<string, ort.Tensor>} */
      const inputs = { ids: new ort.Tensor('int32', ids, [1, ids.length]) };
      if (pairBits > 0) {
        const all = new Int32Array(Math.max(1, tokens.length));
        writePairs(tokens, tokens.length, pairBits, all);
        inputs['pairs'] = new ort.Tensor('int32', ends(all, head, tail), [1, ids.length]);
      }
      const output = await runSession(session, inputs);
      return /** @type {Float32Array} */ (output['logits']?.data);
    },
  };
}

/** @type {(values: Int32Array, head: number, tail: number) => Int32Array} */
function ends(values, head, tail) {
  if (values.length <= head + tail) return values;
  const kept = new Int32Array(head + tail);
  kept.set(values.subarray(0, head));
  kept.set(values.subarray(values.length - tail), head);
  return kept;
}
