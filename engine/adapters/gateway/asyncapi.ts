/** `/asyncapi.json`. */
import type { JsonObject } from '../../core/types.ts';

export function asyncapi(version: string): JsonObject {
  return { asyncapi: '3.0.0', info: { title: 'Earshot', version } };
}
