/**
 * Measures one thread, tokenisation included, in texts a CPU second, so that a busy machine does not distort it.
 * Usage: node models/lab/speed.mjs --data DIR [--model DIR]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig } from '../serving/model-config.mjs';
import { load } from '../serving/serve.mjs';
import { SENTIMENT_SETS } from '../text/prepare.mjs';
import { readTable } from '../text/table.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: new URL('../sentiment', import.meta.url).pathname },
  },
});
if (values.data === undefined) throw new Error('usage: node models/lab/speed.mjs --data DIR [--model DIR]');
const { data, model: dir } = values;
const config = parseConfig(readFileSync(join(dir, 'model.json'), 'utf8'));
const cascade = await load(dir);
const fast = await load(dir, { ...config, sure: 0 });
const textsOf = (/** @type {string} */ set) => readTable(join(data, set, 'test.tsv')).map((row) => row['text'] ?? '');
const short = ['zh-takeaway', 'zh-shopping-10']
  .flatMap(textsOf)
  .flatMap((text) => (text.length >= 40 ? [text.slice(0, 40)] : []));
const mixed = SENTIMENT_SETS.flatMap(textsOf).sort((a, b) => a.length - b.length);

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** @type {(what: string, scorer: typeof fast, texts: readonly string[], batch: number) => Promise<void>} */
async function measure(what, scorer, texts, batch) {
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const began = cpuSeconds();
    let done = 0;
    while (cpuSeconds() - began < 1) {
      const from = Math.floor(Math.random() * (texts.length - batch));
      await scorer.score(texts.slice(from, from + batch));
      done += batch;
    }
    best = Math.max(best, done / (cpuSeconds() - began));
  }
  process.stdout.write(`| ${what} | ${batch} | ${Math.round(best)} |\n`);
}

process.stdout.write('| path, texts | batch | texts a CPU second |\n|---|---|---|\n');
await measure('fast, 40 characters', fast, short, 64);
await measure('fast, 40 characters', fast, short, 1);
await measure('cascade, 40 characters', cascade, short, 64);
await measure('cascade, 40 characters', cascade, short, 1);
await measure('cascade, the mixed test texts', cascade, mixed, 64);
process.stdout.write(
  `\nResident memory of this process, two copies of the model: ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`,
);
