/** Short forms for what the documents say. */
import type { JsonObject } from '../../core/types.ts';

export const text = { type: 'string' } as const;
export const instant = { type: 'string', format: 'date-time' } as const;
export const integer = { type: 'integer' } as const;
export const texts = { type: 'array', items: text } as const;
export const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
export const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });
export const ok = (description: string, schema: JsonObject): JsonObject => ({ description, content: json(schema) });
export const parameter = (
  name: string,
  place: 'path' | 'query',
  description: string,
  schema: JsonObject = text,
): JsonObject => ({ name, in: place, required: place === 'path', description, schema });

export function object(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}

export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}
