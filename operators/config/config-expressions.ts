/** Checks of the CEL in a configuration: it compiles, and it reads only what there is to read. */
import { didYouMean } from '../../engine/core/text/spelling.ts';
import { EngineError, reasonOf } from '../../engine/core/errors.ts';
import { type Path, type Section } from './config-values.ts';
import { variablesOf } from './expression-names.ts';
import type { CompileExpression } from '../shared/messages.ts';

/** What the expressions of a KPI may read of an event. */
export const EVENT_VARIABLES: readonly string[] = [
  'data',
  'enrichment',
  'type',
  'family',
  'channel',
  'source',
  'eventId',
  'subjectKey',
  'attributes',
  'received',
];
/** What `fire` and `recover` may read of a KPI's value. */
export const RULE_VARIABLES: readonly string[] = ['value', 'n', 'low', 'high', 'key'];

export interface ExpressionChecks {
  event(section: Section, name: string, source: string): void;
  rule(section: Section, name: string, source: string): void;
}

export function expressionChecks(
  compile: CompileExpression,
  report: (at: Path, message: string) => void,
): ExpressionChecks {
  const check = (section: Section, name: string, source: string, known: readonly string[], hint: string): void => {
    try {
      compile(source);
    } catch (error) {
      report(section.path(name), compileFault(error));
      return;
    }
    for (const variable of variablesOf(source)) {
      if (known.includes(variable)) continue;
      report(section.path(name), `there is no variable "${variable}" here${didYouMean(variable, known)} ${hint}`);
    }
  };
  return {
    event: (section, name, source) =>
      check(section, name, source, EVENT_VARIABLES, '(event fields are under data., e.g. data.channel == "app")'),
    rule: (section, name, source) =>
      check(section, name, source, RULE_VARIABLES, '(expected: value, n, low, high or key)'),
  };
}

function compileFault(error: unknown): string {
  if (error instanceof EngineError && error.code === 'EXPRESSION_INVALID') return error.message;
  return `the expression is not valid CEL: ${reasonOf(error)}`;
}
