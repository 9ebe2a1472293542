/**
 * Five minutes of scoring while workers die and hang at random: every text answered, in order, with the very score of a calm
 * run, or reported as failed. Any other outcome ends with exit code 1. `--smoke`: five seconds; `--minutes=N`.
 */
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../engine/adapters/package-root.ts';
import { ScoringPool } from '../engine/adapters/scoring-pool.ts';
import { BUNDLED_SENTIMENT, SCORING_RUNNER } from '../models/location.ts';
import type { TextScore } from '../models/scorer.ts';
import { record } from './record.ts';
import { loadTexts } from './workload/texts.ts';

const isSmoke = process.argv.includes('--smoke');
const asked = Number(/=(\d+)$/.exec(process.argv.find((arg) => arg.startsWith('--minutes=')) ?? '')?.[1] ?? 5);
const LASTS_MS = isSmoke ? 5_000 : asked * 60_000;
const FAULTS = { dieRate: 0.1, hangRate: 0.03 };

const { reviews, questions } = loadTexts(packageRoot());
const texts = [...new Set([...questions, ...reviews].map(({ text }) => text))];

function pool(workers: number, faults: object): Promise<ScoringPool<TextScore>> {
  return ScoringPool.open<TextScore>({
    runner: pathToFileURL(join(packageRoot(), 'engine', 'adapters', 'faulty-runner.fixture.mjs')),
    options: { real: SCORING_RUNNER.href, ...faults },
    dir: BUNDLED_SENTIMENT,
    workers,
    batchTexts: 64,
    batchDeadlineMs: 5,
    queueTexts: 1024,
    cacheBytes: 0,
  });
}

const calm = await pool(1, {});
const expected = await calm.score(texts);
await calm.close();

const shaken = await pool(2, FAULTS);
const began = performance.now();
let scored = 0;
let failed = 0;
let wrong = 0;
while (performance.now() - began < LASTS_MS) {
  const size = Math.ceil(texts.length / 8);
  const parts = Array.from({ length: 8 }, (_, i) => texts.slice(i * size, (i + 1) * size));
  const got = (await Promise.all(parts.map((part) => shaken.score(part)))).flat();
  wrong += Math.abs(got.length - texts.length);
  got.forEach((one, i) => {
    if ('failed' in one) failed++;
    else if (!isDeepStrictEqual(one, expected[i])) wrong++;
  });
  scored += got.length;
}
const { restarts, queue } = shaken.stats();
await shaken.close();
record(
  isSmoke ? 'chaos-smoke' : 'chaos',
  'scoring while each batch kills its worker with probability 10 % or hangs it with 3 %; wrong: lost, reordered or another score than in a calm run; failed: reported as failed after three runs went wrong around it',
  [
    {
      minutes: Math.round((performance.now() - began) / 6000) / 10,
      workers: 2,
      texts: scored,
      workers_lost: restarts,
      wrong,
      failed,
      left_in_queue: queue,
    },
  ],
);
if (wrong > 0 || queue > 0) process.exitCode = 1;
