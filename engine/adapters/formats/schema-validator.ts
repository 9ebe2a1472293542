/** JSON Schema by ajv, compiled once; its faults as sentences that show types and lengths, never a customer's value. */
import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type * as AjvModule from 'ajv/dist/2020.js';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { must } from '../../core/must.ts';
import type { JsonObject } from '../../core/types.ts';
import { COMPILED, schemaName } from './compiled-schemas.ts';

export interface Fault {
  /** JSON pointer into the data; `` for the data itself. */
  readonly at: string;
  /** What was expected and what was found. */
  readonly error: string;
}
export type ValidateData = (type: string, data: unknown) => readonly Fault[] | null;

/**
 * Where the build has not compiled them, a start compiles schemas of 100 KB. ajv's own clean-up of its code takes longer than V8's
 * of the same, and whether our schemas are schemas is held by tests, not by each start.
 */
export const QUICK_TO_COMPILE = { code: { optimize: false }, validateSchema: false, meta: false } as const;

export const DATA_CHECKS = {
  strict: true,
  allowUnionTypes: true,
  allowMatchingProperties: true,
  strictRequired: false,
  strictTypes: false,
} as const;

/** More are of no use to a reader. */
const MAX_FAULTS = 10;

/**
 * A validator of several types at once. It stops at the first fault to tell good from bad, and looks for all of them only
 * in what is bad. The schemas are ours and hold no rule for the items of a list, so that the number of faults is bounded.
 */
export function createSchemaValidator(
  schemas: Readonly<Record<string, JsonObject>>,
  compiled = COMPILED,
): ValidateData {
  let [first, all]: (Ajv2020 | undefined)[] = [];
  const fast = new Map<string, ValidateFunction>();
  // When first needed, what the build has not compiled: most engines see few types.
  const checkOf = (type: string): ValidateFunction | undefined => {
    if (!Object.hasOwn(schemas, type)) return undefined;
    const schema = must(schemas[type]);
    const check = compiled.get(schemaName(schema, 'data')) ?? (first ??= newAjv(false)).compile(schema);
    fast.set(type, check);
    return check;
  };
  return (type, data) => {
    const check = fast.get(type) ?? checkOf(type);
    if (check === undefined) return [{ at: '', error: 'there is no schema for this type' }];
    if (check(data)) return null;
    // Kept by ajv: most types never have a bad event.
    const thorough = (all ??= newAjv(true)).compile(must(schemas[type], 'a type with a check has a schema'));
    thorough(data);
    return faultsOf(must(thorough.errors, 'what one check refuses the thorough one refuses'), data);
  };
}

/** Loaded when first needed: with compiled schemas a start needs none. */
function newAjv(allErrors: boolean): Ajv2020 {
  const library = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof AjvModule;
  return new library.Ajv2020({ ...DATA_CHECKS, ...QUICK_TO_COMPILE, allErrors });
}

function faultsOf(errors: readonly ErrorObject[], data: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  const alternatives = errors.filter(isAlternative).map(({ params }) => String((params as Params)['missingProperty']));
  for (const error of errors) {
    const fault = faultOf(error, data, alternatives);
    if (fault !== null && !faults.some(({ at, error: text }) => at === fault.at && text === fault.error))
      faults.push(fault);
    if (faults.length === MAX_FAULTS) break;
  }
  return faults.length > 0 ? faults : [{ at: '', error: 'does not fit its schema' }];
}

/** null: only repeats what another one says. */
function faultOf(error: ErrorObject, data: unknown, alternatives: readonly string[]): Fault | null {
  const { keyword, instancePath: at } = error;
  const param = error.params as Params;
  const found = kindOf(valueAt(data, at));
  switch (keyword) {
    case 'required':
      return isAlternative(error)
        ? null
        : { at: `${at}/${token(String(param['missingProperty']))}`, error: 'is missing, but required' };
    case 'anyOf':
      return { at, error: `must have ${alternatives.join(' or ')}` };
    case 'type':
      return { at, error: `must be ${wordsOf(param['type'])}, found ${found}` };
    case 'enum':
      return { at, error: `must be one of ${listOf(param['allowedValues'])}, found ${found}` };
    case 'const':
      return { at, error: `must be ${JSON.stringify(param['allowedValue'])}, found ${found}` };
    case 'minLength':
      return param['limit'] === 1
        ? { at, error: 'must not be empty' }
        : { at, error: `must have at least ${String(param['limit'])} characters, found ${found}` };
    case 'maxLength':
      return { at, error: `must have at most ${String(param['limit'])} characters, found ${found}` };
    case 'minimum':
    case 'maximum':
      return { at, error: `must be ${String(param['comparison'])} ${String(param['limit'])}` };
    case 'pattern':
      return { at, error: `must match ${String(param['pattern'])}, found ${found}` };
    case 'maxItems':
      return { at, error: `must have at most ${String(param['limit'])} items, found ${found}` };
    case 'maxProperties':
      return { at, error: `must have at most ${String(param['limit'])} fields, found ${found}` };
    case 'if':
      return null;
    default:
      return { at, error: `breaks the rule "${keyword}" of its schema` };
  }
}

type Params = Readonly<Record<string, unknown>>;

/** "This field is missing" in one branch of an `anyOf`: reported together, as one fault. */
function isAlternative({ keyword, schemaPath }: ErrorObject): boolean {
  return keyword === 'required' && schemaPath.includes('/anyOf/');
}

function wordsOf(type: unknown): string {
  const types = (Array.isArray(type) ? type : String(type).split(',')).map(String).filter((name) => name !== 'null');
  return types.map((name) => `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`).join(' or ');
}

function listOf(values: unknown): string {
  return Array.isArray(values)
    ? values
        .filter((value) => value !== null)
        .map((value) => JSON.stringify(value))
        .join(', ')
    : '';
}

/** The kind and size of a value, not the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'an empty string' : `a string of ${value.length} characters`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? `an object with ${Object.keys(value).length} fields` : `a ${typeof value}`;
}

function token(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function valueAt(data: unknown, pointer: string): unknown {
  let value = data;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
