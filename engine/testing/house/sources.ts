/** The sources of this repository as the tests of the house see them: files, imports (of types too), functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../adapters/process/package-root.ts';

const root = packageRoot();
const SKIPPED = new Set(['node_modules', 'dist', 'dist-bench', '.git', '.earshot', '.ci', 'coverage']);

export interface Import {
  readonly from: string;
  /** A path of this repository, or the package's name. */
  readonly to: string;
  readonly isOwn: boolean;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** All files below a folder, as paths from the root. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function importsOf(path: string, text: string): readonly Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    const isOwn = fileName.startsWith('.');
    return { from: path, to: isOwn ? relative(root, join(root, dirname(path), fileName)) : fileName, isOwn };
  });
}

/** Every TypeScript and JavaScript file of the repository. */
export function readSources(): readonly Source[] {
  return filesBelow('')
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, lines: text.split('\n').length - 1, imports: importsOf(path, text) };
    });
}

export const isTest = (path: string): boolean => /\.(test|conformance|fixture)\.(ts|mjs)$/.test(path);

/** Rooms that tests and benches alone enter. */
export const isForTests = (path: string): boolean =>
  isTest(path) || /(^|\/)testing\//.test(path) || path.endsWith('.oracle.ts');

export interface LongFunction {
  readonly path: string;
  readonly name: string;
  readonly lines: number;
}

/** Functions of more than `most` lines, signature and closing brace included. */
export function longFunctions({ path, text }: Source, most: number): readonly LongFunction[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found: LongFunction[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines =
        file.getLineAndCharacterOfPosition(node.end).line -
        file.getLineAndCharacterOfPosition(node.getStart(file)).line +
        1;
      if (lines > most) found.push({ path, name: nameOf(node), lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : 'a function without a name';
}

/** A way from a file back to itself for each knot of files that import each other. */
export function circlesOf(sources: readonly Source[]): readonly string[] {
  const known = new Set(sources.map(({ path }) => path));
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ isOwn, to }) => isOwn && known.has(to)).map(({ to }) => to),
    ]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') return void found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    state.set(path, 'open');
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const { path } of sources) visit(path, []);
  return found;
}
