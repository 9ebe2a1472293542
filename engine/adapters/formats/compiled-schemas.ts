/**
 * Validators of our own schemas, compiled by the build (app/set-up/compile-schemas.mjs): compiling them is half of what a start
 * takes. The build puts them in the place of this module's map; where the sources run as they are there are none.
 */
import type { ValidateFunction } from 'ajv';
import { cyrb53 } from '../../core/hash.ts';
import type { JsonObject } from '../../core/types.ts';

/** By the name of their schema; of a schema that has changed since the build there is none. */
export const COMPILED: ReadonlyMap<string, ValidateFunction> = new Map();

/** The same text by the same checks is the same validator. */
export function schemaName(schema: JsonObject, checks: 'config' | 'data'): string {
  return `${checks}_${cyrb53(JSON.stringify(schema)).toString(36)}`;
}
