/**
 * Surveys for straight lines and haste, from a seed: people who read the questions, at the pace and with the spread of answers of
 * people, and who click through. Somebody who means the same answer to each of five questions or more is no different from a straight
 * line, and is none of them. Every second survey is `kept` back.
 */
import { RandomYields } from '../../../../engine/testing/random-yields.ts';
import type { Json, JsonObject } from '../../../../engine/core/types.ts';

export interface LabelledSurvey {
  readonly set: 'tune' | 'kept';
  readonly form: string;
  /** All that it must be marked with. */
  readonly marks: readonly ('straight_lined' | 'too_fast')[];
  readonly data: JsonObject;
}
type Made = Omit<LabelledSurvey, 'set'>;

const EACH = 120;
/** Seconds that people take for a question at least: to read a short one and tap. */
const [QUICK_S, SLOW_S] = [1.4, 20];

export function labelledSurveys(): readonly LabelledSurvey[] {
  const yields = new RandomYields(20261130);
  const between = (least: number, most: number): number => least + (yields.below(1000) / 1000) * (most - least);
  const whole = (least: number, most: number): number => least + yields.below(most - least + 1);
  const written = (answers: readonly number[]): Json => {
    const form = yields.below(3);
    if (form === 0) return answers;
    return form === 1
      ? answers.map((score, i) => ({ question: `q${String(i + 1)}`, score }))
      : Object.fromEntries(answers.map((score, i) => [`q${String(i + 1)}`, score]));
  };
  const survey = (answers: readonly number[], secondsEach: number | null): JsonObject => {
    const took = secondsEach === null ? null : secondsEach * answers.length;
    const duration =
      took === null ? null : yields.below(2) === 0 ? { duration_s: took } : { duration_ms: Math.round(took * 1000) };
    return { survey: 'post_case', answers: written(answers), ...duration };
  };
  /** On a scale, about an opinion of one's own, and not all the same. */
  const answered = (least: number): number[] => {
    const top = [5, 7, 10][yields.below(3)] ?? 5; // one of the three
    const opinion = whole(1, top);
    const answers = Array.from({ length: whole(least, 20) }, () =>
      Math.min(top, Math.max(1, opinion + whole(-1, 1) * whole(0, 2))),
    );
    const first = answers[0] ?? 1; // there is one
    if (answers.every((answer) => answer === first))
      answers[yields.below(answers.length)] = first === 1 ? 2 : first - 1;
    return answers;
  };
  const same = (least: number, most: number): number[] => {
    const answer = whole(0, 10);
    return Array.from({ length: whole(least, most) }, () => answer);
  };
  const forms: readonly (readonly [form: string, marks: Made['marks'], make: () => JsonObject])[] = [
    ['read and answered', [], () => survey(answered(3), between(QUICK_S, SLOW_S))],
    ['of one or two questions', [], () => survey(same(1, 2), between(0.2, 8))],
    ['of four questions, all the same', [], () => survey(same(3, 4), between(QUICK_S, SLOW_S))],
    ['without a duration', [], () => survey(answered(5), null)],
    ['left open over night', [], () => survey(answered(5), between(600, 4000))],
    ['all the same but one', [], () => survey([...same(5, 19), 11], between(QUICK_S, SLOW_S))],
    ['all the same', ['straight_lined'], () => survey(same(5, 20), between(QUICK_S, SLOW_S))],
    ['all the same, without a duration', ['straight_lined'], () => survey(same(5, 20), null)],
    ['clicked through at random', ['too_fast'], () => survey(answered(3), between(0.05, 0.95))],
    ['clicked through on one side', ['straight_lined', 'too_fast'], () => survey(same(5, 20), between(0.05, 0.95))],
  ];
  const all = forms.flatMap(([form, marks, make]) =>
    Array.from({ length: EACH }, (): Made => ({ form, marks, data: make() })),
  );
  return all.map((one, i) => ({ set: i % 2 === 0 ? 'tune' : 'kept', ...one }));
}
