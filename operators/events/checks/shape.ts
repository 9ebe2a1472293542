/** Bounds of the data of an event, whatever its schema: depth, numbers that JSON has, names that cannot reach a prototype. */
import { isTechnical } from '../contents.ts';
import type { Fault } from '../decode-ports.ts';

export const MAX_DEPTH = 32;
export const MAX_VALUES = 20_000;

/** The first breach, or null. Every value is counted, so that the walk is bounded too. */
export function shapeFault(value: unknown): Fault | null {
  const walk = { values: 0, path: '' };
  const error = faultIn(value, 1, walk);
  return error === null ? null : { at: walk.path, error };
}

function faultIn(value: unknown, depth: number, walk: { values: number; path: string }): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'is not a finite number';
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'bigint' || value === undefined ? `is a ${typeof value}, which JSON does not have` : null;
  }
  if (depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
  const isList = Array.isArray(value);
  const record = value as Readonly<Record<string, unknown>>;
  for (const name in record) {
    if (!isList && name === '__proto__') {
      walk.path = '/__proto__';
      return 'is not an allowed name';
    }
    const fault = ++walk.values > MAX_VALUES ? TOO_MANY : faultIn(record[name], depth + 1, walk);
    if (fault !== null) {
      // The path is built only on the way out of a fault; past a dozen levels it says nothing more.
      if (fault === TOO_MANY) walk.path = '';
      else if (walk.path.length < 400) walk.path = `/${step(name)}${walk.path}`;
      return fault;
    }
  }
  return null;
}

/** A name the sender chose, in a pointer; one that may be personal is left out. */
function step(name: string): string {
  return isTechnical(name) && !/[./]/.test(name) ? name : '…';
}

const TOO_MANY = `holds more than ${MAX_VALUES} values`;
