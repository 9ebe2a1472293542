/**
 * What a scoring thread loads: a sentiment model and an issue-type model, each the bundled kind (model.json) or one's own
 * (model.yaml), together one scorer.
 */
import { relative } from 'node:path';
import { openIssues } from './issues-member.mjs';
import { parseConfig, parseIssuesConfig } from './model-config.mjs';
import { readBytes } from './onnx-session.mjs';
import { openOwn } from '../own/own-model.mjs';
import { load as loadBundled } from './serve.mjs';
import { FeatureExtractor } from '../text/features.mjs';

export { watchNativeCalls } from './onnx-session.mjs';

/** @typedef {import('./scorer.ts').TextScore} TextScore */
/** @typedef {import('./scorer.ts').ModelPart} ModelPart */

/**
 * @param {string} dir of the sentiment model, where no parts are given
 * @param {{ readonly sentiment: ModelPart, readonly issues: ModelPart | null }} [parts]
 */
export async function load(dir, parts) {
  if (parts === undefined) return loadBundled(dir);
  const { sentiment, issues } = parts;
  const model = await openParts(sentiment, issues);
  // The first runs allocate: they are done before anybody waits for one.
  await model.score(['服务很好', 'terrible service']);
  return model;
}

/** @type {(sentiment: ModelPart, issues: ModelPart | null) => Promise<Model>} */
async function openParts(sentiment, issues) {
  if (sentiment.own === null && (issues === null || issues.own === null)) return openBundled(sentiment.dir, issues);
  const first =
    sentiment.own === null ? await bundledSentiment(sentiment.dir) : await openOwn(sentiment.dir, sentiment.own);
  const second =
    issues === null
      ? null
      : issues.own === null
        ? await bundledIssues(issues.dir)
        : await openOwn(issues.dir, issues.own);
  const model = {
    name: first.name,
    version: first.version,
    ...(second && { issues: { name: second.name, version: second.version } }),
  };
  return {
    name: first.name,
    version: first.version,
    textMs: first.textMs + (second?.textMs ?? 0),
    async score(texts, at) {
      const sentiments = await first.sentiments(texts, at);
      const found = await second?.issues(texts, at);
      return sentiments.map((one, i) => ({ sentiment: one, issues: found?.[i] ?? [], model }));
    },
  };
}

/**
 * Both bundled: one reading of a text serves both.
 * @typedef {(index: number) => void} At called at each step with the text that is at work
 * @typedef {{ readonly name: string, readonly version: string, readonly textMs: number, score(texts: readonly string[], at?: At): Promise<TextScore[]> }} Model
 * @type {(dir: string, issues: ModelPart | null) => Promise<Model>}
 */
async function openBundled(dir, issues) {
  const config = parseConfig((await readBytes(`${dir}/model.json`)).toString('utf8'));
  const { issues: _, ...alone } = config;
  if (issues === null) return withoutWait(await loadBundled(dir, alone));
  const { name, version } = parseIssuesConfig((await readBytes(`${issues.dir}/model.json`)).toString('utf8'));
  const both = await loadBundled(dir, { ...config, issues: relative(dir, issues.dir) });
  const model = { name: both.name, version: both.version, issues: { name, version } };
  return {
    ...withoutWait(both),
    score: async (texts, at) => (await both.score(texts, at)).map((score) => ({ ...score, model })),
  };
}

/** Bundled models are quick enough for the usual patience. @type {(model: Awaited<ReturnType<typeof loadBundled>>) => Model} */
const withoutWait = (model) => ({
  name: model.name,
  version: model.version,
  textMs: 0,
  score: (texts, at) => model.score(texts, at),
});

/** @param {string} dir */
async function bundledSentiment(dir) {
  const model = await openBundled(dir, null);
  return {
    ...model,
    /** @type {(texts: readonly string[], at?: At) => Promise<TextScore['sentiment'][]>} */
    sentiments: async (texts, at) => (await model.score(texts, at)).map((score) => score.sentiment),
  };
}

/** @param {string} dir */
async function bundledIssues(dir) {
  const { name, version } = parseIssuesConfig((await readBytes(`${dir}/model.json`)).toString('utf8'));
  const model = await openIssues(dir);
  const extractor = new FeatureExtractor();
  return {
    name,
    version,
    textMs: 0,
    /** @type {(texts: readonly string[], at?: At) => Promise<TextScore['issues'][]>} */
    issues: (texts, at) =>
      model.find(
        texts.map((text) => extractor.features(text)),
        at,
      ),
  };
}
