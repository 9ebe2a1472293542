/** `/openapi.json`. */
import type { JsonObject } from '../../core/types.ts';

export function openapi(version: string): JsonObject {
  return { openapi: '3.1.0', info: { title: 'Earshot', version }, paths: {} };
}
