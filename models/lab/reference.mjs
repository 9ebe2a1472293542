/**
 * Writes into model.json how the sentiment model's scores are distributed over the dev files, each set weighing the same:
 * what drift is measured against. Usage: node models/lab/reference.mjs --data DIR [--model DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from '../serving/serve.mjs';
import { SENTIMENT_SETS } from '../text/prepare.mjs';
import { readTable } from '../text/table.mjs';

const BINS = 20;
const A_SET = 10_000;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: new URL('../sentiment', import.meta.url).pathname },
  },
});
if (values.data === undefined) throw new Error('usage: node models/lab/reference.mjs --data DIR [--model DIR]');
const model = await load(values.model);
const reference = new Array(BINS).fill(0);
for (const set of SENTIMENT_SETS) {
  const texts = readTable(join(values.data, set, 'dev.tsv')).map((row) => row['text'] ?? '');
  const counts = new Array(BINS).fill(0);
  for (let from = 0; from < texts.length; from += 64) {
    for (const { sentiment } of await model.score(texts.slice(from, from + 64))) {
      counts[Math.min(BINS - 1, Math.floor(((sentiment.score + 1) / 2) * BINS))]++;
    }
  }
  counts.forEach((count, bin) => (reference[bin] += Math.round((count / texts.length) * A_SET)));
}
const path = join(values.model, 'model.json');
const config = JSON.parse(readFileSync(path, 'utf8'));
writeFileSync(path, `${JSON.stringify({ ...config, reference }, null, 2)}\n`);
process.stdout.write(`${reference.join(' ')}\n`);
