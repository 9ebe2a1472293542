/**
 * A second model that scores a sample of the texts for comparison alone: behind the first, on a thread of the lowest
 * priority, with a bounded queue. Results are the first model's, never later and never others, whatever the second does.
 */
import { fnv1a, spread } from '../../core/hash.ts';
import type { Scored, TextScorer } from '../../core/types.ts';
import { singles, type Family } from '../../core/metrics.ts';
import type { ModelId } from './scoring-lane.ts';
import { modelInfo } from './scoring-metrics.ts';

export interface Comparison {
  readonly isSame: boolean;
  /** How far the scores are apart. */
  readonly difference: number;
}

export interface ShadowOptions<T> {
  /** Of the texts, 0…1; which ones, their content decides, so that a repeat is treated as the first was. */
  readonly share: number;
  /** Texts that may wait for the second model; more are left out. */
  readonly queueTexts: number;
  readonly compare: (main: T, shadow: T) => Comparison;
}

export interface ShadowStats {
  /** Scored by both. */
  readonly compared: number;
  readonly disagreed: number;
  /** Sum over those compared. */
  readonly difference: number;
  /** In the sample, but the queue was full. */
  readonly skipped: number;
  /** The second model could not score them. */
  readonly failed: number;
  readonly queue: number;
}

export class ShadowScorer<T> implements TextScorer<T> {
  readonly #main: TextScorer<T>;
  readonly #shadow: TextScorer<T>;
  readonly #options: ShadowOptions<T>;
  #counts = { compared: 0, disagreed: 0, difference: 0, skipped: 0, failed: 0, queue: 0 };

  constructor(main: TextScorer<T>, shadow: TextScorer<T>, options: ShadowOptions<T>) {
    this.#main = main;
    this.#shadow = shadow;
    this.#options = options;
  }

  async score(texts: readonly string[], signal?: AbortSignal): Promise<readonly Scored<T>[]> {
    const results = await this.#main.score(texts, signal);
    void this.#follow(texts, results);
    return results;
  }

  stats(): ShadowStats {
    return { ...this.#counts };
  }

  /** Never rejects. */
  async #follow(texts: readonly string[], results: readonly Scored<T>[]): Promise<void> {
    const { share, queueTexts, compare } = this.#options;
    const counts = this.#counts;
    const sample: { readonly text: string; readonly main: T }[] = [];
    for (const [i, text] of texts.entries()) {
      const result = results[i];
      if (result === undefined || 'failed' in result || placeOf(text) >= share) continue;
      if (counts.queue >= queueTexts) counts.skipped++;
      else {
        counts.queue++;
        sample.push({ text, main: result.score });
      }
    }
    if (sample.length === 0) return;
    try {
      const seconds = await this.#shadow.score(sample.map(({ text }) => text));
      for (const [i, { main }] of sample.entries()) {
        const second = seconds[i];
        if (second === undefined || 'failed' in second) counts.failed++;
        else {
          const { isSame, difference } = compare(main, second.score);
          counts.compared++;
          counts.difference += difference;
          if (!isSame) counts.disagreed++;
        }
      }
    } catch {
      counts.failed += sample.length;
    } finally {
      counts.queue -= sample.length;
    }
  }
}

const LOOKED_AT = 256;

/** Where a text stands between 0 and 1, by its beginning and its length. */
function placeOf(text: string): number {
  return (spread(fnv1a(text.slice(0, LOOKED_AT)) ^ text.length) >>> 0) / 2 ** 32;
}

export function shadowFamilies(stats: ShadowStats, model: ModelId | null): Family[] {
  return [
    ...singles('earshot_shadow', [
      ['compared_texts_total', 'counter', 'Texts that both models scored.', stats.compared],
      ['disagreed_texts_total', 'counter', 'Of them, those with another label.', stats.disagreed],
      ['score_difference_total', 'counter', 'Sum of absolute differences of their scores.', stats.difference],
      ['skipped_texts_total', 'counter', 'Texts of the sample left out because the queue was full.', stats.skipped],
      ['failed_texts_total', 'counter', 'Texts that the shadow model could not score.', stats.failed],
      ['queue_texts', 'gauge', 'Texts waiting for the shadow model.', stats.queue],
    ]),
    modelInfo('earshot_shadow_model_info', '1 for the shadow model.', model),
  ];
}
