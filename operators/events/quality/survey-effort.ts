/** Surveys that were answered without being read. */
import type { Json, JsonObject, Millis } from '../../../engine/core/types.ts';

/** So many equal answers in a row are no opinion. */
const STRAIGHT_LINE = 5;
/** Fewer answers may be quick ones. */
const LEAST_ANSWERS = 3;

/** `answers: [3,3,3,3,3]`, `[{score: 3}, …]` or `{q1: 3, q2: 3, …}` */
export function isStraightLined(answers: Json | undefined): boolean {
  if (typeof answers !== 'object' || answers === null) return false;
  const list = Object.values(answers).map(scoreOf);
  return list.length >= STRAIGHT_LINE && list[0] !== undefined && list.every((score) => score === list[0]);
}

function scoreOf(answer: Json): number | undefined {
  if (typeof answer === 'number') return answer;
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const { score, value } = answer as JsonObject;
  return typeof score === 'number' ? score : typeof value === 'number' ? value : undefined;
}

/** Whether `duration_ms` or `duration_s`, if it says so, is less than so long for each of its `answers`. */
export function isTooFast(data: JsonObject, leastPerAnswerMs: Millis): boolean {
  const { answers, duration_ms: ms, duration_s: seconds } = data;
  if (typeof answers !== 'object' || answers === null) return false;
  const took = typeof ms === 'number' ? ms : typeof seconds === 'number' ? seconds * 1000 : Number.NaN;
  const count = Object.keys(answers).length;
  return count >= LEAST_ANSWERS && took >= 0 && took < count * leastPerAnswerMs;
}
