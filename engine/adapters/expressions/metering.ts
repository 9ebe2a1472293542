/**
 * What the library evaluates, made bounded: its nodes are charged to a budget where they repeat or grow, `matches` runs in
 * linear time, and parts of instants are those of the zone on every machine. Works on the library's checked tree, in place.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { patternOf, type Pattern } from './patterns.ts';
import type { StepBudget } from './step-budget.ts';
import { childrenOf, macroOf, visit } from './syntax.ts';
import { isTimePart, timePart, type TimePart } from './zone-time.ts';

/** The parts of the library's nodes that do the work: `handle` takes operands that were evaluated. */
interface Working {
  handle?: (...operands: readonly unknown[]) => unknown;
  evaluate: (evaluator: unknown, node: unknown, context: unknown) => unknown;
}

export function meter(root: ASTNode, budget: StepBudget): void {
  visit(root, (node) => {
    const macro = macroOf(node);
    if (macro !== null) for (const body of macro.bodies) chargeEach(body, budget);
    else chargeOperands(node, budget);
  });
}

/** Each evaluation costs as many steps as the body has nodes. The library sets `evaluate` by itself when it is first called. */
function chargeEach(body: ASTNode, budget: StepBudget): void {
  const node = body as unknown as Working;
  let evaluate = node.evaluate;
  const size = sizeOf(body);
  const charged: Working['evaluate'] = (evaluator, ast, context) => {
    budget.charge(size);
    return evaluate.call(node, evaluator, ast, context);
  };
  Object.defineProperty(node, 'evaluate', {
    get: () => charged,
    set: (own: Working['evaluate']) => {
      evaluate = own;
    },
  });
}
function sizeOf(node: ASTNode): number {
  return childrenOf(node).reduce((size, child) => size + sizeOf(child), 1);
}

function chargeOperands(node: ASTNode, budget: StepBudget): void {
  const working = node as unknown as Working;
  const { handle } = working;
  if (handle === undefined) return;
  if (GROWING.has(node.op)) {
    working.handle = (left, right, ast, evaluator) => {
      if (grows(left)) budget.chargeFor(left);
      if (grows(right)) budget.chargeFor(right);
      return handle(left, right, ast, evaluator);
    };
  } else if (node.op === 'call' || node.op === 'rcall') {
    const own = node.op === 'rcall' ? ownCall(node.args[0], budget) : null;
    const charge = (operands: readonly unknown[]): void => {
      for (let i = 0; i < operands.length; i++) if (grows(operands[i])) budget.chargeFor(operands[i]);
    };
    working.handle = (operands, one, other) => {
      charge(operands as readonly unknown[]);
      return own?.(operands as readonly unknown[]) ?? handle(operands, one, other);
    };
  }
}
/** A number, a truth or nothing is as soon looked at as its node, which is charged where it repeats. */
function grows(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'object';
}
/** Operators whose work grows with what they are given. */
const GROWING: ReadonlySet<string> = new Set(['+', '==', '!=', 'in']);

/** What is not left to the library; undefined where the operands are not its. */
function ownCall(name: string, budget: StepBudget): ((operands: readonly unknown[]) => unknown) | null {
  if (name === 'matches') return matching(budget);
  if (!isTimePart(name)) return null;
  let part: TimePart | null = null;
  let lastZone: unknown;
  return ([instant, zone]) => {
    if (!(instant instanceof Date)) return undefined;
    if (part === null || zone !== lastZone) {
      part = timePart(name, typeof zone === 'string' ? zone : null);
      lastZone = zone;
    }
    return part === null ? undefined : BigInt(part(instant.getTime()));
  };
}

/** A pattern that comes from the event is compiled when it is another one than the last. */
function matching(budget: StepBudget): (operands: readonly unknown[]) => unknown {
  let last: { readonly source: string; readonly pattern: Pattern } | null = null;
  return ([text, source]) => {
    if (typeof text !== 'string' || typeof source !== 'string') return undefined;
    if (last?.source !== source) {
      budget.charge(COMPILING + COMPILING_A_CHARACTER * source.length);
      last = { source, pattern: patternOf(source) };
    }
    budget.charge(1 + text.length * last.pattern.stepsPerCharacter);
    return last.pattern.test(text);
  };
}
const COMPILING = 100;
const COMPILING_A_CHARACTER = 20;
