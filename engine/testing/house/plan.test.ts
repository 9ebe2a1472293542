/** The plan of the house (plan.ts) against the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { MOST_FILES, MOST_FUNCTION_LINES, MOST_LINES, roomOf, ROOMS, roomsTable, ROOT_FILES } from './plan.ts';
import { circlesOf, filesBelow, isForTests, isTest, longFunctions, readSources, type Source } from './sources.ts';

const sources = readSources();
const product = sources.filter(({ path }) => !isForTests(path) && !path.startsWith('bench/'));

const sourceOf = (path: string, text: string, ...to: string[]): Source => ({
  path,
  text,
  lines: 1,
  imports: to.map((target) => ({ from: path, to: target, isOwn: true })),
});

describe('rooms', () => {
  it('hold every source but configuration files of tools', () => {
    expect(sources.length).toBeGreaterThan(400);
    expect(sources.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path)).toEqual([
      'vitest.config.ts',
    ]);
  });

  it('are all at the top level that was chosen; the root holds no source', () => {
    const top = filesBelow('').map((path) => path.split('/'));
    const folders = new Set(top.filter(({ length }) => length > 1).map(([folder = '']) => folder));
    const planned = ['bench', 'dashboards', 'docs', 'engine', 'models', 'operators'];
    expect([...folders].filter((folder) => !planned.includes(folder))).toEqual([]);
    expect(
      top
        .filter(({ length }) => length === 1)
        .flat()
        .filter((name) => !ROOT_FILES.test(name)),
    ).toEqual([]);
  });

  it('import only what the plan allows, types counted', () => {
    const wrong = sources
      .filter(({ path }) => !isForTests(path) || path.startsWith('engine/testing/'))
      .filter(({ path }) => path !== 'dashboards/build.mjs')
      .flatMap(({ path, imports }) => {
        const room = roomOf(path);
        if (room === undefined) return [];
        return imports
          .filter(({ to, isOwn }) =>
            isOwn ? !to.startsWith(room.folder) && !room.own.some((folder) => to.startsWith(folder)) : !room.packages,
          )
          .map(({ to }) => `${path} → ${to}`);
      });
    expect(wrong).toEqual([]);
  });

  it('of the product import neither benches nor what is for tests', () => {
    const wrong = product.flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isOwn }) => isOwn && (to.startsWith('bench/') || isForTests(to)))
        .map(({ to }) => `${path} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('know no circle of files, types counted', () => {
    expect(circlesOf(sources)).toEqual([]);
  });

  it(`have at most ${MOST_FILES} files a folder`, () => {
    const count = new Map<string, number>();
    for (const path of filesBelow('')) {
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      // A log, which only grows.
      if (folder === 'docs/decisions/') continue;
      count.set(folder, (count.get(folder) ?? 0) + 1);
    }
    expect([...count].filter(([, files]) => files > MOST_FILES).map(([folder]) => folder)).toEqual([]);
  });

  it('are those of the table in CONTRIBUTING.md', () => {
    const contributing = readFileSync(join(packageRoot(), 'CONTRIBUTING.md'), 'utf8');
    // To mend it, put the expected table in place of the one that stands there.
    expect(contributing).toContain(roomsTable());
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
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
const bannedIn = (wanted: readonly Source[], banned: readonly RegExp[]): readonly string[] =>
  wanted.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    return banned.filter((pattern) => pattern.test(code)).map((pattern) => `${path}: ${pattern.source}`);
  });

describe('pure rooms', () => {
  it.each(ROOMS.filter(({ pure }) => pure === true).map(({ folder }) => folder))(
    '%s read neither clock, timers, randomness nor the process',
    (folder) => {
      expect(
        bannedIn(
          product.filter(({ path }) => path.startsWith(folder)),
          BANNED,
        ),
      ).toEqual([]);
    },
  );

  it('keep no cache in a module', () => {
    const wrong = product
      .filter(({ path }) => roomOf(path)?.pure === true)
      .flatMap(({ path, text }) =>
        [
          ...withoutComments(text).matchAll(
            /^(?:export )?(?:let \w+|const \w+(?:: [^=\n]+)? = new (?:Map|Set|WeakMap|WeakSet|Array)(?:<[^\n]*>)?\(\))/gm,
          ),
        ].map(([line]) => `${path}: ${line}`),
      );
    expect(wrong).toEqual([]);
  });
});

/** Who asks the machine for time or chance, and hands both to all others. */
const SYSTEM_CLOCK = 'engine/adapters/process/system-clock.ts';
const TIME_AND_CHANCE: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bDate\(\s*\)/,
  /\bperformance\s*\.\s*(?:now|timeOrigin)\b/,
  /\bprocess\.(?:hrtime|uptime)\b/,
  /\bMath\.random\b/,
];

describe('time and chance', () => {
  it('come from the one clock that is handed in, everywhere in the engine', () => {
    const engine = product.filter(({ path }) => path.startsWith('engine/') && path !== SYSTEM_CLOCK);
    expect(engine.length).toBeGreaterThan(150);
    expect(bannedIn(engine, TIME_AND_CHANCE)).toEqual([]);
  });
});

describe('files', () => {
  it(`hold one idea, in at most ${MOST_LINES} lines`, () => {
    const wrong = sources.filter(({ path, lines }) => !isForTests(path) && lines > MOST_LINES);
    expect(wrong.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it(`of the product have functions of at most ${MOST_FUNCTION_LINES} lines`, () => {
    const wrong = product.flatMap((source) => longFunctions(source, MOST_FUNCTION_LINES));
    expect(wrong.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  it('are named in kebab-case', () => {
    const wrong = sources.filter(
      ({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|mjs)$/.test(path.split('/').at(-1) ?? ''),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('have names of their own, and so have exported classes', () => {
    const owners = new Map<string, string[]>();
    const own = (name: string, path: string): void => void owners.set(name, [...(owners.get(name) ?? []), path]);
    for (const { path, text } of product) {
      // Models are folders of the same build; a test is named after its file.
      if (!path.startsWith('models/') && !isTest(path)) own(path.split('/').at(-1) ?? '', path);
      for (const [, name = ''] of text.matchAll(/^export (?:abstract )?class (\w+)/gm)) own(name, path);
    }
    const shared = [...owners]
      .filter(([, paths]) => paths.length > 1)
      .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
    expect(shared).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('see a circle, through types as well', () => {
    const circle = [sourceOf('a.ts', '', 'b.ts'), sourceOf('b.ts', '', 'c.ts'), sourceOf('c.ts', '', 'a.ts')];
    expect(circlesOf(circle)).toEqual(['a.ts → b.ts → c.ts → a.ts']);
    expect(circlesOf(circle.slice(0, 2))).toEqual([]);
    const chain = sources.find(({ path }) => path === 'engine/core/chain.ts');
    expect(chain?.imports.map(({ to }) => to)).toContain('engine/core/types.ts');
  });

  it('see a function that is too long', () => {
    const long = `export const make = () => {\n${'  f();\n'.repeat(70)}};\n`;
    expect(longFunctions(sourceOf('a.ts', long), 70)).toEqual([{ path: 'a.ts', name: 'make', lines: 72 }]);
    expect(longFunctions(sourceOf('a.ts', long), 72)).toEqual([]);
  });
});
