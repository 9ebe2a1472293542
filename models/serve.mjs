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
import { FeatureExtractor } from './text/features.mjs';

/** @typedef {import('./scorer.ts').TextScore} TextScore */
/** @typedef {import('./model-config.mjs').ModelConfig} ModelConfig */
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
   * @param {readonly string[]} texts
   * @returns {Promise<TextScore[]>}
   */
  async score(texts) {
    const read = texts.map((text) => this.#read(text));
    const logits = await this.#quickLogits(read);
    const issues = await this.#issues?.find(read.flatMap((one) => (one.issues === undefined ? [] : [one.issues])));
    /** @type {TextScore[]} */
    const scores = [];
    for (const [i, { sequences }] of read.entries()) {
      const own = logits.map((of) => of.subarray(i * 3, i * 3 + 3));
      const alone = softmax(weighed(own, this.#config.quick));
      const sure = sequences.length === 0 || Math.max(...alone) >= this.#config.sure;
      const sentiment = this.#judge(sure ? alone : softmax(await this.#sum(own, sequences)));
      scores.push({ sentiment, issues: issues?.[i] ?? [], model: { name: this.name, version: this.version } });
    }
    return scores;
  }

  /**
   * Logits of each member, the quick ones first, each three a text: for calibration.
   * @param {readonly string[]} texts
   * @returns {Promise<Float32Array[]>}
   */
  async members(texts) {
    const read = texts.map((text) => this.#read(text));
    const all = (await this.#quickLogits(read)).map((logits) => logits.slice(0, texts.length * 3));
    for (const [i, sequence] of this.#sequences.entries()) {
      const logits = new Float32Array(texts.length * 3);
      for (const [at, { sequences }] of read.entries()) {
        const features = sequences[i];
        if (features !== undefined) logits.set(await sequence.logits(features), at * 3);
      }
      all.push(logits);
    }
    return all;
  }

  /** @param {string} text */
  #read(text) {
    const found = this.#extractor.read(text);
    return {
      quick: this.#quick.map((member) => member.read(found)),
      sequences: this.#sequences.map((sequence) => sequence.read(found)),
      issues: this.#issues?.read(found),
    };
  }

  /**
   * Of each quick member.
   * @param {readonly { readonly quick: readonly { grams: Int32Array, pieces: Int32Array }[] }[]} texts
   * @returns {Promise<Float32Array[]>}
   */
  async #quickLogits(texts) {
    const all = [];
    for (const [m, member] of this.#quick.entries()) {
      all.push(await member.logits(texts.flatMap(({ quick }) => quick[m] ?? [])));
    }
    return all;
  }

  /** @type {(own: readonly Float32Array[], features: readonly { ids: Int32Array, pairs: Int32Array | undefined }[]) => Promise<number[]>} */
  async #sum(own, features) {
    const all = [...own];
    for (const [i, sequence] of this.#sequences.entries()) {
      const one = features[i];
      if (one !== undefined) all.push(await sequence.logits(one));
    }
    return weighed(all, this.#config.weights);
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
  return [0, 1, 2].map((c) => logits.reduce((sum, of, m) => sum + Number(of[c]) * (weights[m] ?? 0), 0));
}

/** @type {(logits: readonly number[]) => Probabilities} */
function softmax(logits) {
  const top = Math.max(...logits);
  const [a = 0, b = 0, c = 0] = logits.map((value) => Math.exp(value - top));
  const sum = a + b + c;
  return [a / sum, b / sum, c / sum];
}
