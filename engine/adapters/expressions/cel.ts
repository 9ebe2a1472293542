/** Expressions of the configuration: CEL, through @marcbachmann/cel-js, compiled once. */
import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import {
  noEvaluations,
  type CompileExpression,
  type Evaluations,
  type Expression,
  type Variables,
} from '../../core/expressions/expression.ts';
import { EngineError, reasonOf } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import { closureOf } from './cel-closures.ts';
import { whenKnown } from './known-part.ts';
import { meter } from './metering.ts';
import { patternOf } from './patterns.ts';
import { StepBudget } from './step-budget.ts';
import { childrenOf, TYPE, variableNodes, visit } from './syntax.ts';
import { whyNever } from './why-never.ts';
import { isTimePart, timePart } from './zone-time.ts';

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

/**
 * Throws EngineError EXPRESSION_INVALID. What cannot be evaluated for an event (a field that is missing, a text compared with
 * a number, more steps than an evaluation may take) is undefined; integers come out as numbers. Milliseconds given as the
 * variable `time` are an instant to the expression.
 */
export const compileExpression: CompileExpression = (source) => compileCounted(source, noEvaluations());

/** The same; each evaluation is counted in `evaluations`. */
export function compileCounted(source: string, evaluations: Evaluations): Expression {
  const parsed = parse(source);
  const budget = new StepBudget(evaluations);
  const evaluate = boundedClosure(parsed.ast, budget) ?? byLibrary(parsed, budget);
  const counted = (variables: Variables): unknown => {
    const value = plain(evaluate(variables));
    evaluations.all += 1;
    if (value === undefined) evaluations.withoutResult += 1;
    return value;
  };
  return described(parsed.ast, counted, budget);
}

/** The whole expression by the library: for what the closures leave out, and for the test that compares the two. */
export function compileByLibrary(source: string): Expression {
  const parsed = parse(source);
  const budget = new StepBudget(noEvaluations());
  return described(parsed.ast, byLibrary(parsed, budget), budget);
}

function described(ast: ASTNode, evaluate: (variables: Variables) => unknown, budget: StepBudget): Expression {
  const names = variableNodes(ast).map(({ args }) => (args === TYPE ? 'type' : args));
  return Object.assign(evaluate, {
    variables: [...new Set(names)],
    whenKnown: (known: readonly string[]) => whenKnown(ast, known, (node) => partOf(node, budget)),
    whyNever: (...asked: Parameters<Expression['whyNever']>) => whyNever(ast, ...asked),
  });
}

/** Of what may join texts or lists, or looks at all of one, the steps are counted, as where the library evaluates. */
function boundedClosure(node: ASTNode, budget: StepBudget): ((variables: Variables) => unknown) | null {
  const closure = closureOf(node, budget);
  if (closure === null || !spends(node)) return closure;
  return (variables) => {
    budget.begin();
    const value = closure(variables);
    return budget.end() ? value : undefined;
  };
}
function spends(node: ASTNode): boolean {
  const isSize = node.op === 'rcall' && node.args[0] === 'size';
  return isSize || node.op === '+' || childrenOf(node).some(spends);
}

/** A part of an expression by itself. What the closures leave out is part of a tree that was metered with this budget. */
function partOf(node: ASTNode, budget: StepBudget): (variables: Variables) => unknown {
  const closure = boundedClosure(node, budget);
  if (closure !== null) return closure;
  // The library evaluates what it parsed: here a list, of this one node.
  const list = environment.parse('[x]');
  (list.ast.args as ASTNode[])[0] = node;
  const evaluate = run(list, budget);
  return (variables) => (evaluate(variables) as readonly unknown[] | undefined)?.[0];
}

function byLibrary(parsed: Parsed, budget: StepBudget): (variables: Variables) => unknown {
  meter(parsed.ast, budget);
  return run(parsed, budget);
}

function run(parsed: Parsed, budget: StepBudget): (variables: Variables) => unknown {
  const context = new EventContext();
  return (variables) => {
    budget.begin();
    context.variables = variables;
    try {
      const value = plain(parsed(context));
      // What gave up may have been passed over, as any error is by `||`.
      return budget.end() ? value : undefined;
    } catch {
      budget.end();
      return undefined;
    }
  };
}
/** Integers as numbers, and 0 without a sign. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value === 0 ? 0 : value;
}

/** Variables as the library asks for them. */
class EventContext extends Map<string, unknown> {
  variables: Variables = {};

  override get(name: string): unknown {
    if (name === TYPE) return this.variables['type'];
    const value = Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
    return name === 'time' && typeof value === 'number' ? new Date(value) : value;
  }
}

type Parsed = ReturnType<Environment['parse']>;

function parse(source: string): Parsed {
  try {
    const parsed = environment.parse(source);
    literalsToDoubles(parsed.ast);
    for (const node of variableNodes(parsed.ast)) if (node.args === 'type') (node as Mutable).args = TYPE;
    visit(parsed.ast, checkLiterals);
    const check = parsed.check();
    if (!check.valid) throw check.error ?? new Error('its types do not fit');
    return parsed;
  } catch (cause) {
    const [reason] = reasonOf(cause).split('\n');
    throw new EngineError('EXPRESSION_INVALID', [JSON.stringify(source), must(reason)], { cause });
  }
}

/** Patterns and zones that are written out are looked at once, here. Throws where they are none. */
function checkLiterals(node: ASTNode): void {
  if (node.op !== 'rcall') return;
  const [name, , [literal]] = node.args;
  if (literal?.op !== 'value' || typeof literal.args !== 'string') return;
  if (name === 'matches') patternOf(literal.args);
  if (!isTimePart(name)) return;
  try {
    timePart(name, literal.args);
  } catch {
    throw new Error(`"${literal.args}" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC`);
  }
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
