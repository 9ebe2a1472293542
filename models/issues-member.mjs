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

/**
 * @typedef {{
 *   readonly bag: { grams: Int32Array, pieces: Int32Array },
 *   readonly sequences: readonly { ids: Int32Array, pairs: Int32Array | undefined }[],
 * }} IssuesFeatures
 */

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

  /** @type {(logits: ArrayLike<number> | undefined, expected: number, file: string) => ArrayLike<number>} */
  function checked(logits, expected, file) {
    if (logits === undefined || logits.length < expected) throw new Error(`expected ${count} logits a text of ${file}`);
    return logits;
  }

  /**
   * Logits of each member, the bag first, one a label.
   * @type {(text: IssuesFeatures, own: ArrayLike<number>) => Promise<ArrayLike<number>[]>}
   */
  async function membersOf(text, own) {
    const all = [own];
    for (const [i, sequence] of sequences.entries()) {
      const features = text.sequences[i];
      if (features === undefined) continue;
      all.push(checked(await sequence.logits(features), count, config.sequences[i]?.file ?? ''));
    }
    return all;
  }

  /** @type {(texts: readonly IssuesFeatures[]) => Promise<ArrayLike<number>[]>} */
  async function bagLogits(texts) {
    const logits = await bag.logits(texts.map((text) => text.bag));
    checked(logits, texts.length * count, config.bag.file);
    return texts.map((_, i) => logits.slice(i * count, (i + 1) * count));
  }

  return {
    labels,
    /** @type {(found: import('./text/features.mjs').FeatureExtractor) => IssuesFeatures} */
    read: (found) => ({ bag: bag.read(found), sequences: sequences.map((sequence) => sequence.read(found)) }),
    /** For calibration. @type {(text: IssuesFeatures) => Promise<ArrayLike<number>[]>} */
    async members(text) {
      const [own = []] = await bagLogits([text]);
      return membersOf(text, own);
    },
    /**
     * Each text's labels, most probable first; the last label of the model where nothing else holds.
     * @type {(texts: readonly IssuesFeatures[]) => Promise<import('./scorer.ts').IssueScore[][]>}
     */
    async find(texts) {
      const own = await bagLogits(texts);
      const found = [];
      for (const [i, text] of texts.entries()) {
        const logits = own[i] ?? [];
        let probabilities = labels.map((_, c) => sigmoid(Number(logits[c]) / bagTemperature));
        if (sequences.length > 0 && probabilities.some((p) => p > clear.low && p < clear.high)) {
          const members = await membersOf(text, logits);
          probabilities = labels.map((_, c) =>
            sigmoid(members.reduce((sum, one, m) => sum + Number(weights[m]) * Number(one[c]), 0)),
          );
        }
        found.push(given(probabilities));
      }
      return found;
    },
  };

  /** @type {(probabilities: readonly number[]) => import('./scorer.ts').IssueScore[]} */
  function given(probabilities) {
    const held = probabilities
      .map((confidence, c) => ({ label: labels[c] ?? '', confidence, routes: confidence >= Number(routes[c]) }))
      .filter(({ confidence }, c) => confidence >= Number(thresholds[c]) && c !== last)
      .sort((a, b) => b.confidence - a.confidence);
    if (held.length > 0) return held;
    return [{ label: labels[last] ?? '', confidence: Number(probabilities[last]), routes: false }];
  }
}

/** @type {(logit: number) => number} */
const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));
