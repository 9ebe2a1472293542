/**
 * Loads a model folder and scores texts with it, on whatever thread it is called: what the worker pool runs, and what
 * evaluation runs. A cascade: the quick members (the bag, the linear one) answer alone where they are sure; elsewhere
 * their logits and those of the sequence networks are summed. A text's scores do not depend on the texts it is batched with.
 */
import { join } from 'node:path';
import { openBag } from './bag-member.mjs';
import { openIssues } from './issues-member.mjs';
import { parseConfig } from './model-config.mjs';
import { readBytes } from './onnx-session.mjs';
import { openSequence } from './sequence-member.mjs';
import { FeatureExtractor } from '../text/features.mjs';

/** @typedef {import('./scorer.ts').TextScore} TextScore */
/** @typedef {import('./model-config.mjs').ModelConfig} ModelConfig */
/** @typedef {import('../text/features.mjs').Features} Features */
/** @typedef {[negative: number, neutral: number, positive: number]} Probabilities */

/**
 * @param {string} dir with model.json and the files it names
 * @param {ModelConfig} [instead] of model.json
 * @returns {Promise<SentimentModel>}
 */
export async function load(dir, instead) {
  const config = instead ?? parseConfig((await readBytes(join(dir, 'model.json'))).toString('utf8'));
  // One after the other: the first unusable file is the one that is named.
  const quick = [await openBag(dir, config.bag)];
  if (config.linear !== undefined) quick.push(await openBag(dir, config.linear));
  const sequences = await Promise.all(config.sequences.map((one) => openSequence(dir, one)));
  const issues = config.issues === undefined ? undefined : await openIssues(join(dir, config.issues));
  const model = new SentimentModel(config, quick, sequences, issues);
  // The first runs allocate: they are done before anybody waits for one.
  await model.members(['服务很好', 'terrible service']);
  await model.score(['服务很好', 'terrible service']);
  return model;
}

export class SentimentModel {
  /**
   * @param {ModelConfig} config
   * @param {readonly Awaited<ReturnType<typeof openBag>>[]} quick
   * @param {readonly Awaited<ReturnType<typeof openSequence>>[]} sequences
   * @param {Awaited<ReturnType<typeof openIssues>>} [issues]
   */
  constructor(config, quick, sequences, issues) {
    this.name = config.name;
    this.version = config.version;
    this.#config = config;
    this.#quick = quick;
    this.#sequences = sequences;
    this.#issues = issues;
  }
  #config;
  #quick;
  #sequences;
  #issues;
  #extractor = new FeatureExtractor();

  /**
   * Member by member, each text by text: nothing is padded, and a member's weights stay in the processor's cache.
   * @param {readonly string[]} texts
   * @param {(index: number) => void} [at] called at each step with the text that is at work
   * @returns {Promise<TextScore[]>}
   */
  async score(texts, at = () => undefined) {
    const read = [];
    for (const [i, text] of texts.entries()) {
      at(i);
      const features = this.#extractor.features(text);
      const logits = [];
      for (const member of this.#quick) logits.push(await member.logits(features));
      const alone = softmax(weighed(logits, this.#config.quick));
      const isSure = this.#sequences.length === 0 || Math.max(...alone) >= this.#config.sure;
      read.push({ features, logits, alone, isSure });
    }
    for (const sequence of this.#sequences) {
      for (const [i, { features, logits, isSure }] of read.entries()) {
        if (isSure) continue;
        at(i);
        logits.push(await sequence.logits(features));
      }
    }
    const issues = await this.#issues?.find(
      read.map(({ features }) => features),
      at,
    );
    return read.map(({ logits, alone, isSure }, i) => ({
      sentiment: this.#judge(isSure ? alone : softmax(weighed(logits, this.#config.weights))),
      issues: issues?.[i] ?? [],
      model: { name: this.name, version: this.version },
    }));
  }

  /**
   * Logits of each member, the quick ones first, each three a text: for calibration.
   * @param {readonly string[]} texts
   * @returns {Promise<Float32Array[]>}
   */
  async members(texts) {
    const members = [...this.#quick, ...this.#sequences];
    const all = members.map(() => new Float32Array(texts.length * 3));
    for (const [at, text] of texts.entries()) {
      const features = this.#extractor.features(text);
      for (const [m, member] of members.entries()) all[m]?.set(await member.logits(features), at * 3);
    }
    return all;
  }

  /** @type {(probabilities: Probabilities) => TextScore['sentiment']} */
  #judge([negative, neutral, positive]) {
    const score = positive - negative;
    const confidence = Math.max(negative, neutral, positive);
    const label = negative === confidence ? 'negative' : positive === confidence ? 'positive' : 'neutral';
    const { strong } = this.#config;
    /** @type {TextScore['sentiment']['intensity']} */
    let intensity = label;
    if (label === 'negative' && score <= strong.negative) intensity = 'strong_negative';
    if (label === 'positive' && score >= strong.positive) intensity = 'strong_positive';
    return { label, score, intensity, confidence };
  }
}

/**
 * Three logits: the members' in their order, weighed.
 * @type {(logits: readonly Float32Array[], weights: readonly number[]) => number[]}
 */
function weighed(logits, weights) {
  // A weight a member: model-config.mjs has counted them.
  return [0, 1, 2].map((c) => logits.reduce((sum, of, m) => sum + Number(of[c]) * (weights[m] ?? 0), 0));
}

/** @type {(logits: readonly number[]) => Probabilities} */
function softmax(logits) {
  const top = Math.max(...logits);
  const [a = 0, b = 0, c = 0] = logits.map((value) => Math.exp(value - top));
  const sum = a + b + c;
  return [a / sum, b / sum, c / sum];
}
