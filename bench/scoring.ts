/** Texts a second of one core, tokenisation included: the committed model on this thread, over the workload's texts. `--smoke` measures briefly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { parseConfig } from '../models/serving/model-config.mjs';
import { load } from '../models/serving/serve.mjs';
import { record, type Row } from './record.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';

const isSmoke = process.argv.includes('--smoke');
const SECONDS = isSmoke ? 0.2 : 1.5;
const ROUNDS = isSmoke ? 1 : 4;

const dir = join(packageRoot(), 'models', 'sentiment');
const model = await load(dir);
const config = parseConfig(readFileSync(join(dir, 'model.json'), 'utf8'));
const { issues: _, ...alone } = config;
/** The first member answers all: what the cascade costs where it is sure. */
const fast = await load(dir, { ...alone, sure: 0 });
const { reviews, questions } = loadTexts(packageRoot());
const long = reviews.map(({ text }) => text);
// Sentences of some forty characters, each once, so that no cache helps.
const short = long.flatMap((text) => text.match(/[^。！？!?]{30,50}/g) ?? []).map((text) => text.slice(0, 40));
const english = questions.map(({ text }) => text);

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** CPU seconds, not wall clock: other work on the machine does not distort it. The best of some rounds. */
async function measure(
  what: string,
  texts: readonly string[],
  batch: number,
  scorer: Pick<typeof model, 'score'> = model,
): Promise<Row> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const began = cpuSeconds();
    let done = 0;
    for (let from = 0; cpuSeconds() - began < SECONDS; from = (from + batch) % (texts.length - batch)) {
      done += (await scorer.score(texts.slice(from, from + batch))).length;
    }
    best = Math.max(best, done / (cpuSeconds() - began));
  }
  return { texts: what, batch, texts_per_cpu_second: Math.round(best) };
}

record(
  isSmoke ? 'scoring-smoke' : 'scoring',
  `${model.name} ${model.version} on one thread, tokenisation included, in texts a CPU second`,
  [
    await measure('fast path alone, Chinese, 30–40 characters', short, 64, fast),
    await measure('fast path alone, Chinese, 30–40 characters', short, 1, fast),
    await measure('Chinese, 30–40 characters', short, 64),
    await measure('Chinese, 30–40 characters', short, 1),
    await measure('English questions, 60 characters', english, 64),
    await measure('Chinese reviews, 335 characters', long, 64),
  ],
);
