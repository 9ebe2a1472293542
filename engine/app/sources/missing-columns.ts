/**
 * What of a source's map can never give anything over the columns of a table: a name that is misspelt there, or a title above the
 * names. Expressions that ask first whether a column is there (`has(row.x)`, `"x" in row`) are left alone.
 */
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { TEXT, type Kind, type Scope } from '../../core/expressions/expression.ts';
import type { FieldRules, MapRule } from '../../../operators/sources/map-rule.ts';
import { ROW_SCOPE, type SourceConfig } from '../../../operators/sources/sources-config.ts';

export interface ColumnFault {
  /** Such as `map[0].data.region`. */
  readonly at: string;
  readonly error: string;
}

export interface MissingColumns {
  readonly faults: readonly ColumnFault[];
  /** No rule can give an event. */
  readonly isHopeless: boolean;
}

/** What may come of it does not matter here. */
const ANY_KIND: readonly Kind[] = [
  ...(['null', 'bool', 'int', 'double', 'text', 'list'] as const),
  ...(['map', 'bytes', 'time', 'duration', 'other'] as const),
];
const ASKS_FIRST = /\bhas\(|\bin\s+row\b/;
/** A table may have a thousand columns. */
const MOST_CHARS = 400;

export function missingColumns({ map }: Pick<SourceConfig, 'map'>, columns: readonly string[]): MissingColumns {
  const fields = Object.fromEntries(columns.map((name) => [name, TEXT]));
  const scope: Scope = { ...ROW_SCOPE, row: { kinds: ['map'], fields } };
  const whyNever = (source: string | null): string | null =>
    source === null || ASKS_FIRST.test(source) ? null : compileExpression(source).whyNever(scope, ANY_KIND);
  const faults: ColumnFault[] = [];
  let hopeless = 0;
  map.forEach((rule, i) => {
    const found = expressionsOf(rule).flatMap(({ name, source }) => {
      const why = whyNever(source);
      return why === null ? [] : [{ name, at: `map[${i}].${name}`, error: cut(why) }];
    });
    faults.push(...found.map(({ at, error }) => ({ at, error })));
    if (found.some(({ name }) => name === 'when' || name === 'time')) hopeless += 1;
  });
  const eventful = map.filter(({ ignore }) => !ignore).length;
  return { faults, isHopeless: eventful > 0 && hopeless >= eventful };
}

interface Named {
  readonly name: string;
  readonly source: string | null;
}

function expressionsOf({ when, each, id, time, key, data }: MapRule): readonly Named[] {
  const own = Object.entries({ when, each, id, time, key }).map(([name, source]) => ({ name, source }));
  return [...own, ...fieldsOf(data, 'data')];
}

function fieldsOf(fields: FieldRules, place: string): readonly Named[] {
  return Object.entries(fields).flatMap(([field, rule]) => {
    const name = `${place}.${field}`;
    if (typeof rule === 'string') return [{ name, source: rule }];
    return typeof rule === 'object' ? fieldsOf(rule, name) : [];
  });
}

function cut(text: string): string {
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
