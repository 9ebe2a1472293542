/**
 * The issue-type model: a probability for each label, several of which may hold. A cascade like the sentiment model's: the
 * bag answers alone where each label's probability is clear; elsewhere its logits and those of the sequence networks are
 * summed. A text's labels do not depend on the texts it is batched with.
 */
import { join } from 'node:path';
import { openBag } from './bag-member.mjs';
import { parseIssuesConfig } from './model-config.mjs';
import { readBytes } from './onnx-session.mjs';
import { openSequence } from './sequence-member.mjs';

/** @typedef {import('../text/features.mjs').Features} Features */

/**
 * @param {string} dir with model.json and the files it names
 * @param {import('./model-config.mjs').IssuesConfig} [instead] of model.json
 */
export async function openIssues(dir, instead) {
  const config = instead ?? parseIssuesConfig((await readBytes(join(dir, 'model.json'))).toString('utf8'));
  const { labels, thresholds, routes, bagTemperature, weights, clear } = config;
  const bag = await openBag(dir, config.bag);
  const sequences = await Promise.all(config.sequences.map((one) => openSequence(dir, one)));
  const count = labels.length;
  const last = count - 1;

  /** @type {(logits: Float32Array | undefined, file: string | undefined) => Float32Array} */
  function checked(logits, file) {
    if (logits?.length !== count) throw new Error(`expected ${count} logits a text of ${String(file)}`);
    return logits;
  }

  /** @type {(text: Features) => Promise<Float32Array>} */
  const bagOf = async (text) => checked(await bag.logits(text), config.bag.file);

  /**
   * Logits of each member, the bag first, one a label.
   * @type {(text: Features, own: Float32Array) => Promise<Float32Array[]>}
   */
  async function membersOf(text, own) {
    const all = [own];
    for (const [i, sequence] of sequences.entries()) {
      all.push(checked(await sequence.logits(text), config.sequences[i]?.file));
    }
    return all;
  }

  return {
    labels,
    /** For calibration. @type {(text: Features) => Promise<Float32Array[]>} */
    members: async (text) => membersOf(text, await bagOf(text)),
    /**
     * Each text's labels, most probable first; the last label of the model where nothing else holds.
     * @type {(texts: readonly Features[], at?: (index: number) => void) => Promise<import('./scorer.ts').IssueScore[][]>}
     */
    async find(texts, at = () => undefined) {
      const read = [];
      for (const [i, text] of texts.entries()) {
        at(i);
        const own = await bagOf(text);
        read.push({ text, own, alone: labels.map((_, c) => sigmoid(Number(own[c]) / bagTemperature)) });
      }
      const found = [];
      for (const [i, { text, own, alone }] of read.entries()) {
        at(i);
        const isClear = sequences.length === 0 || alone.every((p) => p <= clear.low || p >= clear.high);
        found.push(given(isClear ? alone : summed(await membersOf(text, own))));
      }
      return found;
    },
  };

  /** @type {(members: readonly Float32Array[]) => number[]} */
  function summed(members) {
    return labels.map((_, c) => sigmoid(members.reduce((sum, one, m) => sum + Number(weights[m]) * Number(one[c]), 0)));
  }

  /** @type {(probabilities: readonly number[]) => import('./scorer.ts').IssueScore[]} */
  function given(probabilities) {
    const held = probabilities
      .map((confidence, c) => ({ label: nameOf(labels, c), confidence, routes: confidence >= Number(routes[c]) }))
      .filter(({ confidence }, c) => confidence >= Number(thresholds[c]) && c !== last)
      .sort((a, b) => b.confidence - a.confidence);
    if (held.length > 0) return held;
    return [{ label: nameOf(labels, last), confidence: Number(probabilities[last]), routes: false }];
  }
}

/** @type {(logit: number) => number} */
const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));

/** @type {(labels: readonly string[], index: number) => string} */
function nameOf(labels, index) {
  const name = labels[index];
  if (name === undefined) throw new Error(`there is no label ${index} of ${labels.length}`);
  return name;
}
