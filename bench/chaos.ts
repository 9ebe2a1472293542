/**
 * Five minutes of scoring while workers die and hang at random: every text answered, in order, with the very score of a calm
 * run, or reported as failed. Any other outcome ends with exit code 1. `--smoke`: five seconds; `--minutes=N`.
 */
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { chaos } from './rounds/chaos-rounds.ts';
import { percentile, record } from './record.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';

const isSmoke = process.argv.includes('--smoke');
const asked = Number(/=(\d+)$/.exec(process.argv.find((arg) => arg.startsWith('--minutes=')) ?? '')?.[1] ?? 5);
const LASTS_MS = isSmoke ? 5_000 : asked * 60_000;

const { reviews, questions } = loadTexts(packageRoot());
const texts = [...new Set([...questions, ...reviews].map(({ text }) => text))];

const replaced: number[] = [];
const ignored = (): void => undefined;
const logger = {
  info: (_: string, fields?: Readonly<Record<string, unknown>>): void => {
    const ms = fields?.['ms'];
    if (typeof ms === 'number') replaced.push(ms);
  },
  warn: ignored,
  error: ignored,
};
const { pool, round } = await chaos(texts, { logger });
const began = performance.now();
let scored = 0;
let failed = 0;
let wrong = 0;
while (performance.now() - began < LASTS_MS) {
  const result = await round();
  failed += result.failed;
  wrong += result.wrong;
  scored += texts.length;
}
const { restarts, queue } = pool.stats();
await pool.close();
replaced.sort((a, b) => a - b);
record(
  isSmoke ? 'chaos-smoke' : 'chaos',
  'scoring while each batch kills its worker with probability 10 % or hangs it with 3 %; wrong: lost, reordered or another score than in a calm run; failed: reported as failed after its worker was lost four or five times while it ran alone; replaced: from when a worker was dead or given up to when another was warm',
  [
    {
      minutes: Math.round((performance.now() - began) / 6000) / 10,
      workers: 2,
      texts: scored,
      workers_lost: restarts,
      replaced_p50_ms: percentile(replaced, 0.5),
      replaced_max_ms: replaced.at(-1) ?? null,
      wrong,
      failed,
      left_in_queue: queue,
    },
  ],
);
if (wrong > 0 || queue > 0) process.exitCode = 1;
