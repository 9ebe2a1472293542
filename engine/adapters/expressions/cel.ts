/** Expressions of the configuration: CEL, through @marcbachmann/cel-js, compiled once. */
import { Environment } from '@marcbachmann/cel-js';
import type { CompileExpression, Expression } from '../../../operators/shared/messages.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { closureOf } from './cel-closures.ts';

/**
 * JSON numbers are doubles, and CEL does not mix doubles and integers in arithmetic: `data.score + 1` would fail. Here it
 * does not: mixed arithmetic is done in doubles, and integer literals beside anything but a function are doubles.
 */
const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
for (const [sign, apply] of Object.entries(ARITHMETIC)) {
  const mixed = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b));
  environment.registerOperator(`double ${sign} int`, mixed);
  environment.registerOperator(`int ${sign} double`, mixed);
}

/** Makes doubles of integer literals in arithmetic, in place. `int(x) / 2` and `size(x) % 2` stay integer. */
function literalsToDoubles(node: unknown): void {
  if (Array.isArray(node)) {
    for (const child of node) literalsToDoubles(child);
    return;
  }
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return;
  const { args } = node;
  if (typeof node.op === 'string' && node.op in ARITHMETIC && Array.isArray(args)) {
    const [left, right] = args as [Mutable, Mutable];
    if (isInteger(left) && isFree(right)) left.args = Number(left.args);
    if (isInteger(right) && isFree(left)) right.args = Number(right.args);
  }
  literalsToDoubles(args);
}
interface Mutable {
  readonly op: string;
  args: unknown;
}
function isInteger(node: Mutable): boolean {
  return node.op === 'value' && typeof node.args === 'bigint';
}
function isFree(node: Mutable): boolean {
  return node.op !== 'value' && node.op !== 'call' && node.op !== 'rcall';
}

/**
 * Throws EngineError EXPRESSION_INVALID. What cannot be evaluated for an event (a field that is missing, a text compared with
 * a number) is undefined; integers come out as numbers.
 */
export const compileExpression: CompileExpression = (source) => {
  const parsed = parse(source);
  const closure = closureOf(parsed.ast);
  return closure === null ? byLibrary(parsed) : (variables) => plain(closure(variables));
};

/** The whole expression by the library: for what the closures leave out, and for the test that compares the two. */
export function compileByLibrary(source: string): Expression {
  return byLibrary(parse(source));
}

function byLibrary(parsed: Parsed): Expression {
  return (variables) => {
    try {
      return plain(parsed(variables));
    } catch {
      return undefined;
    }
  };
}
/** Integers as numbers, and 0 without a sign. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value === 0 ? 0 : value;
}

type Parsed = ReturnType<Environment['parse']>;

function parse(source: string): Parsed {
  try {
    const parsed = environment.parse(source);
    literalsToDoubles(parsed.ast);
    const check = parsed.check();
    if (!check.valid) throw check.error ?? new Error('its types do not fit');
    return parsed;
  } catch (cause) {
    throw new EngineError('EXPRESSION_INVALID', [JSON.stringify(source), reasonOf(cause).split('\n')[0] ?? ''], {
      cause,
    });
  }
}
