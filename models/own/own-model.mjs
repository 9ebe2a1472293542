/** A model of one's own: tokens, network, and what its outputs mean to Earshot. Sentiments or issues, by its task. */
import { openEncoder } from './encoder.mjs';
import { openTokens } from './tokens.mjs';

/** @typedef {import('../serving/scorer.ts').TextScore} TextScore */
/** @typedef {import('./form.ts').OwnModel} OwnModel */
/** @typedef {(index: number) => void} At called with the text that is at work */

/**
 * @param {string} dir
 * @param {OwnModel} own
 */
export async function openOwn(dir, own) {
  const tokens = await openTokens(dir, own.maxLength);
  const encoder = await openEncoder(dir, own, tokens.highest);
  /** @type {(text: string) => Promise<number[]>} */
  const probabilities = async (text) => activate(await encoder.run(tokens.encode(text)), own);
  return {
    name: own.name,
    version: own.version,
    textMs: encoder.textMs,
    /** @type {(texts: readonly string[], at?: At) => Promise<TextScore['sentiment'][]>} */
    sentiments: (texts, at) => each(texts, at, async (text) => sentimentOf(await probabilities(text), own)),
    /** @type {(texts: readonly string[], at?: At) => Promise<TextScore['issues'][]>} */
    issues: (texts, at) => each(texts, at, async (text) => issuesOf(await probabilities(text), own)),
  };
}

/**
 * One after the other: there is one core.
 * @template T
 * @param {readonly string[]} texts
 * @param {At | undefined} at
 * @param {(text: string) => Promise<T>} of
 */
async function each(texts, at, of) {
  const all = [];
  for (const [i, text] of texts.entries()) {
    at?.(i);
    all.push(await of(text));
  }
  return all;
}

/** @type {(values: Float32Array, own: OwnModel) => number[]} */
export function activate(values, { activation, temperature }) {
  const scaled = Array.from(values, (value) => value / temperature);
  if (activation === 'sigmoid') return scaled.map((value) => 1 / (1 + Math.exp(-value)));
  if (activation === 'none') return Array.from(values, (value) => Math.min(1, Math.max(0, value)));
  const top = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * Below its threshold a sentiment is not given: the text is neutral then, as surely as that other one does not hold.
 * @type {(probabilities: readonly number[], own: OwnModel) => TextScore['sentiment']}
 */
export function sentimentOf(probabilities, { outputs, thresholds, strong }) {
  const sum = { negative: 0, neutral: 0, positive: 0 };
  outputs.forEach((meaning, i) => {
    const sentiment = /** @type {keyof typeof sum} */ (meaning);
    sum[sentiment] += Number(probabilities[i]);
    // One output that says yes or no.
    if (outputs.length === 1) sum[sentiment === 'negative' ? 'positive' : 'negative'] += 1 - Number(probabilities[i]);
  });
  const score = Math.min(1, Math.max(-1, sum.positive - sum.negative));
  const top = Math.min(1, Math.max(sum.negative, sum.neutral, sum.positive));
  const best = sum.negative >= top ? 'negative' : sum.positive >= top ? 'positive' : 'neutral';
  const [negative = 0, , positive = 0] = thresholds;
  if (best === 'neutral') return { label: best, score, intensity: best, confidence: top };
  if (top < (best === 'negative' ? negative : positive)) {
    return { label: 'neutral', score, intensity: 'neutral', confidence: 1 - top };
  }
  const isStrong = best === 'negative' ? score <= strong.negative : score >= strong.positive;
  return { label: best, score, intensity: isStrong ? `strong_${best}` : best, confidence: top };
}

/**
 * Most probable first; its owner chose the thresholds, so that what is given also routes. Of exclusive labels (softmax) one at most is given.
 * @type {(probabilities: readonly number[], own: OwnModel) => TextScore['issues']}
 */
export function issuesOf(probabilities, { outputs, thresholds, activation, fallback }) {
  /** @type {Map<string, number>} Labels that mean the same count once, as sure as the surer. */
  const given = new Map();
  outputs.forEach((label, i) => {
    const confidence = Number(probabilities[i]);
    if (confidence >= Number(thresholds[i])) given.set(label, Math.max(confidence, given.get(label) ?? 0));
  });
  const ranked = [...given]
    .map(([label, confidence]) => ({ label, confidence, routes: label !== fallback }))
    .sort((a, b) => b.confidence - a.confidence || (a.label < b.label ? -1 : 1));
  if (ranked.length > 0)
    return activation === 'softmax'
      ? ranked.slice(0, 1)
      : ranked.filter((one) => ranked.length === 1 || one.label !== fallback);
  return fallback === null ? [] : [{ label: fallback, confidence: 1 - Math.max(0, ...probabilities), routes: false }];
}
