/** What a silence is for: `match` of its command, and the key in it. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { type Key, passes } from '../../../live/filter.ts';
import type { Principal } from '../../access/principal.ts';
import { mayTouch, type RouteContext, visibleTo } from '../route-context.ts';

const MATCHES = ['rule', 'kpi', 'severity'] as const;
const MAX_TEXT = 200;
const MAX_DIMENSIONS = 8;

/** Of a silence, or of what holds its `match`; `{}` where it names none: it is for every key. */
export function keyOfSilence(silence: Json): Key {
  const key = fieldOf(fieldOf(silence, 'match') ?? null, 'key');
  const texts: Record<string, string> = {};
  if (typeof key === 'object' && key !== null && !Array.isArray(key)) {
    for (const [name, value] of Object.entries(key)) if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}

/** It lies wholly inside the scope, and is of what one may see: without a key it is of totals too. */
export function maySilence(context: RouteContext, principal: Principal, silence: Json): boolean {
  const key = keyOfSilence(silence);
  return mayTouch(context, principal, key) && passes(visibleTo(context, principal), key);
}

/** Undefined: it is none. `mask` as the keys of KPIs are masked, which it is compared with. */
export function matchOf(value: unknown, mask: (text: string) => string): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const match: Record<string, Json> = {};
  for (const [name, wanted] of Object.entries(value)) {
    if ((MATCHES as readonly string[]).includes(name)) {
      if (typeof wanted !== 'string' || wanted === '' || wanted.length > MAX_TEXT) return undefined;
      match[name] = mask(wanted);
    } else if (name === 'key') {
      const entries = typeof wanted === 'object' && wanted !== null ? Object.entries(wanted as object) : undefined;
      const plain = entries?.every(([, item]) => typeof item === 'string' && item.length <= MAX_TEXT);
      if (entries === undefined || entries.length === 0 || entries.length > MAX_DIMENSIONS || plain !== true)
        return undefined;
      match['key'] = Object.fromEntries(
        (entries as [string, string][]).map(([dimension, item]) => [dimension, mask(item)]),
      );
    } else {
      return undefined;
    }
  }
  return Object.keys(match).length === 0 ? undefined : match;
}

function fieldOf(value: Json, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
}
