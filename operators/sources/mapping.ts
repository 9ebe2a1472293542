/**
 * What becomes of a payload or a row: every rule whose `when` holds gives its events. Pure and total: whatever comes, there are
 * events, faults that say where in the map and what was missing (never a value), or neither, where no rule takes it.
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import type { CompileExpression, Expression, Variables } from '../../engine/core/expressions/expression.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';
import type { FieldRule, FieldRules, MapRule } from './map-rule.ts';
import { plainValue } from './plain-value.ts';
import type { ReadTime } from './time/mapped-time.ts';

export interface MappedEvent {
  /** Place of its rule in the map. */
  readonly rule: number;
  readonly type: string;
  readonly id: string;
  /** RFC 3339; null: its rule says none. */
  readonly time: string | null;
  readonly key: string | null;
  readonly data: JsonObject;
  /** Fields whose expression gave nothing: they are left out. */
  readonly leftOut: readonly string[];
}

export interface MapFault {
  /** `map[2].time` */
  readonly at: string;
  readonly error: string;
}

export interface Mapped {
  readonly events: readonly MappedEvent[];
  readonly faults: readonly MapFault[];
  /** Whether a rule took it, be it to ignore it. */
  readonly isTaken: boolean;
}

/** `fallback`: what stands for an id that no rule gives; the same for the same payload. */
export type Mapping = (variables: Variables, fallback: () => string) => Mapped;

/** More of one payload are a fault. */
export const MOST_EVENTS = 1000;

interface Rule {
  readonly written: MapRule;
  readonly when: Expression | null;
  readonly each: Expression | null;
  readonly id: Expression | null;
  readonly time: Expression | null;
  readonly key: Expression | null;
  readonly fields: readonly Field[];
}
type Field =
  | { readonly name: string; readonly value: Expression }
  | { readonly name: string; readonly constant: number | boolean }
  | { readonly name: string; readonly fields: readonly Field[] };

/**
 * `place`: of the source in the configuration, for what watches its expressions. The first `presetRules` are a preset's: a field of
 * theirs that nobody fills in is nobody's mistake, so that they are not watched. Throws EXPRESSION_INVALID.
 */
export function mappingOf(
  rules: readonly MapRule[],
  {
    compile,
    readTime,
    place,
    presetRules = 0,
  }: {
    readonly compile: CompileExpression;
    readonly readTime: ReadTime;
    readonly place: string;
    readonly presetRules?: number;
  },
): Mapping {
  const compiled = rules.map((written, i): Rule => {
    const placeOf = (name: string): string | undefined =>
      i < presetRules ? undefined : `${place}.map[${i - presetRules}].${name}`;
    const of = (source: string | null, name: string): Expression | null =>
      source === null ? null : compile(source, placeOf(name));
    const { when, each, id, time, key } = written;
    return {
      written,
      ...{
        when: of(when, 'when'),
        each: of(each, 'each'),
        id: of(id, 'id'),
        time: of(time, 'time'),
        key: of(key, 'key'),
      },
      fields: fieldsOf(written.data, (source, name) => compile(source, placeOf(`data.${name}`))),
    };
  });
  return (variables, fallback) => {
    const made = new Made(fallback);
    for (const [place, one] of compiled.entries()) {
      if (one.when !== null && one.when(variables) !== true) continue;
      if (one.written.ignore) made.isTaken = true;
      else applyRule(one, place, variables, readTime, made);
    }
    return made;
  };
}

class Made implements Mapped {
  readonly events: MappedEvent[] = [];
  readonly faults: MapFault[] = [];
  isTaken = false;
  readonly #fallback: () => string;
  #id: string | null = null;

  constructor(fallback: () => string) {
    this.#fallback = fallback;
  }
  get fallback(): string {
    return (this.#id ??= this.#fallback());
  }
  refuse(at: string, error: string): void {
    if (this.faults.length < MOST_EVENTS) this.faults.push({ at, error });
  }
}

function applyRule(one: Rule, place: number, variables: Variables, readTime: ReadTime, made: Made): void {
  const at = `map[${place}]`;
  if (one.each === null) {
    made.isTaken = true;
    return applyTo(one, place, null, variables, readTime, made);
  }
  const list = one.each(variables);
  const items: readonly unknown[] = Array.isArray(list) ? list.flat(3) : [];
  // Where it cannot be evaluated, or is empty, there is nothing in the payload for this rule.
  if (list === undefined || (Array.isArray(list) && items.length === 0)) return;
  made.isTaken = true;
  if (!Array.isArray(list)) return made.refuse(`${at}.each`, `expected a list, found ${kindOf(list)}`);
  for (const [index, item] of items.entries()) {
    if (made.events.length + made.faults.length >= MOST_EVENTS) {
      return made.refuse(`${at}.each`, `one payload gives at most ${MOST_EVENTS} events`);
    }
    applyTo(one, place, index, { ...variables, item, index }, readTime, made);
  }
}

/** `index`: of the item; null: it is not one of many. */
function applyTo(
  one: Rule,
  place: number,
  index: number | null,
  variables: Variables,
  readTime: ReadTime,
  made: Made,
): void {
  const at = `map[${place}]`;
  const of = index === null ? '' : ` (of item ${index})`;
  const time = one.time === null ? null : readTime(one.time(variables));
  if (typeof time === 'string') return made.refuse(`${at}.time`, `it gave no time${of}: ${time}`);
  const id =
    one.id === null ? `${made.fallback}.${place}${index === null ? '' : `.${index}`}` : textOf(one.id(variables));
  if (id === null) return made.refuse(`${at}.id`, `it gave neither a text nor a number${of}: ids tell repeats apart`);
  const key = one.key === null ? null : textOf(one.key(variables));
  const leftOut: string[] = [];
  const data = dataOf(one.fields, variables, '', leftOut);
  const { type } = one.written;
  // The same id may open and close: what happened is part of what tells events apart.
  made.events.push({
    ...{ rule: place, type, key, data, leftOut },
    id: `${type.replace(/^cx\./, '')}:${id}`,
    time: time === null ? null : formatInstant(time),
  });
}

function dataOf(fields: readonly Field[], variables: Variables, at: string, leftOut: string[]): JsonObject {
  const data: Record<string, Json> = {};
  for (const field of fields) {
    const path = at === '' ? field.name : `${at}.${field.name}`;
    if ('constant' in field) data[field.name] = field.constant;
    else if ('fields' in field) {
      const inner = dataOf(field.fields, variables, path, leftOut);
      if (Object.keys(inner).length > 0) data[field.name] = inner;
    } else {
      const value = plainValue(field.value(variables));
      if (value === undefined) leftOut.push(path);
      else data[field.name] = value;
    }
  }
  return data;
}

function fieldsOf(rules: FieldRules, compile: (source: string, path: string) => Expression, at = ''): readonly Field[] {
  return Object.entries(rules).map(([name, written]: readonly [string, FieldRule]): Field => {
    const path = at === '' ? name : `${at}.${name}`;
    if (typeof written === 'string') return { name, value: compile(written, path) };
    if (typeof written === 'object') return { name, fields: fieldsOf(written, compile, path) };
    return { name, constant: written };
  });
}

/** null: neither a text nor a number. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
