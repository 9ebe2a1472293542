/**
 * Fits what the issue-type model's model.json leaves open, on the hand-labelled dev texts and through the engine's own
 * scorer: the members' weights and the bag's temperature (lowest log-loss), the thresholds (best micro-F1), the threshold
 * from which on a label may route to an owner (precision), and when the bag may answer alone.
 * Usage: node models/issues/calibrate.mjs --data DIR [--model DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openIssues } from '../serving/issues-member.mjs';
import { parseIssuesConfig } from '../serving/model-config.mjs';
import { FeatureExtractor } from '../text/features.mjs';
import { readLabels } from './labels.mjs';

/** A label with fewer dev texts keeps the common threshold. */
const LEAST = 25;
/** A label routes from where so many of dev's are right, and at least so many are there to tell. */
const ROUTE_PRECISION = 0.93;
const ROUTE_LEAST = 12;
/** The bag answers alone where that costs no more of dev's micro-F1. */
const CASCADE_COST = 0.3;

/** @typedef {{ readonly logits: readonly ArrayLike<number>[], readonly truth: readonly boolean[] }} Row */

/** @type {(row: Row, weights: readonly number[], c: number) => number} */
const probability = ({ logits }, weights, c) =>
  1 / (1 + Math.exp(-logits.reduce((sum, one, m) => sum + (weights[m] ?? 0) * Number(one[c]), 0)));

/** Gradient descent on a convex loss of a few weights. @type {(rows: readonly Row[], start: readonly number[]) => number[]} */
function fit(rows, start) {
  let weights = [...start];
  for (let step = 0; step < 400; step++) {
    const gradient = weights.map(() => 0);
    for (const row of rows) {
      row.truth.forEach((is, c) => {
        const error = probability(row, weights, c) - Number(is);
        weights.forEach((_, m) => {
          gradient[m] = (gradient[m] ?? 0) + (error * Number(row.logits[m]?.[c])) / rows.length;
        });
      });
    }
    weights = weights.map((weight, m) => Math.max(0, weight - 0.02 * (gradient[m] ?? 0)));
  }
  return weights.map((weight) => Math.round(weight * 1000) / 1000);
}

/** As the engine gives them: the last label only where nothing else is. @type {(p: readonly number[], thresholds: readonly number[]) => boolean[]} */
function given(p, thresholds) {
  const held = p.map((one, c) => c < p.length - 1 && one >= Number(thresholds[c]));
  held[p.length - 1] = !held.includes(true);
  return held;
}

/** @type {(rows: readonly { p: readonly number[], truth: readonly boolean[] }[], thresholds: readonly number[]) => number} */
function microF1(rows, thresholds) {
  let hits = 0;
  let all = 0;
  for (const { p, truth } of rows) {
    given(p, thresholds).forEach((is, c) => {
      if (is && truth[c] === true) hits++;
      all += Number(is) + Number(truth[c] === true);
    });
  }
  return (200 * hits) / Math.max(1, all);
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, model: { type: 'string', default: new URL('.', import.meta.url).pathname } },
});
if (values.data === undefined) throw new Error('usage: calibrate.mjs --data DIR [--model DIR]');
const path = join(values.model, 'model.json');
const config = parseIssuesConfig(readFileSync(path, 'utf8'));
const model = await openIssues(values.model);
const extractor = new FeatureExtractor();
/** @type {Row[]} */
const rows = [];
for (const { text, issues } of [...readLabels(values.data, 'zh'), ...readLabels(values.data, 'en')].filter(
  ({ split }) => split === 'dev',
)) {
  rows.push({
    logits: await model.members(extractor.features(text)),
    truth: model.labels.map((label) => issues.includes(label)),
  });
}
const members = rows[0]?.logits.length ?? 1;
const [bagWeight = 1] = fit(
  rows.map(({ logits, truth }) => ({ logits: logits.slice(0, 1), truth })),
  [0.7],
);
const weights = fit(rows, new Array(members).fill(0.7 / members));
const judged = rows.map((row) => ({ truth: row.truth, p: row.truth.map((_, c) => probability(row, weights, c)) }));
const alone = rows.map((row) => row.truth.map((_, c) => probability(row, [bagWeight], c)));

const steps = Array.from({ length: 61 }, (_, i) => Math.round((0.15 + i * 0.01) * 100) / 100);
const common = steps.reduce((best, step) => {
  const at = (/** @type {number} */ threshold) =>
    microF1(
      judged,
      model.labels.map(() => threshold),
    );
  return at(step) > at(best) ? step : best;
}, 0.5);
const thresholds = model.labels.map(() => common);
model.labels.forEach((_, c) => {
  if (rows.filter(({ truth }) => truth[c] === true).length < LEAST) return;
  for (const step of steps) {
    const other = thresholds.map((one, i) => (i === c ? step : one));
    if (microF1(judged, other) > microF1(judged, thresholds) + 0.01) thresholds[c] = step;
  }
  // Few texts speak for it: half-way to the common one.
  thresholds[c] = Math.round(50 * (Number(thresholds[c]) + common)) / 100;
});

/** The mildest probability from which on a label is right often enough; 2: none. @type {(c: number) => number} */
function routeFrom(c) {
  const ranked = judged.map(({ p, truth }) => ({ p: Number(p[c]), hit: truth[c] === true })).sort((a, b) => b.p - a.p);
  let hits = 0;
  let from = 2;
  for (const [i, { p, hit }] of ranked.entries()) {
    if (p < Number(thresholds[c])) break;
    if (hit) hits++;
    if (i + 1 >= ROUTE_LEAST && hits / (i + 1) >= ROUTE_PRECISION) from = p;
  }
  return Math.round(from * 1000) / 1000;
}
const last = model.labels.length - 1;
const routes = model.labels.map((_, c) => (c === last ? 2 : routeFrom(c)));

// The narrowest band around the thresholds outside of which the bag's word costs little.
const full = microF1(judged, thresholds);
let clear = { low: 0, high: 1 };
let share = 0;
for (let band = 0.49; members > 1 && band >= 0.05; band -= 0.01) {
  const trial = { low: Math.max(0, 0.5 - band), high: 0.5 + band };
  const isClear = (/** @type {readonly number[]} */ p) => !p.some((one) => one > trial.low && one < trial.high);
  const cascaded = judged.map((row, i) => (isClear(alone[i] ?? []) ? { ...row, p: alone[i] ?? [] } : row));
  if (microF1(cascaded, thresholds) < full - CASCADE_COST) break;
  clear = { low: Math.round(trial.low * 100) / 100, high: Math.round(trial.high * 100) / 100 };
  share = alone.filter(isClear).length / alone.length;
}
const fitted = { ...config, bagTemperature: Math.round(1000 / bagWeight) / 1000, weights, clear, thresholds, routes };
writeFileSync(path, `${JSON.stringify(parseIssuesConfig(JSON.stringify(fitted)), null, 2)}\n`);
process.stdout.write(
  `${rows.length} dev texts, weights ${JSON.stringify(weights)}, micro-F1 ${full.toFixed(1)}, by the bag alone ` +
    `${microF1(
      judged.map((row, i) => ({ ...row, p: alone[i] ?? [] })),
      thresholds,
    ).toFixed(1)}, which answers ${(100 * share).toFixed(0)} %\n`,
);
