/** Who may import whom (ARCHITECTURE §2), what the pure folders may not touch, and how large a file may grow. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const root = packageRoot();
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.earshot', '.ci']);

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return path.endsWith('.ts') && !path.endsWith('.d.ts') ? [path] : [];
  });
}

const files = filesUnder('').map((path) => normalize(path));
const isTest = (path: string): boolean => path.endsWith('.test.ts');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

interface Import {
  readonly from: string;
  /** A path of this repository, or the package's name. */
  readonly to: string;
  readonly isOwn: boolean;
  readonly isTypeOnly: boolean;
}

function importsOf(path: string): readonly Import[] {
  const text = withoutComments(textOf(path));
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/^\s*import\s+()['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\bimport\(\s*()['"]([^'"]+)['"]/g),
  ];
  return found.map(([statement, type, specifier = '']) => {
    const isOwn = specifier.startsWith('.');
    const to = isOwn ? relative(root, join(root, dirname(path), specifier)) : specifier;
    const isTypeOnly = type !== undefined && type !== '' ? true : hasOnlyTypes(statement);
    return { from: path, to, isOwn, isTypeOnly };
  });
}

function hasOnlyTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/
    .exec(statement)?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return names !== undefined && names.filter((name) => name !== '').every((name) => name.startsWith('type '));
}

/** What the program reaches: from every file that nobody imports and that is no test. */
const product = new Set<string>();
const imported = new Set(files.flatMap(importsOf).map(({ to }) => to));
const open = files.filter((path) => !isTest(path) && !path.startsWith('engine/testing/') && !imported.has(path));
for (let path = open.pop(); path !== undefined; path = open.pop()) {
  if (product.has(path)) continue;
  product.add(path);
  open.push(...importsOf(path).flatMap(({ to, isOwn }) => (isOwn ? [to] : [])));
}
/** Tests, and what only tests reach: fixtures, suites and the like that sit beside them. */
const isForTests = (path: string): boolean => !product.has(path);

/** What a folder's files may import besides their own folder: our folders, and whether packages and `node:` as well. */
const RULES: readonly {
  readonly folder: string;
  readonly own: readonly string[];
  readonly packages: boolean;
}[] = [
  { folder: 'engine/core/', own: [], packages: false },
  { folder: 'engine/runtime/', own: ['engine/core/', 'engine/testing/'], packages: false },
  { folder: 'engine/testing/', own: ['engine/core/', 'engine/runtime/'], packages: false },
  { folder: 'engine/adapters/', own: ['engine/core/', 'engine/runtime/'], packages: true },

  { folder: 'models/', own: ['engine/core/'], packages: false },
  { folder: 'operators/', own: ['engine/core/', 'models/'], packages: false },
];

const ruleOf = (path: string): (typeof RULES)[number] | undefined =>
  RULES.find(({ folder }) => path.startsWith(folder));

describe('imports', () => {
  it('are found at all', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(importsOf('engine/core/chain.ts').map(({ to }) => to)).toContain('engine/core/types.ts');
  });

  it('keep to the table of who may import whom', () => {
    const wrong = files
      .filter((path) => !isTest(path) && !isForTests(path) && !path.startsWith('engine/testing/'))
      .flatMap((path) => importsOf(path))
      .filter(({ from, to, isOwn, isTypeOnly }) => {
        if (from.startsWith('dashboards/')) {
          return !isOwn || !(to.startsWith('dashboards/') || to === 'engine/core/wire.ts');
        }
        const rule = ruleOf(from);
        if (rule === undefined) return false;
        if (!isOwn) return !rule.packages;
        if (to.startsWith(rule.folder)) return false;
        if (rule.own.some((folder) => to.startsWith(folder))) return false;
        // Nothing of it is left when the program runs.
        return !(isTypeOnly && rule.packages);
      })
      .map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).toEqual([]);
  });

  it('do not go round in circles', () => {
    const graph = new Map(
      files.map((path) => [
        path,
        importsOf(path)
          .filter(({ isOwn, isTypeOnly }) => isOwn && !isTypeOnly)
          .map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): readonly string[] => {
      if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(' → ')];
      if (done.has(path)) return [];
      const circles = (graph.get(path) ?? []).flatMap((next) => visit(next, [...trail, path]));
      done.add(path);
      return circles;
    };
    expect(files.flatMap((path) => visit(path, []))).toEqual([]);
  });
});

/** Time, randomness and the process are handed in: else the same input would not give the same output. */
const BANNED: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bperformance\b\.now/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bqueueMicrotask\b/,
  /\bMath\.random\b/,
  /\bcrypto\b\./,
  /\bprocess\./,
];

describe('the pure folders', () => {
  it.each(['engine/core/', 'operators/'])('%s have neither clock, timers, randomness nor the process', (folder) => {
    const wrong = files
      .filter((path) => path.startsWith(folder) && !isForTests(path))
      .flatMap((path) => {
        const text = withoutComments(textOf(path));
        return BANNED.filter((banned) => banned.test(text)).map((banned) => `${path}: ${banned.source}`);
      });
    expect(wrong).toEqual([]);
  });
});

/** Larger, with the reason. */
const LARGE: Readonly<Record<string, string>> = {};
const MOST_LINES = 300;

describe('files', () => {
  it(`hold one idea, in at most ${MOST_LINES} lines`, () => {
    const wrong = files
      .filter((path) => !isForTests(path) && LARGE[path] === undefined)
      .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ path, lines }) => `${path}: ${lines}`);
    expect(wrong).toEqual([]);
  });

  it('are named in kebab-case', () => {
    const wrong = files.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(path.split('/').at(-1) ?? ''));
    expect(wrong).toEqual([]);
  });
});
