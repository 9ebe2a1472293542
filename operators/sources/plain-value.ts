/** What an expression came to, as a value of JSON: whole numbers of CEL as numbers, instants as RFC 3339. */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { Json } from '../../engine/core/types.ts';

/** undefined: there is nothing to say (no value, null, an empty text, or what JSON cannot hold). */
export function plainValue(value: unknown, depth = 0): Json | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Date) return formatInstant(value.getTime());
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1) ?? null);
  if (value instanceof Uint8Array) return undefined;
  const entries = value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : Object.entries(value);
  return Object.fromEntries(
    entries.flatMap(([name, item]) => {
      const plain = plainValue(item, depth + 1);
      return plain === undefined || name === '__proto__' ? [] : [[String(name), plain] as const];
    }),
  );
}
const DEEPEST = 16;
