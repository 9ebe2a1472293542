/**
 * Forms of the fields of events. Unknown fields are welcome everywhere; every known string, list and number is bounded. Optional
 * fields may be null. Required is what gives an event its meaning: whom or what it is about and what happened; measures a
 * source may not have (a duration, a price) are optional.
 */
import type { JsonObject } from '../../../engine/core/types.ts';

/** Longest message or comment, and longest transcript, in characters. */
const MAX_TEXT = 100_000;
const MAX_TRANSCRIPT = 500_000;
/** Any finite number a sum stays exact enough with. */
const LIMIT = 1e15;

export const string = (maxLength: number, minLength = 0): JsonObject => ({
  type: 'string',
  ...(minLength > 0 ? { minLength } : {}),
  maxLength,
});
export const number = (minimum = -LIMIT, maximum = LIMIT): JsonObject => ({ type: 'number', minimum, maximum });
export const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });
/** A form without a type is one of a string. */
export const optional = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema['type'] ?? 'string', 'null'] });

export const id = string(256, 1);
/** RFC 3339; whether there is such a day is seen by checks/ranges.ts. */
export const instant: JsonObject = {
  ...string(40, 20),
  pattern: '^\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)$',
};
export const text = string(MAX_TEXT);
export const optionalId = optional(string(256));
export const optionalName = optional(string(128));
export const optionalText = optional(text);
export const optionalRemark = optional(string(2000));
export const optionalTranscript = optional(string(MAX_TRANSCRIPT));
export const optionalBool: JsonObject = { type: ['boolean', 'null'] };
export const optionalNumber = (minimum: number, maximum = LIMIT): JsonObject => optional(number(minimum, maximum));
export const optionalSeconds = optionalNumber(0, 31_536_000);

const customer: JsonObject = {
  type: ['object', 'null'],
  properties: {
    id: optionalId,
    name: optionalId,
    phone: { type: ['string', 'integer', 'null'], maxLength: 64, minimum: 0, maximum: LIMIT },
    email: optionalId,
    tier: optional(string(64)),
    segment: optional(string(64)),
  },
};

/** What every event of a channel may say. */
const common: JsonObject = {
  channel: { ...string(32, 1), pattern: '^[a-z][a-z0-9_]*$' },
  customer,
  region: optionalName,
  product: optionalName,
  store: optionalName,
  team: optionalName,
  agent: optionalName,
  lang: optional(string(35)),
};

/** The data of an event of a channel. `extra`: further words of JSON Schema. */
export function eventData(properties: JsonObject, required: readonly string[], extra: JsonObject = {}): JsonObject {
  return { type: 'object', properties: { ...common, ...properties }, required, maxProperties: 200, ...extra };
}

/** The data of what Earshot says to itself. */
export function controlData(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, required, maxProperties: 50 };
}
