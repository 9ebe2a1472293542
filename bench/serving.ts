/**
 * One text at a time through the worker pool at a steady rate, from the instant it was due (open loop), so that a stall
 * counts for all who wait behind it; and what a worker weighs. `--smoke` measures briefly.
 */
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { ScoringPool } from '../engine/adapters/scoring/scoring-pool.ts';
import { BUNDLED_SENTIMENT, SCORING_RUNNER } from '../models/location.ts';
import type { TextScore } from '../models/serving/scorer.ts';
import { percentile, record, type Row } from './record.ts';
import { loadTexts } from '../engine/app/demo/texts.ts';

const isSmoke = process.argv.includes('--smoke');
const SECONDS = isSmoke ? 2 : 15;
const WARM_UP_S = isSmoke ? 0.5 : 3;
const RATE = 1000;

const { reviews } = loadTexts(packageRoot());
const texts = reviews.flatMap(({ text }) => text.match(/[^。！？!?]{30,50}/g) ?? []).map((text) => text.slice(0, 40));

function pool(workers: number, batchDeadlineMs: number): Promise<ScoringPool<TextScore>> {
  const dirs = { sentiment: BUNDLED_SENTIMENT, issues: BUNDLED_SENTIMENT.replace(/sentiment$/, 'issues') };
  return ScoringPool.open<TextScore>({
    runner: SCORING_RUNNER,
    dir: dirs.sentiment,
    options: { sentiment: { dir: dirs.sentiment, own: null }, issues: { dir: dirs.issues, own: null } },
    workers,
    batchTexts: 64,
    batchDeadlineMs,
    queueTexts: 4096,
    // Each text is scored, however often it comes.
    cacheBytes: 0,
  });
}

async function steady(batchDeadlineMs: number): Promise<Row> {
  const scorer = await pool(1, batchDeadlineMs);
  const latencies: number[] = [];
  const late: number[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now() + 50;
  const cpu = process.cpuUsage();
  for (let sent = 0; sent < SECONDS * RATE;) {
    const due = start + (sent / RATE) * 1000;
    const now = performance.now();
    if (due > now) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - now)));
      continue;
    }
    const text = texts[sent % texts.length] ?? '';
    if (sent >= WARM_UP_S * RATE) {
      late.push(now - due);
      pending.push(scorer.score([text]).then(() => void latencies.push(performance.now() - due)));
    } else pending.push(scorer.score([text]).then(() => undefined));
    sent++;
  }
  await Promise.all(pending);
  const { user, system } = process.cpuUsage(cpu);
  const { batches, failed } = scorer.stats();
  await scorer.close();
  const of = (values: number[], q: number): number =>
    Math.round(
      percentile(
        values.sort((a, b) => a - b),
        q,
      ) * 10,
    ) / 10;
  return {
    what: `${RATE} texts/s, batch deadline ${batchDeadlineMs} ms`,
    p50_ms: of(latencies, 0.5),
    p99_ms: of(latencies, 0.99),
    p999_ms: of(latencies, 0.999),
    sent_late_p99_ms: of(late, 0.99),
    texts_a_batch: Math.round((SECONDS * RATE * 10) / batches) / 10,
    cores_used: Math.round((user + system) / 1e4 / SECONDS) / 100,
    failed,
  };
}

async function memory(): Promise<Row> {
  const rss = async (scorer: ScoringPool<TextScore>): Promise<number> => {
    for (let round = 0; round < 3; round++) await scorer.score(reviews.map(({ text }) => text));
    globalThis.gc?.();
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const bare = process.memoryUsage.rss() / 2 ** 20;
  const one = await pool(1, 5);
  const first = await rss(one);
  const more = await pool(1, 5);
  const second = await rss(more);
  await Promise.all([one.close(), more.close()]);
  return {
    what: 'memory of a worker, MiB',
    process_without: Math.round(bare),
    with_one: Math.round(first),
    with_two: Math.round(second),
    second_worker: Math.round(second - first),
  };
}

const rows = [await memory()];
for (const deadline of [0, 1, 2]) rows.push(await steady(deadline));
record(
  isSmoke ? 'serving-smoke' : 'serving',
  'bundled sentiment and issue types through one worker, texts of 40 characters one by one, no cache, latency from when each was due',
  rows,
);
