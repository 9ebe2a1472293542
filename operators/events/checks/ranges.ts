/** What JSON Schema cannot say: bounds that stand in the data itself, or in the configuration; what is an instant. */
import { parseInstant } from '../../../engine/core/cloud-events.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { AnswerBounds } from '../answer-bounds.ts';
import type { Fault } from '../decode-ports.ts';
import { isAnswer, isStock } from '../types/event-types.ts';

/**
 * Faults of `rating`, `scale`, `score` and `opened` in data that fits its schema; null: none. `bounds`: of answers without a `scale`.
 * `time`: that of the event.
 */
export function rangeFaults(
  type: string,
  data: unknown,
  bounds: AnswerBounds,
  time: Millis = Infinity,
): readonly Fault[] | null {
  if (!isRecord(data)) return null;
  const { rating, scale, opened } = data;
  const faults: Fault[] = [];
  if (isRecord(rating)) check(rating['value'], rating, '/rating/value', '/rating', faults);
  if (isRecord(scale)) check(data['score'], scale, '/score', '/scale', faults);
  else if (isAnswer(type)) checkAnswer(data, bounds, faults);
  if (isStock(type) && typeof opened === 'string') checkOpened(opened, time, faults);
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

function checkOpened(opened: string, time: Millis, faults: Fault[]): void {
  const at = '/opened';
  const instant = parseInstant(opened);
  if (instant === null) faults.push({ at, error: 'must be an RFC 3339 instant of a day that there is' });
  else if (instant > time)
    faults.push({ at, error: 'must not lie after the time of the event: a snapshot says how a case stands then' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
