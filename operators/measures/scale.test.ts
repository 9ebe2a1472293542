/** Satisfaction, effort and means of answers on any scale: known values, and random answers against the oracles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import type { CellAggregate, Lowered } from '../aggregates/aggregate.ts';
import { Section, type Fault } from '../config/config-values.ts';
import type { CxEvent } from '../shared/messages.ts';
import { satisfiedFrom } from './csat-measure.ts';
import { aggregateOf, answerScalesOf, parseMeasure, readerOf, type MeasureConfig } from './measures.ts';
import { measured } from './testing/oracles.ts';

interface Answer extends JsonObject {
  readonly score: number;
}
const eventOf = (data: JsonObject, enrichment: JsonObject = {}): CxEvent =>
  ({ data, enrichment }) as unknown as CxEvent;

function over(config: MeasureConfig, events: readonly CxEvent[]): Lowered {
  const aggregate = aggregateOf(config) as CellAggregate;
  const read = readerOf(config, compileExpression);
  const cells = new Float64Array(aggregate.width);
  for (const event of events) {
    const value = read(event);
    if (value !== undefined) aggregate.add(cells, 0, value as number);
  }
  return aggregate.lowerAt(cells, 0, { spanMs: 1000 });
}
const overScores = (config: MeasureConfig, scores: readonly number[], scale?: JsonObject): Lowered =>
  over(
    config,
    scores.map((score) => eventOf(scale === undefined ? { score } : { score, scale })),
  );
const csat = { kind: 'csat', value: 'data.score' } as const;

describe('csat', () => {
  it.each([
    // scale, least satisfied answer
    [0, 1, 0.7],
    [0, 2, 2],
    [1, 3, 3],
    [1, 4, 3],
    [0, 4, 3],
    [1, 5, 4],
    [0.5, 5, 3.65],
    [1, 6, 5],
    [0, 5, 4],
    [1, 7, 6],
    [-3, 3, 2],
    [1, 8, 5.9],
    [1, 9, 6.6],
    [1, 10, 8],
    [0, 9, 7],
    [0, 10, 7],
    [0, 100, 70],
    [-1, 1, 1],
  ])('of %d–%d is satisfied from %d on', (min, max, least) => {
    expect(satisfiedFrom({ min, max }, undefined)).toBeCloseTo(least, 9);
    const config: MeasureConfig = { ...csat, min, max };
    expect(overScores(config, [least]).value).toBe(100);
    expect(overScores(config, [least - 0.01]).value).toBe(0);
  });

  it('counts each answer on its own scale, and those outside it not at all', () => {
    const ten = { min: 1, max: 10 };
    expect(overScores(csat, [9, 4], ten)).toMatchObject({ value: 50, n: 2 });
    expect(overScores({ ...csat, ...ten }, [9, 4])).toMatchObject({ value: 50, n: 2 });
    // The answer's own goes before the measure's.
    expect(overScores({ ...csat, ...ten }, [5, 3], { min: 1, max: 5 })).toMatchObject({ value: 50, n: 2 });
    expect(overScores(csat, [0, 1, 4, 5, 6])).toMatchObject({ value: (2 / 3) * 100, n: 3 });
    expect(overScores(csat, [0, 11, 10], ten)).toMatchObject({ value: 100, n: 1 });
    const mixed = [
      eventOf({ score: 9, scale: ten }),
      eventOf({ score: 4 }),
      eventOf({ score: 2, scale: { min: 1, max: 3 } }),
    ];
    expect(over(csat, mixed)).toMatchObject({ value: (2 / 3) * 100, n: 3 });
  });

  it('says otherwise with `satisfied`, which says nothing on a scale that it lies outside of', () => {
    const config: MeasureConfig = { ...csat, satisfied: 9, min: 1, max: 10 };
    expect(overScores(config, [8, 9]).value).toBe(50);
    expect(overScores(config, [3, 4], { min: 1, max: 5 }).value).toBe(50);
  });

  it('of a rating is on the scale of the rating', () => {
    const config: MeasureConfig = { kind: 'csat', value: 'data.rating.value' };
    const stars = (value: number, max: number): CxEvent => eventOf({ rating: { value, min: 1, max } });
    expect(over(config, [stars(8, 10), stars(4, 5), stars(5, 10)])).toMatchObject({ value: (2 / 3) * 100, n: 3 });
  });
});

describe('ces', () => {
  it('is put on one scale: the mean on that of the measure, shares on 1–7', () => {
    const five = { min: 1, max: 5 };
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'mean' }, [1, 7, 4]).value).toBe(4);
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'mean', ...five }, [1, 5, 3, 5])).toMatchObject({
      value: 3.5,
      n: 4,
    });
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'mean' }, [1, 5, 3], five).value).toBe(4);
    // Two thirds up the scale and more: 4 and 5 of 1–5, 7 and more of 1–10.
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'top' }, [1, 3, 4, 5], five).value).toBe(50);
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'top' }, [6, 7], { min: 1, max: 10 }).value).toBe(50);
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'index' }, [5, 4, 3, 2], five).value).toBe(0);
    expect(overScores({ kind: 'ces', value: 'data.score', as: 'top' }, [0, 8, 7])).toMatchObject({ value: 100, n: 1 });
  });
});

describe('mean100', () => {
  it('takes the answer’s own scale, else that of the measure, else the usual one of its metric', () => {
    const config: MeasureConfig = { kind: 'mean100', value: 'data.score' };
    expect(overScores({ ...config, min: 0, max: 10 }, [5]).value).toBe(50);
    expect(overScores({ ...config, min: 0, max: 10 }, [5], { min: 1, max: 5 }).value).toBe(100);
    expect(over(config, [eventOf({ score: 4, metric: 'ces' })]).value).toBe(50);
    expect(over(config, [eventOf({ score: 4 })]).value).toBeNull();
  });
  it('of what a model found in an answer is not on the scale of the answer', () => {
    const config: MeasureConfig = { kind: 'mean100', value: 'enrichment.sentiment.score', min: -1, max: 1 };
    const event = eventOf({ score: 9, scale: { min: 1, max: 10 } }, { sentiment: { score: 0 } });
    expect(over(config, [event])).toMatchObject({ value: 50, n: 1 });
    expect(answerScalesOf([config, csat, { ...csat, min: 0, max: 10 }])).toEqual([
      { min: 1, max: 5 },
      { min: 0, max: 10 },
    ]);
  });
});

it('random answers on random scales give what the oracles give', () => {
  const scale = fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100))
    .map(([min, length]) => ({ min, max: min + length }));
  const answer: fc.Arbitrary<Answer> = fc
    .tuple(scale, fc.integer({ min: -5, max: 110 }), fc.constantFrom(0, 0, 0.5, 0.25), fc.boolean())
    .map(([own, whole, part, brings]) => ({ score: whole + part, ...(brings ? { scale: own } : {}) }));
  const bounds = fc.option(scale, { nil: undefined });
  const config: fc.Arbitrary<MeasureConfig> = fc
    .tuple(
      fc.constantFrom<MeasureConfig>(
        csat,
        { kind: 'ces', value: 'data.score', as: 'mean' },
        { kind: 'ces', value: 'data.score', as: 'top' },
        { kind: 'ces', value: 'data.score', as: 'index' },
        { kind: 'mean100', value: 'data.score', min: 0, max: 10 },
        { kind: 'nps', value: 'data.score' },
      ),
      bounds,
      fc.option(fc.integer({ min: -3, max: 12 }), { nil: undefined }),
    )
    .map(([base, own, satisfied]) => ({
      ...base,
      ...own,
      ...(base.kind === 'csat' && satisfied !== undefined ? { satisfied } : {}),
    }));
  fc.assert(
    fc.property(config, fc.array(answer, { maxLength: 30 }), (drawn, answers) => {
      const events = answers.map((data) => eventOf(data));
      const expected = measured(drawn, { events, compile: compileExpression, span: 1000 });
      const { value, n } = over(drawn, events);
      expect(n).toBe(expected.n);
      if (expected.value === null) expect(value).toBeNull();
      else expect(value).toBeCloseTo(expected.value, 5);
    }),
    { numRuns: 2000 },
  );
});

it('a scale without length, and a `satisfied` outside it, are faults of the configuration', () => {
  const faultsOf = (raw: JsonObject): readonly Fault[] => {
    const faults: Fault[] = [];
    parseMeasure('k', new Section(raw, ['m']), { event: () => null, rule: () => null, of: () => null }, (at, message) =>
      faults.push({ at, message }),
    );
    return faults;
  };
  const written = { kind: 'csat', value: 'data.score' };
  expect(faultsOf({ ...written, min: 1, max: 10, satisfied: 8 })).toEqual([]);
  expect(faultsOf({ ...written, satisfied: 8 })).toEqual([]);
  expect(faultsOf({ ...written, min: 5, max: 5 })).toEqual([
    { at: ['m', 'max'], message: 'found 5, expected more than min (5)' },
  ]);
  expect(faultsOf({ ...written, min: 1, max: 5, satisfied: 8 })).toEqual([
    { at: ['m', 'satisfied'], message: 'found 8, expected more than min (1) and at most max (5)' },
  ]);
  for (const kind of ['ces', 'mean100']) {
    expect(faultsOf({ kind, value: 'data.score', min: 7, max: 1 }).map(({ at }) => at)).toEqual([['m', 'max']]);
  }
});
