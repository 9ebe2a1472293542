/**
 * What an expression can come to, from what its variables are declared to hold: it finds those that can never give a result
 * (`data.v % 2` where numbers of events are no integers, `attributes.type`, `key.chanel`). Never refuses what may give one:
 * what it does not know may be anything.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { must } from '../../core/must.ts';
import { didYouMean } from '../../core/text/spelling.ts';
import { ANY_JSON, type Kind, type Scope, type Shape } from '../../core/expressions/expression.ts';
import { callShape, methodShape } from './function-shapes.ts';
import { bindingOf, macroOf, textOf, TYPE, type Macro } from './syntax.ts';

const ANYTHING: Shape = {
  kinds: ['null', 'bool', 'int', 'double', 'text', 'list', 'map', 'bytes', 'time', 'duration', 'other'],
};
const BOOL: Shape = { kinds: ['bool'] };

const NAMES: Readonly<Record<Kind, string>> = {
  null: 'null',
  bool: 'true or false',
  int: 'a number',
  double: 'a number',
  text: 'a text',
  list: 'a list',
  map: 'a map',
  bytes: 'bytes',
  time: 'an instant',
  duration: 'a duration',
  other: 'something else',
};

/** In one place: why there is never a result. */
class Never extends Error {}

export function whyNever(node: ASTNode, scope: Scope, wanted: readonly Kind[]): string | null {
  try {
    const { kinds } = shapeOf(node, scope['type'] === undefined ? scope : { ...scope, [TYPE]: scope['type'] });
    if (kinds.includes('other') || kinds.some((kind) => wanted.includes(kind))) return null;
    return `its result is ${namesOf(kinds)}, expected ${namesOf(wanted)}`;
  } catch (thrown) {
    if (thrown instanceof Never) return thrown.message;
    throw thrown;
  }
}

function namesOf(kinds: readonly Kind[]): string {
  return [...new Set(kinds.map((kind) => NAMES[kind]))].join(' or ');
}

function shapeOf(node: ASTNode, scope: Scope): Shape {
  const macro = macroOf(node);
  if (macro !== null) return macroShape(macro, scope);
  const binding = bindingOf(node);
  if (binding !== null) {
    return shapeOf(binding.body, { ...scope, [binding.variable]: shapeOf(binding.value, scope) });
  }
  switch (node.op) {
    case 'value':
      return literalShape(node.args);
    case 'id':
      return Object.hasOwn(scope, node.args) ? (scope[node.args] as Shape) : ANYTHING;
    case '.':
      return fieldOf(node.args[0], node.args[1], scope);
    case '[]':
      return elementAt(node.args[0], node.args[1], scope);
    case '.?':
    case '[?]':
      shapeOf(node.args[0], scope);
      return ANYTHING;
    case 'list':
      return { kinds: ['list'], items: union(node.args.map((item) => shapeOf(item, scope))) };
    case 'map':
      for (const [key, value] of node.args) [key, value].forEach((part) => shapeOf(part, scope));
      return { kinds: ['map'], items: ANYTHING };
    case 'call': {
      const args = node.args[1].map((arg) => shapeOf(arg, scope));
      return callShape(node.args[0], args) ?? ANYTHING;
    }
    case 'rcall':
      return methodCallShape(node.args, scope);
    case '!_':
      demand(node.args, scope, ['bool'], '!');
      return BOOL;
    case '-_':
      return demand(node.args, scope, ['int', 'double'], '-');
    case '&&':
    case '||':
      for (const side of node.args) demand(side, scope, ['bool'], node.op);
      return BOOL;
    case '?:':
      demand(node.args[0], scope, ['bool'], '?');
      return union([shapeOf(node.args[1], scope), shapeOf(node.args[2], scope)]);
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
      return operation(node.op, node.args[0], node.args[1], scope);
  }
}

function macroShape({ name, receiver, variable, bodies }: Macro, scope: Scope): Shape {
  const element = elementOf(demand(receiver, scope, ['list', 'map'], `.${name}`));
  const results = bodies.map((body) => shapeOf(body, { ...scope, [variable]: element }));
  if (name === 'filter') return { kinds: ['list'], items: element };
  return name === 'map' ? { kinds: ['list'], items: must(results.at(-1)) } : BOOL;
}

function methodCallShape([name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]], scope: Scope): Shape {
  const method = methodShape(name);
  for (const arg of args) shapeOf(arg, scope);
  if (method === null) {
    shapeOf(receiver, scope);
    return ANYTHING;
  }
  demand(receiver, scope, method.of, `.${name}()`);
  return method.gives;
}

function literalShape(value: unknown): Shape {
  if (typeof value === 'string') return { kinds: ['text'] };
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number') return { kinds: ['double'] };
  if (typeof value === 'bigint') return { kinds: ['int'] };
  return value === null ? { kinds: ['null'] } : ANYTHING;
}

/** What it may hold of these kinds; throws where it is none of them. */
function demand(node: ASTNode, scope: Scope, kinds: readonly Kind[], by: string): Shape {
  const shape = shapeOf(node, scope);
  const fitting = shape.kinds.filter((kind) => kind === 'other' || kinds.includes(kind));
  if (fitting.length > 0) return { ...shape, kinds: fitting };
  throw new Never(`${textOf(node)} is ${namesOf(shape.kinds)}, but ${by} needs ${namesOf(kinds)}`);
}

