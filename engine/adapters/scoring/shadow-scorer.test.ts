import { describe, expect, it } from 'vitest';
import type { Scored, TextScorer } from '../../core/types.ts';
import { ShadowScorer } from './shadow-scorer.ts';

const texts = Array.from({ length: 1000 }, (_, i) => `text ${i}`);
const scorerOf = (value: (text: string) => number): TextScorer<number> => ({
  score: (asked) => Promise.resolve(asked.map((text): Scored<number> => ({ score: value(text) }))),
});
const compare = (a: number, b: number): { isSame: boolean; difference: number } => ({
  isSame: a === b,
  difference: Math.abs(a - b),
});
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a shadow model', () => {
  it('scores the share asked for, the same texts each time, and tells how it differs', async () => {
    const shadow = new ShadowScorer(
      scorerOf(() => 1),
      scorerOf((text) => (text.endsWith('7') ? 0.5 : 1)),
      {
        share: 0.25,
        queueTexts: 10_000,
        compare,
      },
    );
    expect(await shadow.score(texts)).toEqual(texts.map(() => ({ score: 1 })));
    await settled();
    const first = shadow.stats();
    expect(first.compared).toBeGreaterThan(200);
    expect(first.compared).toBeLessThan(300);
    expect(first.disagreed).toBeGreaterThan(5);
    expect(first.difference).toBe(first.disagreed / 2);
    await shadow.score([...texts].reverse());
    await settled();
    expect(shadow.stats()).toEqual({
      ...first,
      compared: 2 * first.compared,
      disagreed: 2 * first.disagreed,
      difference: 2 * first.difference,
    });
  });

  it('that never answers holds nothing back: its queue fills, the rest is left out', async () => {
    const never: TextScorer<number> = { score: () => new Promise(() => undefined) };
    const shadow = new ShadowScorer(
      scorerOf(() => 1),
      never,
      { share: 1, queueTexts: 100, compare },
    );
    for (let i = 0; i < 3; i++) expect((await shadow.score(texts)).length).toBe(1000);
    expect(shadow.stats()).toEqual({ compared: 0, disagreed: 0, difference: 0, skipped: 2900, failed: 0, queue: 100 });
  });

  it('that fails, in part or whole, is counted and changes nothing; what the first could not score is not asked', async () => {
    const main: TextScorer<number> = {
      score: (asked) =>
        Promise.resolve(asked.map((text, i): Scored<number> => (i === 0 ? { failed: text } : { score: 1 }))),
    };
    const broken: TextScorer<number> = { score: () => Promise.reject(new Error('gone')) };
    const partly: TextScorer<number> = { score: (asked) => Promise.resolve(asked.map(() => ({ failed: 'no' }))) };
    for (const second of [broken, partly]) {
      const shadow = new ShadowScorer(main, second, { share: 1, queueTexts: 100, compare });
      expect(await shadow.score(['a', 'b', 'c'])).toEqual([{ failed: 'a' }, { score: 1 }, { score: 1 }]);
      await settled();
      expect(shadow.stats()).toMatchObject({ compared: 0, failed: 2, queue: 0 });
    }
  });
});
