/** The kinds of values a configuration is made of, as pieces of JSON Schema. */
import type { JsonObject } from '../../engine/core/types.ts';

/** What a user may write where a duration is meant. */
export const DURATION_PATTERN = '^[0-9]{1,12}(ms|s|m|h|d)$';
export const BYTES_PATTERN = '^[0-9]{1,12}(B|KB|MB|GB|KiB|MiB|GiB)$';
export const ID_PATTERN = '^[a-z][a-z0-9_]{0,63}$';

export type Fields = { readonly [name: string]: JsonObject };

export const object = (description: string, properties: Fields, required: readonly string[] = []): JsonObject => ({
  type: ['object', 'null'],
  description,
  properties,
  required,
  additionalProperties: false,
});
export const duration = (description: string, initial: string): JsonObject => ({
  $ref: '#/$defs/duration',
  description,
  default: initial,
});
export const bytes = (description: string, initial: string): JsonObject => ({
  $ref: '#/$defs/bytes',
  description,
  default: initial,
});
export const count = (description: string, initial: number, minimum: number, maximum: number): JsonObject => ({
  type: 'integer',
  description,
  default: initial,
  minimum,
  maximum,
});
export const text = (description: string, initial: string | null = null): JsonObject => ({
  type: ['string', 'null'],
  description,
  default: initial,
  maxLength: 4096,
});
/** Never quoted: JSON Schema's `writeOnly`. */
export const secret = (description: string): JsonObject => ({ ...text(description), writeOnly: true });
export const path = (description: string): JsonObject => ({ ...text(description), minLength: 1 });
export const choice = (description: string, initial: string, values: readonly string[]): JsonObject => ({
  description,
  default: initial,
  enum: values,
});
export const flag = (description: string, initial: boolean): JsonObject => ({
  type: 'boolean',
  description,
  default: initial,
});
export const names = (description: string, item: JsonObject, maxItems: number): JsonObject => ({
  type: 'array',
  description,
  default: [],
  items: item,
  maxItems,
});
export const expression = (description: string): JsonObject => ({ $ref: '#/$defs/expression', description });
export const titles = (description: string): JsonObject => ({ $ref: '#/$defs/titles', description });
export const number = (description: string): JsonObject => ({ type: 'number', description });

/** A map whose `tag` says which further keys it may have. */
export const tagged = (
  description: string,
  kinds: Readonly<Record<string, { readonly fields: Fields; readonly required: readonly string[] }>>,
): JsonObject => ({
  type: 'object',
  description,
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: Object.entries(kinds).map(([kind, { fields, required }]) => ({
    properties: { kind: { const: kind }, ...fields },
    required: ['kind', ...required],
    additionalProperties: false,
  })),
});

/** A set of dimensions that keys are made of. */
export const DIMENSIONS_SCHEMA: JsonObject = {
  type: 'array',
  items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*){0,3}$' },
  maxItems: 6,
};

/** What many keys share, by name. */
export const FORMS: Readonly<Record<string, JsonObject>> = {
  id: { type: 'string', pattern: ID_PATTERN },
  duration: { type: ['string', 'integer'], pattern: DURATION_PATTERN, minimum: 0, maximum: 0 },
  bytes: { type: ['string', 'integer'], pattern: BYTES_PATTERN, minimum: 1 },
  threads: { type: ['integer', 'string'], pattern: '^auto$', minimum: 1, maximum: 256 },
  expression: { type: ['string', 'boolean'], minLength: 1, maxLength: 4096 },
  titles: {
    type: ['string', 'object'],
    minLength: 1,
    maxLength: 200,
    properties: {
      'zh-CN': { type: 'string', minLength: 1, maxLength: 200 },
      en: { type: 'string', minLength: 1, maxLength: 200 },
    },
    required: ['zh-CN', 'en'],
    additionalProperties: false,
  },
};
