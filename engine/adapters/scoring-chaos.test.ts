import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BUNDLED_SENTIMENT, SCORING_RUNNER } from '../../models/location.ts';
import { type TextScore } from '../../models/scorer.ts';
import { ScoringPool } from './scoring-pool.ts';

const WORDS = ['服务', '很好', '太慢了', '退款', 'rude', 'great', '！', 'late again', '味道', '不错', '😡', '[怒]'];
/** The same texts every run, all different; lengths from one word to about a hundred. */
const texts = Array.from({ length: 4000 }, (_, i) => {
  const words = Array.from({ length: 1 + ((i * 7919) % 97) }, (_, j) => WORDS[(i * 31 + j * j * 17) % WORDS.length]);
  return `${words.join(i % 2 ? '' : ' ')} ${i}`;
});

async function pool(options: object, workers: number): Promise<ScoringPool<TextScore>> {
  return ScoringPool.open<TextScore>({
    runner: new URL('./faulty-runner.fixture.mjs', import.meta.url),
    options: { real: SCORING_RUNNER.href, ...options },
    dir: BUNDLED_SENTIMENT,
    workers,
    batchTexts: 64,
    batchDeadlineMs: 5,
    queueTexts: 1024,
    cacheBytes: 0,
    hangMs: 400,
  });
}

/** Longer where asked for: the property is to hold for minutes, too. */
const LASTS_MS = Number(process.env['SCORING_CHAOS_MS'] ?? 0);

describe('scoring with a real ONNX session under chaos', () => {
  it(
    'loses, reorders and changes nothing while workers die and hang at random',
    { timeout: 60_000 + LASTS_MS },
    async () => {
      const calm = await pool({}, 1);
      const expected = await calm.score(texts);
      await calm.close();
      const shaken = await pool({ dieRate: 0.1, hangRate: 0.03 }, 2);
      const until = performance.now() + LASTS_MS;
      let rounds = 0;
      let failed = 0;
      do {
        const parts = Array.from({ length: 16 }, (_, i) => texts.slice(i * 250, (i + 1) * 250));
        const got = (await Promise.all(parts.map((part) => shaken.score(part)))).flat();
        expect(got.length).toBe(texts.length);
        expect(got.filter((one, i) => 'score' in one && !isDeepStrictEqual(one, expected[i]))).toEqual([]);
        failed += got.filter((one) => 'failed' in one).length;
        rounds++;
      } while (performance.now() < until);
      const { restarts, queue } = shaken.stats();
      await shaken.close();
      expect(restarts).toBeGreaterThan(0);
      expect(queue).toBe(0);
      // A text is told as failed only if its worker was lost four or five times while it ran alone.
      expect(failed).toBeLessThanOrEqual(Math.ceil((rounds * texts.length) / 50_000));
    },
  );
});
