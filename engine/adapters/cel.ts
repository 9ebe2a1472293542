/** Expressions of the configuration: CEL, through @marcbachmann/cel-js, compiled once. */
import { Environment } from '@marcbachmann/cel-js';
import { EngineError, reasonOf } from '../core/errors.ts';
import type { CompileExpression, Expression } from '../../operators/types.ts';

/**
 * JSON numbers are doubles, and CEL does not mix doubles and integers: `data.score + 1` would fail. Here it does not:
 * mixed arithmetic is done in doubles.
 */
const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
for (const [sign, apply] of Object.entries(ARITHMETIC)) {
  environment.registerOperator(`double ${sign} int`, (a: number, b: bigint) => apply(a, Number(b)));
  environment.registerOperator(`int ${sign} double`, (a: bigint, b: number) => apply(Number(a), b));
}

/**
 * Throws EngineError EXPRESSION_INVALID. What cannot be evaluated for an event (a field that is missing, a text compared with
 * a number) is undefined; integers come out as numbers.
 */
export const compileExpression: CompileExpression = (source) => {
  const parsed = parse(source);
  const expression: Expression = (variables) => {
    try {
      const value: unknown = parsed(variables);
      return typeof value === 'bigint' ? Number(value) : value;
    } catch {
      return undefined;
    }
  };
  return expression;
};

function parse(source: string): ReturnType<Environment['parse']> {
  try {
    const parsed = environment.parse(source);
    const check = parsed.check();
    if (!check.valid) throw check.error ?? new Error('its types do not fit');
    return parsed;
  } catch (cause) {
    throw new EngineError('EXPRESSION_INVALID', [JSON.stringify(source), reasonOf(cause).split('\n')[0] ?? ''], {
      cause,
    });
  }
}
