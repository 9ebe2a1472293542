/**
 * Fits the issue-type model's temperature and thresholds on the hand-labelled dev texts, through the engine's own scorer.
 * Usage: node models/issues/calibrate.mjs --data DIR [--model DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openIssues } from '../issues-member.mjs';
import { parseIssuesConfig } from '../model-config.mjs';
import { FeatureExtractor } from '../text/features.mjs';
import { readLabels } from './labels.mjs';

/** A label with fewer dev texts keeps the common threshold. */
const LEAST = 12;

/** @typedef {{ readonly p: readonly number[], readonly truth: readonly boolean[] }} Row */

/** Logarithmic loss at a temperature, from probabilities at temperature 1. @type {(rows: readonly Row[], t: number) => number} */
function loss(rows, t) {
  let sum = 0;
  for (const { p, truth } of rows) {
    p.forEach((one, c) => {
      const clipped = Math.min(1 - 1e-9, Math.max(1e-9, one));
      const q = 1 / (1 + Math.exp(-Math.log(clipped / (1 - clipped)) / t));
      sum -= Math.log(Math.max(1e-9, truth[c] === true ? q : 1 - q));
    });
  }
  return sum;
}

/** @type {(rows: readonly Row[], thresholds: readonly number[]) => number} */
function microF1(rows, thresholds) {
  let hits = 0;
  let all = 0;
  for (const { p, truth } of rows) {
    p.forEach((one, c) => {
      const given = one >= Number(thresholds[c]);
      if (given && truth[c] === true) hits++;
      all += Number(given) + Number(truth[c] === true);
    });
  }
  return (200 * hits) / Math.max(1, all);
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, model: { type: 'string', default: new URL('.', import.meta.url).pathname } },
});
if (values.data === undefined) throw new Error('usage: calibrate.mjs --data DIR [--model DIR]');
const path = join(values.model, 'model.json');
const config = { ...parseIssuesConfig(readFileSync(path, 'utf8')), temperature: 1 };
writeFileSync(path, JSON.stringify(config));
const model = await openIssues(values.model);
const extractor = new FeatureExtractor();
const labelled = [...readLabels(values.data, 'zh'), ...readLabels(values.data, 'en')].filter(
  ({ split }) => split === 'dev',
);
/** @type {Row[]} */
let rows = [];
for (const { text, issues } of labelled) {
  const [p = []] = await model.probabilities([model.read(extractor.read(text))]);
  rows.push({ p, truth: model.labels.map((label) => issues.includes(label)) });
}
const candidates = Array.from({ length: 60 }, (_, i) => 0.5 + i * 0.05);
const temperature = candidates.reduce((best, t) => (loss(rows, t) < loss(rows, best) ? t : best), 1);
rows = rows.map(({ p, truth }) => ({
  truth,
  p: p.map((one) => 1 / (1 + Math.exp(-Math.log(Math.max(1e-9, one) / Math.max(1e-9, 1 - one)) / temperature))),
}));
const steps = Array.from({ length: 37 }, (_, i) => Math.round((0.1 + i * 0.02) * 100) / 100);
const common = steps.reduce((best, step) => {
  const at = (/** @type {number} */ threshold) =>
    microF1(
      rows,
      model.labels.map(() => threshold),
    );
  return at(step) > at(best) ? step : best;
}, 0.5);
const thresholds = model.labels.map(() => common);
model.labels.forEach((_, c) => {
  if (rows.filter(({ truth }) => truth[c] === true).length < LEAST) return;
  for (const step of steps) {
    const other = thresholds.map((one, i) => (i === c ? step : one));
    if (microF1(rows, other) > microF1(rows, thresholds) + 0.01) thresholds[c] = step;
  }
  // Few texts speak for it: half-way to the common one.
  thresholds[c] = Math.round(50 * (Number(thresholds[c]) + common)) / 100;
});
writeFileSync(
  path,
  `${JSON.stringify({ ...config, temperature: Math.round(temperature * 100) / 100, thresholds }, null, 2)}\n`,
);
process.stdout.write(
  `${rows.length} dev texts, temperature ${temperature.toFixed(2)}, micro-F1 ${microF1(rows, thresholds).toFixed(1)}\n`,
);
