/** From a value of the bucket to the fields that events are given: those that are taken, masked as the data of events are. */
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { Masker } from '../events/masking/mask.ts';
import type { FactConfig } from './facts-config.ts';

/** A key of the bucket as events carry it: a token where it is personal. */
export function factKeyOf(key: string, fact: Pick<FactConfig, 'key'>, masker: Masker): string {
  return masker.identifier(key, /^data\.(?:\w+\.)*(\w+)$/.exec(fact.key)?.[1]);
}

/** Of a value; longer ones are no facts. */
export const MAX_VALUE_BYTES = 65_536;

/** null: it is no JSON object, or too long. */
export function fieldsOf(
  text: string,
  { id, take }: Pick<FactConfig, 'id' | 'take'>,
  masker: Masker,
): JsonObject | null {
  if (text.length > MAX_VALUE_BYTES) return null;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const given = value as JsonObject;
  const fields: Record<string, Json> = {};
  for (const name of take) {
    const field = Object.hasOwn(given, name) ? given[name] : undefined;
    if (field !== undefined) fields[name] = field;
  }
  // Where events will carry it: what a field is depends on the one it stands in.
  return masker.data({ [id]: fields }).data[id] as JsonObject;
}
