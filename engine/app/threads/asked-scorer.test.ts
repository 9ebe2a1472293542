/** Texts of a thread, scored by the engine: both sides, joined without a thread. */
import { expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import type { CxTextScorer, TextScore } from '../../../models/serving/scorer.ts';
import { AnsweringScorer, AskedScorer } from './asked-scorer.ts';

const SCORE: TextScore = {
  sentiment: { label: 'neutral', score: 0, intensity: 'neutral', confidence: 1 },
  ...{ issues: [], model: { name: 'm', version: '1' } },
};

interface Asked {
  readonly texts: readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly answer: () => void;
  readonly refuse: (thrown: unknown) => void;
}

function joined(): { readonly scorer: CxTextScorer; readonly answering: AnsweringScorer; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const engine: CxTextScorer = {
    score: (texts, signal) =>
      new Promise((resolve, reject) => {
        const answer = (): void => resolve(texts.map(() => ({ score: SCORE })));
        asked.push({ texts, signal, answer, refuse: reject });
      }),
  };
  const scorer: AskedScorer = new AskedScorer((question) => answering.take(structuredClone(question)));
  const answering = new AnsweringScorer(engine, (answer) => scorer.take(structuredClone(answer)));
  return { scorer, answering, asked };
}

it('each batch gets its own answer, in whatever order they come', async () => {
  const { scorer, asked } = joined();
  const [one, two] = [scorer.score(['a']), scorer.score(['b', 'c'])];
  asked[1]?.answer();
  asked[0]?.answer();
  expect(await one).toEqual([{ score: SCORE }]);
  expect(await two).toHaveLength(2);
});

it('a failure of the models is one of the thread, with its code', async () => {
  const { scorer, asked } = joined();
  const scoring = scorer.score(['a']);
  asked[0]?.refuse(new EngineError('SCORER_FAILED', ['closed']));
  await expect(scoring).rejects.toMatchObject({ code: 'SCORER_FAILED', kind: 'io' });
});

it('who stops waiting leaves the queue of the engine, and an answer that comes all the same is dropped', async () => {
  const { scorer, asked } = joined();
  const stop = new AbortController();
  const scoring = scorer.score(['a'], stop.signal);
  stop.abort(new Error('stopping'));
  await expect(scoring).rejects.toThrow('stopping');
  expect(asked[0]?.signal?.aborted).toBe(true);
  asked[0]?.answer();
  await expect(scorer.score(['b'], stop.signal)).rejects.toThrow('stopping');
  expect(asked).toHaveLength(1);
});

it('what a thread that is gone had asked for is scored no more', async () => {
  const { scorer, answering, asked } = joined();
  void scorer.score(['a']);
  answering.close();
  expect(asked[0]?.signal?.aborted).toBe(true);
  await Promise.resolve();
});
