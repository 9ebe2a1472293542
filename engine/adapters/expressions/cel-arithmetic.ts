/**
 * `+ - * /` as closures, beside cel-closures.ts: doubles as numbers, integers as bigints, since `7 / 2` is 3 and `7.0 / 2.0` is
 * 3.5; texts and lists joined by `+` within the step budget. Gives exactly what the library gives.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Closure } from './closure.ts';
import { givesNumber } from './numbers-of.ts';
import type { StepBudget } from './step-budget.ts';

type Operation = Extract<ASTNode, { readonly op: '+' | '-' | '*' | '/' }>;
/** Of a field or variable; null: it is not done in closures. */
type FieldOf = (node: ASTNode) => Closure | null;

/** null: an operand may be an integer that the closures hold as a number, or is not done in closures. */
export function arithmetic(
  { op, args: [left, right] }: Operation,
  budget: StepBudget,
  fieldOf: FieldOf,
): Closure | null {
  const a = operandOf(left, budget, fieldOf);
  const b = operandOf(right, budget, fieldOf);
  if (a === null || b === null) return null;
  switch (op) {
    case '+':
      return (variables) => {
        const x = a(variables);
        const y = b(variables);
        return typeof x === 'number' && typeof y === 'number' ? x + y : sum(x, y, budget);
      };
    case '-':
      return (variables) => {
        const x = a(variables);
        const y = b(variables);
        return typeof x === 'number' && typeof y === 'number' ? x - y : withIntegers(x, y, DIFFERENCE);
      };
    case '*':
      return (variables) => {
        const x = a(variables);
        const y = b(variables);
        return typeof x === 'number' && typeof y === 'number' ? x * y : withIntegers(x, y, PRODUCT);
      };
    case '/':
      return (variables) => {
        const x = a(variables);
        const y = b(variables);
        return typeof x === 'number' && typeof y === 'number' ? x / y : withIntegers(x, y, QUOTIENT);
      };
  }
}

function operandOf(node: ASTNode, budget: StepBudget, fieldOf: FieldOf): Closure | null {
  if (node.op === 'value') return literalOf(node.args);
  if (node.op === 'id' || node.op === '.' || node.op === '[]' || givesNumber(node)) return fieldOf(node);
  if (node.op === '+' || node.op === '-' || node.op === '*' || node.op === '/')
    return arithmetic(node, budget, fieldOf);
  return null;
}
function literalOf(value: unknown): Closure | null {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? () => value : null;
}

interface Mixed {
  readonly doubles: (x: number, y: number) => number;
  /** undefined: there is none. */
  readonly integers: (x: bigint, y: bigint) => bigint | undefined;
}
const SUM: Mixed = { doubles: (x, y) => x + y, integers: (x, y) => in64Bits(x + y) };
const DIFFERENCE: Mixed = { doubles: (x, y) => x - y, integers: (x, y) => in64Bits(x - y) };
const PRODUCT: Mixed = { doubles: (x, y) => x * y, integers: (x, y) => in64Bits(x * y) };
const QUOTIENT: Mixed = { doubles: (x, y) => x / y, integers: (x, y) => (y === 0n ? undefined : x / y) };

function withIntegers(x: unknown, y: unknown, { doubles, integers }: Mixed): unknown {
  if (typeof x === 'bigint' && typeof y === 'bigint') return integers(x, y);
  return isNumber(x) && isNumber(y) ? doubles(Number(x), Number(y)) : undefined;
}
function in64Bits(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function sum(x: unknown, y: unknown, budget: StepBudget): unknown {
  if (typeof x === 'string' && typeof y === 'string') return budget.spendOn(x) && budget.spendOn(y) ? x + y : undefined;
  if (Array.isArray(x) && Array.isArray(y)) {
    return budget.spendOn(x) && budget.spendOn(y) ? [...(x as unknown[]), ...(y as unknown[])] : undefined;
  }
  return withIntegers(x, y, SUM);
}
