/** The real model on workers that die and hang at random, beside what it says when nothing does: for the test and the bench. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import type { Scored } from '../../engine/core/types.ts';
import { BUNDLED_SENTIMENT, SCORING_RUNNER } from '../../models/location.ts';
import type { TextScore } from '../../models/serving/scorer.ts';
import { ScoringPool, type ScoringPoolOptions } from '../../engine/adapters/scoring/scoring-pool.ts';

/** Of each batch, at a text drawn at random. */
export const CHAOS = { dieRate: 0.1, hangRate: 0.03 };

function open(faults: object, workers: number, options: Partial<ScoringPoolOptions>): Promise<ScoringPool<TextScore>> {
  return ScoringPool.open<TextScore>({
    runner: pathToFileURL(join(packageRoot(), 'engine', 'adapters', 'testing', 'faulty-runner.fixture.mjs')),
    options: { real: SCORING_RUNNER.href, ...faults },
    dir: BUNDLED_SENTIMENT,
    workers,
    batchTexts: 64,
    batchDeadlineMs: 0,
    queueTexts: 1024,
    // Each text is scored, however often it comes.
    cacheBytes: 0,
    ...options,
  });
}

export async function chaos(
  texts: readonly string[],
  options: Partial<ScoringPoolOptions> = {},
): Promise<{
  readonly pool: ScoringPool<TextScore>;
  /** All texts once, in some requests at a time. */
  readonly round: () => Promise<{ readonly failed: number; readonly wrong: number }>;
}> {
  const calm = await open({}, 1, options);
  const expected = await calm.score(texts);
  await calm.close();
  const pool = await open(CHAOS, 2, options);
  const REQUESTS = 16;
  const size = Math.ceil(texts.length / REQUESTS);
  return {
    pool,
    async round() {
      const parts = Array.from({ length: REQUESTS }, (_, i) => texts.slice(i * size, (i + 1) * size));
      const got: Scored<TextScore>[] = (await Promise.all(parts.map((part) => pool.score(part)))).flat();
      const wrong = got.filter((one, i) => 'score' in one && !isDeepStrictEqual(one, expected[i])).length;
      return {
        failed: got.filter((one) => 'failed' in one).length,
        wrong: wrong + Math.abs(got.length - texts.length),
      };
    },
  };
}
