/** What JSON Schema cannot say: bounds that stand in the data itself, or in the configuration. */
import type { AnswerBounds } from '../answer-bounds.ts';
import type { Fault } from '../decode-ports.ts';
import { isAnswer } from '../types/event-types.ts';

/** Faults of `rating`, `scale` and `score` in data that fits its schema; null: none. `bounds`: of answers without a `scale`. */
export function rangeFaults(type: string, data: unknown, bounds: AnswerBounds): readonly Fault[] | null {
  if (!isRecord(data)) return null;
  const { rating, scale } = data;
  const faults: Fault[] = [];
  if (isRecord(rating)) check(rating['value'], rating, '/rating/value', '/rating', faults);
  if (isRecord(scale)) check(data['score'], scale, '/score', '/scale', faults);
  else if (isAnswer(type)) checkAnswer(data, bounds, faults);
  return faults.length === 0 ? null : faults;
}

function check(value: unknown, range: Record<string, unknown>, at: string, rangeAt: string, faults: Fault[]): void {
  const { min, max } = range;
  if (typeof min !== 'number' || typeof max !== 'number') return;
  if (min >= max) {
    faults.push({ at: rangeAt, error: 'min must be less than max' });
  } else if (typeof value === 'number' && (value < min || value > max)) {
    faults.push({ at, error: `must lie between the min and max of ${rangeAt.slice(1)} (${min} and ${max})` });
  }
}

function checkAnswer({ metric, score }: Record<string, unknown>, bounds: AnswerBounds, faults: Fault[]): void {
  if (typeof metric !== 'string' || typeof score !== 'number' || !Object.hasOwn(bounds, metric)) return;
  const range = bounds[metric];
  if (range === undefined || (score >= range.min && score <= range.max)) return;
  faults.push({
    at: '/score',
    error: `must lie between ${range.min} and ${range.max}, as answers of ${metric} do that bring no scale: add scale {min, max}, or give the measure its min and max`,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
