/** What JSON Schema cannot say: bounds that stand in the data itself. */
import type { Fault } from './decode-ports.ts';

/** Faults of `rating` and `scale` in data that fits its schema; null: none. */
export function rangeFaults(data: unknown): readonly Fault[] | null {
  if (!isRecord(data)) return null;
  const rating = data['rating'];
  const scale = data['scale'];
  if (!isRecord(rating) && !isRecord(scale)) return null;
  const faults: Fault[] = [];
  if (isRecord(rating)) check(rating['value'], rating, '/rating/value', '/rating', faults);
  if (isRecord(scale)) check(data['score'], scale, '/score', '/scale', faults);
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
