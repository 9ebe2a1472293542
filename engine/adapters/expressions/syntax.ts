/** Walking the tree of a CEL expression: children, scopes of macros, the variables that are read. */
import type { ASTNode } from '@marcbachmann/cel-js';

const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** A macro over a list or map: `list.exists(x, body)`. */
export interface Macro {
  readonly name: string;
  readonly receiver: ASTNode;
  readonly variable: string;
  /** Evaluated once an element. */
  readonly bodies: readonly ASTNode[];
}

export function macroOf(node: ASTNode): Macro | null {
  if (node.op !== 'rcall') return null;
  const [name, receiver, [variable, ...bodies]] = node.args;
  if (!MACROS.has(name) || variable?.op !== 'id' || bodies.length === 0) return null;
  return { name, receiver, variable: variable.args, bodies };
}

/** `cel.bind(name, value, body)`. */
export function bindingOf(node: ASTNode): { variable: string; value: ASTNode; body: ASTNode } | null {
  if (node.op !== 'rcall' || node.args[0] !== 'bind') return null;
  const [variable, value, body] = node.args[2];
  if (node.args[1].op !== 'id' || node.args[1].args !== 'cel') return null;
  return variable?.op === 'id' && value !== undefined && body !== undefined
    ? { variable: variable.args, value, body }
    : null;
}

/** Operands and arguments; of macros not the name they bind. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  const macro = macroOf(node);
  if (macro !== null) return [macro.receiver, ...macro.bodies];
  const binding = bindingOf(node);
  if (binding !== null) return [binding.value, binding.body];
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    case '&&':
    case '||':
    case '?:':
    case '[]':
    case '[?]':
    case '==':
    case '!=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return node.args;
  }
}

/** Every node below and this one. */
export function visit(node: ASTNode, see: (node: ASTNode) => void): void {
  see(node);
  for (const child of childrenOf(node)) visit(child, see);
}

export type VariableNode = Extract<ASTNode, { readonly op: 'id' }>;

/** The nodes that name a variable from outside, in order. */
export function variableNodes(node: ASTNode, bound: readonly string[] = []): readonly VariableNode[] {
  if (node.op === 'id') return bound.includes(node.args) ? [] : [node];
  const macro = macroOf(node);
  if (macro !== null) {
    const inside = [...bound, macro.variable];
    return [macro.receiver, ...macro.bodies].flatMap((child, i) => variableNodes(child, i === 0 ? bound : inside));
  }
  const binding = bindingOf(node);
  if (binding !== null) {
    return [...variableNodes(binding.value, bound), ...variableNodes(binding.body, [...bound, binding.variable])];
  }
  return childrenOf(node).flatMap((child) => variableNodes(child, bound));
}

/** By what name the library knows the variable `type`, which is a type to it. */
export const TYPE = '@type';

/** As it is written, for people: the library's positions leave out parentheses at both ends. */
export function textOf(node: ASTNode): string {
  const text = node.input.slice(node.start, node.end);
  let open = 0;
  let unopened = 0;
  for (const character of text) {
    if (character === '(') open += 1;
    else if (character === ')' && open > 0) open -= 1;
    else if (character === ')') unopened += 1;
  }
  return '('.repeat(unopened) + text + ')'.repeat(open);
}
