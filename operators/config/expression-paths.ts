/** Which fields a CEL source reads, as far as its text says: `data.customer.tier` of `data.customer.tier == "vip"`. */
import { must } from '../../engine/core/must.ts';
import { variablesOf } from './expression-names.ts';

const PART =
  /[rR]?"""[^]*?"""|[rR]?'''[^]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|[bBrR]{0,2}"(?:[^"\\\n]|\\.)*"|[bBrR]{0,2}'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9A-Za-z_]*(?:\.[0-9]+)?|\S/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Steps from the variable on, each path once, in order of first use. A method, or an index, ends a path. */
export function pathsOf(source: string): readonly (readonly string[])[] {
  const variables = new Set(variablesOf(source));
  const parts = source.match(PART)?.filter((part) => !part.startsWith('//')) ?? []; // nothing is written there
  const paths = new Map<string, readonly string[]>();
  for (let i = 0; i < parts.length; i++) {
    const root = parts[i];
    if (root === undefined || !variables.has(root) || parts[i - 1] === '.' || parts[i + 1] === '(') continue;
    const path = [root];
    for (let at = i + 1; parts[at] === '.' && NAME.test(parts[at + 1] ?? '.') && parts[at + 2] !== '('; at += 2)
      path.push(must(parts[at + 1]));
    paths.set(path.join('.'), path);
  }
  return [...paths.values()];
}
