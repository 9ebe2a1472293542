/** What a JSON Schema finds wrong, in sentences for people: one a place. */
import { createRequire } from 'node:module';
import type * as AjvModule from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { must } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import type { JsonObject } from '../../core/types.ts';
import { COMPILED, schemaName } from '../formats/compiled-schemas.ts';
import { QUICK_TO_COMPILE } from '../formats/schema-validator.ts';
import type { FaultAt } from './config-fault.ts';
import { IN_PLACE, schemaInParts } from './schema-parts.ts';

export const CONFIG_CHECKS = {
  allErrors: true,
  verbose: true,
  discriminator: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictTuples: false,
  inlineRefs: IN_PLACE,
} as const;

const made = new WeakMap<JsonObject, ValidateFunction>();

/** A start seldom needs ajv itself, which takes a while to load. */
function compile(schema: JsonObject): ValidateFunction {
  const before = made.get(schema);
  if (before !== undefined) return before;
  const library = createRequire(import.meta.url)('ajv') as typeof AjvModule;
  const check = new library.Ajv({ ...CONFIG_CHECKS, ...QUICK_TO_COMPILE }).compile(schemaInParts(schema));
  made.set(schema, check);
  return check;
}

export function schemaCheck(schema: JsonObject, raw: unknown, compiled = COMPILED): readonly FaultAt[] {
  const validate = compiled.get(schemaName(schema, 'config')) ?? compile(schema);
  if (validate(raw)) return [];
  const faults = new Map<string, FaultAt>();
  for (const error of must(validate.errors)) {
    const fault = faultOf(error, raw);
    if (fault === undefined) continue;
    const place = JSON.stringify(fault.at);
    if (!faults.has(place)) faults.set(place, fault);
  }
  return [...faults.values()];
}

interface Params {
  readonly additionalProperty?: string;
  readonly missingProperty?: string;
  readonly propertyName?: string;
  readonly tagValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly limit?: number;
  readonly i?: number;
  readonly j?: number;
}

function faultOf(error: ErrorObject, raw: unknown): FaultAt | undefined {
  const at = pathOf(error.instancePath, raw);
  const params = error.params as Params;
  const parent = (error.parentSchema ?? {}) as { properties?: object; type?: unknown; writeOnly?: boolean }; // a fault of the schema itself names none
  const found = parent.writeOnly === true ? 'a text' : shown(error.data);
  const named = namedForm(error, found);
  if (named !== undefined) return { at, message: named };
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = must(params.additionalProperty);
      const known = Object.keys(parent.properties ?? {}); // a map of free names
      const expected = `(expected: ${known.join(', ')})`;
      return { at: [...at, name], isKey: true, message: `unknown key "${name}"${didYouMean(name, known)} ${expected}` };
    }
    case 'required': {
      const name = must(params.missingProperty);
      // Where the kind decides, `discriminator` says which there are.
      if ('discriminator' in parent && name === 'kind') return undefined;
      return { at: [...at, name], message: `the key "${name}" is missing` };
    }
    case 'discriminator': {
      const kinds = kindsOf(parent);
      if (typeof params.tagValue !== 'string') {
        return { at: [...at, 'kind'], message: `the key "kind" is missing (expected: ${kinds.join(', ')})` };
      }
      const guess = didYouMean(params.tagValue, kinds);
      return {
        at: [...at, 'kind'],
        message: `there is no kind ${shown(params.tagValue)}${guess} (expected: ${kinds.join(', ')})`,
      };
    }
    case 'type':
      return { at, message: `found ${kindOf(error.data)}, expected ${typesOf(parent.type)}` };
    case 'enum': {
      const values = must(params.allowedValues).map(String);
      const guess = typeof error.data === 'string' ? didYouMean(error.data, values) : '';
      return { at, message: `found ${found}, expected ${oneOf(values)}${guess}` };
    }
    case 'minimum':
    case 'minItems':
    case 'minLength':
      return { at, message: `found ${sizeOf(error)}, expected at least ${must(params.limit)}${thing(error)}` };
    case 'maximum':
    case 'maxItems':
    case 'maxLength':
      return { at, message: `found ${sizeOf(error)}, expected at most ${must(params.limit)}${thing(error)}` };
    case 'exclusiveMinimum':
      return { at, message: `found ${found}, expected more than ${must(params.limit)}` };
    case 'exclusiveMaximum':
      return { at, message: `found ${found}, expected less than ${must(params.limit)}` };
    case 'uniqueItems':
      return { at: [...at, Math.max(must(params.i), must(params.j))], message: 'this item is in the list twice' };
    case 'pattern':
      return { at, message: `found ${found}, expected letters, digits and "_"` };
    case 'propertyNames':
    case 'oneOf':
      return undefined;
    default:
      return { at, message: `found ${found}, which does not fit: ${error.message ?? error.keyword}` };
  }
}

/** Faults of the forms that many keys share are described by the form, whatever keyword found them. */
function namedForm(error: ErrorObject, found: string): string | undefined {
  const form = /^#\/\$defs\/(\w+)\//.exec(error.schemaPath)?.[1];
  const value = typeof error.data === 'string' || typeof error.data === 'number' ? found : kindOf(error.data);
  switch (form) {
    case 'duration':
      return `found ${value}, expected a duration: digits and one of ms, s, m, h, d, such as 250ms or 15m`;
    case 'bytes':
      return `found ${value}, expected a size: a number of bytes, or digits and one of KB, KiB, MB, MiB, GB, GiB`;
    case 'id':
      return `found ${value}, expected an id: a lower-case letter, then lower-case letters, digits and "_" (at most 64)`;
    case 'threads':
      return `found ${value}, expected a number of threads, 1 to 256, or auto`;
    case 'expression':
      return error.keyword === 'type'
        ? `found ${kindOf(error.data)}, expected an expression (put quotes around it if it begins with a quote, [ or {)`
        : undefined;
    case undefined:
    default:
      return undefined;
  }
}

/** JSON pointer → path; a step is an index where the data has a list. */
function pathOf(pointer: string, raw: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let value = raw;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return path;
}

function kindsOf(parent: object): readonly string[] {
  const branches = (parent as { oneOf?: readonly { properties?: { kind?: { const?: unknown } } }[] }).oneOf ?? []; // not one of several kinds
  return branches.map((branch) => String(branch.properties?.kind?.const));
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value.length <= 60 ? JSON.stringify(value) : 'a long text';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map (key: value)',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'a text' : 'a map';
}

function typesOf(types: unknown): string {
  const list = (Array.isArray(types) ? types : [types]).map(String).filter((type) => type !== 'null');
  return oneOf(list.map((type) => KINDS[type] ?? type));
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${must(words.at(-1))}`;
}

function sizeOf(error: ErrorObject): string {
  if (Array.isArray(error.data)) return String(error.data.length);
  return typeof error.data === 'string' ? String(error.data.length) : shown(error.data);
}

function thing(error: ErrorObject): string {
  return error.keyword.endsWith('Items') ? ' items' : error.keyword.endsWith('Length') ? ' characters' : '';
}