function elementOf(shape: Shape): Shape {
  if (shape.kinds.includes('other')) return ANYTHING;
  const values = shape.items ?? ANY_JSON;
  // Of a map they are its keys.
  return shape.kinds.includes('map') ? union([values, { kinds: ['text', 'int'] }]) : values;
}

function fieldOf(object: ASTNode, name: string, scope: Scope): Shape {
  const shape = demand(object, scope, ['map'], `.${name}`);
  if (shape.kinds.includes('other')) return ANYTHING;
  if (shape.fields !== undefined) {
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (field !== undefined) return field;
    const known = Object.keys(shape.fields);
    const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new Never(`${textOf(object)} has no field "${name}"${didYouMean(name, known)}: ${list}`);
  }
  const instead = shape.lacks !== undefined && Object.hasOwn(shape.lacks, name) ? shape.lacks[name] : undefined;
  if (instead !== undefined) throw new Never(`${textOf(object)} never holds "${name}": write ${instead}`);
  return shape.items ?? ANY_JSON;
}

function elementAt(object: ASTNode, index: ASTNode, scope: Scope): Shape {
  if (index.op === 'value' && typeof index.args === 'string') return fieldOf(object, index.args, scope);
  shapeOf(index, scope);
  const shape = demand(object, scope, ['list', 'map'], '[…]');
  if (shape.kinds.includes('other')) return ANYTHING;
  return shape.fields === undefined ? (shape.items ?? ANY_JSON) : union(Object.values(shape.fields));
}

function union(shapes: readonly Shape[]): Shape {
  if (shapes.length === 0) return { kinds: ['null'] };
  const kinds = [...new Set(shapes.flatMap((shape) => shape.kinds))];
  const [first] = shapes;
  if (first !== undefined && shapes.every((shape) => shape === first)) return first;
  // What their elements are is given up: they may be anything.
  return { kinds, items: ANYTHING };
}

// ── Operators ────────────────────────────────────────────────────────────────────────────────────────────────────

function operation(op: string, left: ASTNode, right: ASTNode, scope: Scope): Shape {
  const a = shapeOf(left, scope);
  const b = shapeOf(right, scope);
  const isOpen = a.kinds.includes('other') || b.kinds.includes('other');
  switch (op) {
    case '==':
    case '!=':
      if (!isOpen && !a.kinds.some((x) => b.kinds.some((y) => isSameSort(x, y)))) {
        throw new Never(
          `${textOf(left)} is ${namesOf(a.kinds)} and ${textOf(right)} is ${namesOf(b.kinds)}: they are never the same`,
        );
      }
      return BOOL;
    case 'in':
      demand(right, scope, ['list', 'map'], 'in');
      return BOOL;
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (isOpen || a.kinds.some((x) => ORDERED.has(x) && b.kinds.some((y) => isSameSort(x, y)))) return BOOL;
      throw new Never(
        `${textOf(left)} is ${namesOf(a.kinds)} and ${textOf(right)} is ${namesOf(b.kinds)}: neither comes before the other`,
      );
    default: {
      if (isOpen) return ANYTHING;
      const kinds = new Set(a.kinds.flatMap((x) => b.kinds.flatMap((y) => arithmetic(op, x, y))));
      if (kinds.size > 0) return { kinds: [...kinds], items: ANYTHING };
      throw new Never(arithmeticFault(op, left, a, right, b));
    }
  }
}

const ORDERED: ReadonlySet<Kind> = new Set<Kind>(['int', 'double', 'text', 'bool', 'time', 'duration']);
function isNumber(kind: Kind): boolean {
  return kind === 'int' || kind === 'double';
}
function isSameSort(a: Kind, b: Kind): boolean {
  return a === b || (isNumber(a) && isNumber(b));
}

/** What `a op b` comes to; none: there is no such operation. */
function arithmetic(op: string, a: Kind, b: Kind): readonly Kind[] {
  if (isNumber(a) && isNumber(b)) {
    if (a === 'int' && b === 'int') return ['int'];
    return op === '%' ? [] : ['double'];
  }
  if (op === '+') {
    if (a === b && (a === 'text' || a === 'list' || a === 'bytes' || a === 'duration')) return [a];
    return (a === 'time' && b === 'duration') || (a === 'duration' && b === 'time') ? ['time'] : [];
  }
  if (op === '-') {
    if (a === 'time') return b === 'time' ? ['duration'] : b === 'duration' ? ['time'] : [];
    return a === 'duration' && b === 'duration' ? ['duration'] : [];
  }
  return [];
}

function arithmeticFault(op: string, left: ASTNode, a: Shape, right: ASTNode, b: Shape): string {
  const decimal = op === '%' ? [...a.kinds, ...b.kinds].includes('double') : false;
  if (decimal) {
    const operand = a.kinds.includes('double') ? left : right;
    return `% needs whole numbers, and numbers of events are decimals: write int(${textOf(operand)})`;
  }
  return `${textOf(left)} is ${namesOf(a.kinds)} and ${textOf(right)} is ${namesOf(b.kinds)}: there is no ${op} of the two`;
}
