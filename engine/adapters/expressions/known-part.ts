/**
 * What can be said of a condition while some of its variables are unknown: `key.channel == "app" && value < 5` cannot be true
 * for another channel, whatever the value. Never says "cannot" of what can; conditions that depend on each other are not
 * seen through.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Variables } from '../../core/expressions/expression.ts';
import { variableNodes } from './syntax.ts';

type Evaluate = (variables: Variables) => unknown;
/** Whether a condition can come out as wanted. */
type Possible = (known: Variables, wanted: boolean) => boolean;

export function whenKnown(
  node: ASTNode,
  names: readonly string[],
  evaluateWith: (node: ASTNode) => Evaluate,
): (known: Variables) => boolean {
  const possible = possibleOf(node, names, evaluateWith);
  return (known) => possible(known, true);
}

function possibleOf(node: ASTNode, names: readonly string[], evaluateWith: (node: ASTNode) => Evaluate): Possible {
  const isKnown = variableNodes(node).every(({ args }) => names.includes(args));
  if (isKnown) {
    const evaluate = evaluateWith(node);
    return (known, wanted) => evaluate(known) === wanted;
  }
  if (node.op === '&&' || node.op === '||') {
    const left = possibleOf(node.args[0], names, evaluateWith);
    const right = possibleOf(node.args[1], names, evaluateWith);
    // `&&` is true where both are, false where one is; `||` the other way round.
    const needsBoth = node.op === '&&';
    return (known, wanted) =>
      wanted === needsBoth ? left(known, wanted) && right(known, wanted) : left(known, wanted) || right(known, wanted);
  }
  if (node.op === '!_') {
    const operand = possibleOf(node.args, names, evaluateWith);
    return (known, wanted) => operand(known, !wanted);
  }
  if (node.op === '?:') {
    const condition = possibleOf(node.args[0], names, evaluateWith);
    const yes = possibleOf(node.args[1], names, evaluateWith);
    const no = possibleOf(node.args[2], names, evaluateWith);
    return (known, wanted) =>
      (condition(known, true) && yes(known, wanted)) || (condition(known, false) && no(known, wanted));
  }
  return () => true;
}
