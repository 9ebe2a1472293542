/** Defaults that could hide a broken invariant: `?? 0`, `?? ''`, `?? []`, `?? {}` (and `||`) that nobody explains. */
import ts from 'typescript';
import type { Source } from './sources.ts';

export interface SilentDefault {
  readonly path: string;
  readonly line: number;
  /** `element`: of an array, or of a record by a computed name, that may lack it. `value`: of anything else. */
  readonly of: 'element' | 'value';
}

const EMPTY = /^(?:0|''|""|\[\]|\{\})$/;

/**
 * Not silent: one with a comment behind it or on the line before; a count of a map (`get(key) ?? 0`); what follows from `?.`,
 * which says that there may be nothing; the pieces of a pattern that may not match; all that a step of `flatMap` gives, which then
 * gives nothing.
 */
export function silentDefaults({ path, text }: Source): readonly SilentDefault[] {
  const lines = text.split('\n');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found: SilentDefault[] = [];
  const isExplained = (line: number): boolean =>
    /\/\/|\/\*/.test(lines[line] ?? '') || /^\s*\/\//.test(lines[line - 1] ?? '');
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isDefault(node.operatorToken.kind) && EMPTY.test(node.right.getText())) {
      const { line } = file.getLineAndCharacterOfPosition(node.right.getStart());
      const of = kindOf(node.left);
      if (of !== 'said' && !isStepOfFlatMap(node) && !isExplained(line)) found.push({ path, line: line + 1, of });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isStepOfFlatMap({ parent, right }: ts.BinaryExpression): boolean {
  if (!ts.isArrowFunction(parent) || right.getText() !== '[]' || !ts.isCallExpression(parent.parent)) return false;
  const { expression } = parent.parent;
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'flatMap';
}

function isDefault(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.QuestionQuestionToken || operator === ts.SyntaxKind.BarBarToken;
}

function kindOf(node: ts.Expression): SilentDefault['of'] | 'said' {
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) return kindOf(node.expression);
  if (ts.isElementAccessExpression(node) && !ts.isStringLiteral(node.argumentExpression)) {
    return node.questionDotToken === undefined ? 'element' : 'said';
  }
  if (ts.isOptionalChain(node)) return 'said';
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return ['get', 'exec', 'match'].includes(node.expression.name.text) ? 'said' : 'value';
  }
  return 'value';
}
