/** Checks of the CEL in a configuration: it compiles, reads only what there is to read, and can give a result. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import { EngineError, reasonOf } from '../../engine/core/errors.ts';
import { type Path, type Section } from './config-values.ts';
import type { CompileExpression, Expression } from '../shared/messages.ts';
import {
  ANY_JSON,
  DOUBLE,
  TEXT,
  TIME,
  type Kind,
  type Scope,
  type Shape,
} from '../../engine/core/expressions/expression.ts';

const TEXT_OR_NULL: Shape = { kinds: ['text', 'null'] };
const LABELLED: Shape = { kinds: ['map'], fields: { label: TEXT, confidence: DOUBLE } };
const MODEL: Shape = { kinds: ['map'], fields: { name: TEXT, version: TEXT } };

/** What the expressions of a KPI may read of an event. */
export const EVENT_SCOPE = {
  data: { kinds: ['map'] },
  enrichment: {
    kinds: ['map'],
    fields: {
      status: TEXT,
      lang: TEXT_OR_NULL,
      sentiment: {
        kinds: ['map', 'null'],
        fields: { label: TEXT, score: DOUBLE, intensity: TEXT, confidence: DOUBLE },
      },
      issues: { kinds: ['list'], items: LABELLED },
      owner: TEXT_OR_NULL,
      urgency: TEXT_OR_NULL,
      quality: { kinds: ['map'] },
      model: { kinds: ['map', 'null'], fields: { name: TEXT, version: TEXT, issues: MODEL } },
    },
  },
  type: TEXT,
  family: TEXT,
  channel: TEXT,
  source: TEXT,
  eventId: TEXT,
  subjectKey: TEXT,
  // Text, or what MessagePack and JSON have besides.
  attributes: {
    kinds: ['map'],
    lacks: { id: 'eventId', source: 'source', type: 'type', time: 'time', data: 'data' },
    items: ANY_JSON,
  },
  time: TIME,
  received: DOUBLE,
} as const satisfies Scope;

/** What `fire` and `recover` may read of a KPI's value. `sets`: the sets of dimensions that its keys have; null: unknown. `more`: further numbers. */
export function ruleScope(sets: readonly (readonly string[])[] | null, more: readonly string[] = []): Scope {
  const dimensions = sets === null ? null : [...new Set(sets.flat())];
  const key: Shape =
    dimensions === null
      ? { kinds: ['map'], items: TEXT }
      : { kinds: ['map'], fields: Object.fromEntries(dimensions.map((dimension) => [dimension, TEXT])) };
  const further = Object.fromEntries(more.map((name) => [name, DOUBLE]));
  return { value: DOUBLE, n: DOUBLE, low: DOUBLE, high: DOUBLE, key, time: TIME, ...further };
}

/** What is done with the result. */
export type Wanted = 'condition' | 'number' | 'label' | 'list' | 'time' | 'anything';
const KINDS: Readonly<Record<Wanted, readonly Kind[]>> = {
  condition: ['bool'],
  number: ['int', 'double'],
  label: ['text', 'int', 'double', 'bool', 'list'],
  list: ['list'],
  time: ['text', 'int', 'double', 'time'],
  anything: ['null', 'bool', 'int', 'double', 'text', 'list', 'map', 'time'],
};

/** The compiled expression; null: it is faulty, which was reported. */
export interface ExpressionChecks {
  /** `more`: what it may read besides. */
  event(section: Section, name: string, source: string, wanted?: Wanted, more?: Scope): Expression | null;
  rule(
    section: Section,
    name: string,
    source: string,
    sets?: readonly (readonly string[])[] | null,
    more?: readonly string[],
  ): Expression | null;
  /** What reads something else than events and values. */
  of(at: Path, source: string, scope: Scope, wanted: Wanted): Expression | null;
}

export function expressionChecks(
  compile: CompileExpression,
  report: (at: Path, message: string) => void,
): ExpressionChecks {
  const check = (at: Path, source: string, scope: Scope, wanted: Wanted, hint: string): Expression | null => {
    let expression: Expression;
    try {
      expression = compile(source);
    } catch (error) {
      report(at, compileFault(error));
      return null;
    }
    const known = Object.keys(scope);
    const unknown = expression.variables.filter((variable) => !known.includes(variable));
    for (const variable of unknown) {
      report(at, `there is no variable "${variable}" here${didYouMean(variable, known)} ${hint}`);
    }
    const never = unknown.length > 0 ? null : expression.whyNever(scope, KINDS[wanted]);
    if (never !== null) report(at, `the expression ${JSON.stringify(source)} can never give a result: ${never}`);
    return unknown.length > 0 || never !== null ? null : expression;
  };
  return {
    event: (section, name, source, wanted = name === 'value' ? 'number' : 'condition', more = {}) =>
      check(
        section.path(name),
        source,
        { ...EVENT_SCOPE, ...more },
        wanted,
        '(event fields are under data., e.g. data.channel == "app")',
      ),
    rule: (section, name, source, sets = null, more = []) =>
      check(
        section.path(name),
        source,
        ruleScope(sets, more),
        'condition',
        `(expected: ${['value', 'n', 'low', 'high', ...more].join(', ')}, key or time)`,
      ),
    of: (at, source, scope, wanted) =>
      check(at, source, scope, wanted, `(expected: ${Object.keys(scope).join(', ')}; a text is \'"text"\')`),
  };
}

function compileFault(error: unknown): string {
  if (error instanceof EngineError && error.code === 'EXPRESSION_INVALID') return error.message;
  return `the expression is not valid CEL: ${reasonOf(error)}`;
}
