/**
 * What makes numbers of other things, as closures, beside cel-closures.ts: `x.size()`, the time since a written instant
 * (`(time - timestamp("…")).getSeconds()` and its like), and `double(…)` of both. Integers are bigints, as in arithmetic. Gives exactly
 * what the library gives.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Closure } from './closure.ts';
import type { StepBudget } from './step-budget.ts';

/** Whether it gives what CEL calls an int or a double, so that it may stand in arithmetic. */
export function givesNumber(node: ASTNode): boolean {
  if (node.op === 'call') return node.args[0] === 'double';
  if (node.op !== 'rcall') return false;
  const [name, receiver, args] = node.args;
  return args.length === 0 && (name === 'size' || (Object.hasOwn(PASSED, name) && receiver.op === '-'));
}

/** null: it is none of these, or holds something that is not done in closures. */
export function numberOf(
  node: ASTNode,
  budget: StepBudget,
  closureOf: (node: ASTNode) => Closure | null,
): Closure | null {
  if (!givesNumber(node)) return null;
  if (node.op === 'call') {
    const [argument, more] = node.args[1];
    if (argument === undefined || more !== undefined || !givesNumber(argument)) return null;
    const of = numberOf(argument, budget, closureOf);
    return of === null
      ? null
      : (variables) => {
          const value = of(variables);
          return value === undefined ? undefined : Number(value);
        };
  }
  if (node.op !== 'rcall') return null;
  const [name, receiver] = node.args;
  return name === 'size' ? sizeOf(receiver, budget, closureOf) : timeSince(name, receiver);
}

function sizeOf(receiver: ASTNode, budget: StepBudget, closureOf: (node: ASTNode) => Closure | null): Closure | null {
  const of = closureOf(receiver);
  if (of === null) return null;
  return (variables) => {
    const value = of(variables);
    const isSized = typeof value === 'string' || (typeof value === 'object' && value !== null);
    if (!isSized || !budget.spendOn(value)) return undefined;
    if (typeof value === 'string') return BigInt(charactersIn(value));
    return BigInt(Array.isArray(value) ? value.length : Object.keys(value).length);
  };
}
/** Pairs of surrogates count once. */
function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Of whole seconds, and the nanoseconds beyond them. */
const PASSED: Readonly<Record<string, (seconds: bigint, nanos: number) => bigint>> = {
  getHours: (seconds) => seconds / 3600n,
  getMinutes: (seconds) => seconds / 60n,
  getSeconds: (seconds) => seconds,
  getMilliseconds: (seconds, nanos) => seconds * 1000n + BigInt(Math.floor(nanos / 1_000_000)),
};
const NANOS = 1_000_000_000n;

function timeSince(name: string, difference: ASTNode): Closure | null {
  if (difference.op !== '-') return null;
  const [left, right] = difference.args;
  const since = left.op === 'id' && left.args === 'time' ? instantOf(right) : null;
  const part = PASSED[name];
  if (since === null || part === undefined) return null;
  return ({ time }) => {
    if (typeof time !== 'number') return undefined;
    const now = new Date(time).getTime();
    if (Number.isNaN(now)) return undefined;
    // As the library has it, whose nanoseconds are those of a double.
    const nanos = BigInt(Math.trunc((now - since) * 1_000_000));
    return part(nanos / NANOS, Number(nanos % NANOS));
  };
}
/** Of `timestamp("2026-03-02T00:00:00Z")`; null: it is another thing, or none that the library takes. */
function instantOf(node: ASTNode): number | null {
  if (node.op !== 'call' || node.args[0] !== 'timestamp') return null;
  const [literal, more] = node.args[1];
  if (more !== undefined || literal?.op !== 'value' || typeof literal.args !== 'string') return null;
  const { length } = literal.args;
  const at = Date.parse(literal.args);
  const isTaken = length >= 20 && length <= 30 && at <= 253_402_300_799_999 && at >= -62_135_596_800_000;
  return isTaken ? at : null;
}
