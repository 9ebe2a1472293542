/**
 * Fits what model.json leaves open, on the dev files alone and through the engine's own scorer: the members' weights and
 * those of the quick members alone (lowest log-loss, each set weighing the same), when these may answer alone, and what is
 * strong.
 * Usage: node models/lab/calibrate-sentiment.mjs --data DIR --model DIR
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LABELS, parseConfig } from '../serving/model-config.mjs';
import { load } from '../serving/serve.mjs';
import { SENTIMENT_SETS } from '../text/prepare.mjs';
import { readTable } from '../text/table.mjs';

/** @typedef {{ readonly set: string, readonly truth: number, readonly logits: readonly (readonly number[])[] }} Row */

/** Share of negatives among what counts as strong, on dev. */
const STRONG_PRECISION = 0.97;
/** The quick members answer alone where that costs no more of dev's accuracy, in any set, percent. */
const CASCADE_COST = 0.25;
const LEAST_SURE = 0.8;

/** @type {(row: Row, weights: readonly number[]) => number[]} */
function probabilities({ logits }, weights) {
  const sums = LABELS.map((_, c) => weights.reduce((sum, weight, m) => sum + weight * (logits[m]?.[c] ?? 0), 0));
  const top = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - top));
  const all = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / all);
}

/** @type {(rows: readonly Row[]) => Map<string, number>} */
function sizes(rows) {
  const counts = new Map();
  for (const { set } of rows) counts.set(set, (counts.get(set) ?? 0) + 1);
  return counts;
}

/** Gradient descent on a convex loss of a few weights. @type {(rows: readonly Row[], start: readonly number[]) => number[]} */
function fit(rows, start) {
  const size = sizes(rows);
  let weights = [...start];
  for (let step = 0; step < 300; step++) {
    const gradient = weights.map(() => 0);
    for (const row of rows) {
      const p = probabilities(row, weights);
      const share = 1 / (size.get(row.set) ?? 1) / size.size;
      weights.forEach((_, m) => {
        LABELS.forEach((_, c) => {
          gradient[m] =
            (gradient[m] ?? 0) + share * ((p[c] ?? 0) - (row.truth === c ? 1 : 0)) * (row.logits[m]?.[c] ?? 0);
        });
      });
    }
    weights = weights.map((weight, m) => Math.max(0, weight - 0.15 * (gradient[m] ?? 0)));
  }
  return weights.map((weight) => Math.round(weight * 1000) / 1000);
}

/** Right or wrong, as evaluation judges it. @type {(row: Row, p: readonly number[], binary: boolean) => boolean} */
function right(row, p, binary) {
  const [negative = 0, neutral = 0, positive = 0] = p;
  if (binary) return (positive > negative ? 2 : 0) === row.truth;
  return p.indexOf(Math.max(negative, neutral, positive)) === row.truth;
}

const { values } = parseArgs({ options: { data: { type: 'string' }, model: { type: 'string' } } });
if (values.data === undefined || values.model === undefined)
  throw new Error('usage: calibrate.mjs --data DIR --model DIR');
const path = join(values.model, 'model.json');
const model = await load(values.model);
/** @type {Row[]} */
const rows = [];
for (const set of SENTIMENT_SETS) {
  const table = readTable(join(values.data, set, 'dev.tsv'));
  for (let i = 0; i < table.length; i += 64) {
    const part = table.slice(i, i + 64);
    const members = await model.members(part.map((row) => row['text'] ?? ''));
    part.forEach((row, j) => {
      const truth = LABELS.findIndex((label) => label === row['label']);
      rows.push({ set, truth, logits: members.map((logits) => [...logits.subarray(j * 3, j * 3 + 3)]) });
    });
  }
}
const before = parseConfig(readFileSync(path, 'utf8'));
const count = rows[0]?.logits.length ?? 1;
const quickCount = before.quick.length;
const quick = fit(
  rows.map((row) => ({ ...row, logits: row.logits.slice(0, quickCount) })),
  new Array(quickCount).fill(0.5 / quickCount),
);
const weights = fit(rows, new Array(count).fill(0.7 / count));
const binary = new Set(SENTIMENT_SETS.filter((set) => !rows.some((row) => row.set === set && row.truth === 1)));
const judged = rows.map((row) => {
  const alone = probabilities(row, quick);
  const full = probabilities(row, weights);
  const [a, b] = [right(row, alone, binary.has(row.set)), right(row, full, binary.has(row.set))];
  return { set: row.set, truth: row.truth, alone: Math.max(...alone), gain: Number(b) - Number(a), full };
});
const size = sizes(rows);
let sure = 1.1;
for (let threshold = 0.999; count > quickCount && threshold >= LEAST_SURE; threshold -= 0.001) {
  const costs = [...size].map(([set, n]) => {
    const lost = judged.reduce((sum, row) => sum + (row.set === set && row.alone >= threshold ? row.gain : 0), 0);
    return (100 * lost) / n;
  });
  if (Math.max(...costs) > CASCADE_COST) break;
  sure = Math.round(threshold * 1000) / 1000;
}
/** The mildest score at which so many of the strong are right. @type {(sign: 1 | -1, truth: number) => number} */
function strongFrom(sign, truth) {
  const scored = judged.map((row) => ({
    score: sign * ((row.full[2] ?? 0) - (row.full[0] ?? 0)),
    hit: row.truth === truth,
  }));
  scored.sort((a, b) => b.score - a.score);
  let hits = 0;
  let found = 0.99;
  for (const [i, { score, hit }] of scored.entries()) {
    if (hit) hits++;
    if (score >= 0.5 && hits / (i + 1) >= STRONG_PRECISION) found = score;
  }
  return Math.max(0.85, Math.round(found * 1000) / 1000);
}
const strong = { negative: -strongFrom(-1, 0), positive: strongFrom(1, 2) };
const config = {
  ...before,
  quick,
  sure,
  weights,
  strong,
};
writeFileSync(path, `${JSON.stringify(parseConfig(JSON.stringify(config)), null, 2)}\n`);
const share = judged.filter((row) => row.alone >= sure).length / judged.length;
process.stdout.write(`${JSON.stringify({ quick, weights, sure, answeredQuickly: share, strong })}\n`);
