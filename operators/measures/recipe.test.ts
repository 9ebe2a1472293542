/** The recipe of CONTRIBUTING.md, followed in a scratch copy: a measure is one file and one line, and its oracle. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type * as Values from '../config/config-values.ts';
import type * as Combine from '../kpis/exchange/combine.ts';
import type * as Partials from '../kpis/exchange/partials.ts';
import type * as Rehearsals from '../kpis/testing/partitioned-rehearsal.ts';
import type * as Specimens from '../kpis/testing/specimens.ts';
import type * as Measures from './measures.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let scratch = '';

const MEASURE = `
import { topShare } from '../aggregates/proportion.ts';
import { number } from '../config/config-schema-forms.ts';
import type { Measure } from './measure.ts';
import { numberWithin, VALUE } from './reading.ts';

export interface AboveConfig {
  readonly kind: 'above';
  readonly value: string;
  readonly limit: number;
}
export const aboveMeasure: Measure<AboveConfig> = {
  kind: 'above',
  about: { en: 'percent of values of a limit and more', 'zh-CN': '达到界限的值的占比' },
  schema: { fields: { value: VALUE, limit: number('from where on') }, required: ['value', 'limit'] },
  parse: ({ section, expression }) => ({ kind: 'above', value: expression('value'), limit: section.number('limit', 0) }),
  aggregate: ({ limit }) => topShare(limit),
  reader: ({ value }, compile) => numberWithin(compile(value), -1e12, 1e12),
  unit: () => 'percent',
  decimals: 1,
  isAdditive: false,
};
`;

async function edit(file: string, from: string, to: string): Promise<void> {
  const path = join(scratch, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(
    path,
    text.replace(from, () => to),
  );
}
/** Faults of types in the list of oracles, the configuration of KPIs and all they import. */
function typeFaults(): string {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [compiler, '-p', 'tsconfig.scratch.json', '--pretty', 'false'], {
    cwd: scratch,
    encoding: 'utf8',
  }).stdout;
}
const copied = async <T>(file: string): Promise<T> =>
  (await import(/* @vite-ignore */ pathToFileURL(join(scratch, file)).href)) as T;

beforeAll(async () => {
  await mkdir(join(ROOT, '.earshot'), { recursive: true });
  scratch = await mkdtemp(join(ROOT, '.earshot/recipe-'));
  for (const folder of ['operators', 'engine/core']) {
    await cp(join(ROOT, folder), join(scratch, folder), {
      recursive: true,
      filter: (path) => !/\.(test\.ts|json|md)$/.test(path),
    });
  }
  const files = ['operators/measures/testing/oracles.ts', 'operators/kpis/kpis-config.ts'];
  await writeFile(
    join(scratch, 'tsconfig.scratch.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), files, include: [] }),
  );
  await writeFile(join(scratch, 'operators/measures/above-measure.ts'), MEASURE);
  await edit('operators/measures/measures.ts', 'const LIST = [', 'const LIST = [\n  aboveMeasure,');
  await edit(
    'operators/measures/measures.ts',
    'import { cesMeasure }',
    "import { aboveMeasure } from './above-measure.ts';\nimport { cesMeasure }",
  );
}, 60_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

it('a measure that is listed is in the schema, read, and computed, also over several partitions', async () => {
  const { MEASURE_SCHEMA, parseMeasure } = await copied<typeof Measures>('operators/measures/measures.ts');
  const { Section } = await copied<typeof Values>('operators/config/config-values.ts');
  const { combinedKpis } = await copied<typeof Combine>('operators/kpis/exchange/combine.ts');
  const { partialsOperator } = await copied<typeof Partials>('operators/kpis/exchange/partials.ts');
  const { PartitionedRehearsal } = await copied<typeof Rehearsals>('operators/kpis/testing/partitioned-rehearsal.ts');
  const { specimenEvent, specimenKpi } = await copied<typeof Specimens>('operators/kpis/testing/specimens.ts');
  expect(JSON.stringify(MEASURE_SCHEMA)).toContain('"const":"above"');
  const nothing = (): void => undefined;
  const raw = { kind: 'above', value: 'data.wait_s', limit: 30 };
  const measure: Measures.MeasureConfig = parseMeasure(
    'k',
    new Section(raw, []),
    { event: () => null, rule: () => null },
    nothing,
  );
  expect(measure).toEqual(raw);

  const kpis = [specimenKpi({ measure, window: { kind: 'tumbling', sizeMs: 60_000 } })];
  const options = { zone: 'UTC', liveEveryMs: 1000, compile: compileExpression };
  const waits = [
    [42, 3],
    [30, 31, 29],
  ];
  const engine = new PartitionedRehearsal(
    partialsOperator(kpis, { ...options, partitions: 2 }),
    combinedKpis(kpis, options),
    waits.map((list) => list.map((wait_s, i) => specimenEvent(1000 + i, { wait_s }))),
    0,
  );
  engine.end();
  const final = engine.combined.outputs.values.filter((value) => value.final);
  expect(final.map(({ value, n }) => ({ value, n }))).toEqual([{ value: 60, n: 5 }]);
});

it('a measure without an oracle does not compile, with one it does', async () => {
  expect(typeFaults()).toMatch(/oracles\.ts\(\d+,\d+\): error TS1360: .*/);
  const oracle = `import type { AboveConfig } from '../above-measure.ts';
import { numbersIn, percentOf, type Oracle } from './oracle-tools.ts';
export const aboveOracle: Oracle<AboveConfig> = ({ value, limit }, sample) =>
  percentOf(numbersIn(value, sample), (number) => number >= limit);
`;
  await writeFile(join(scratch, 'operators/measures/testing/above.oracle.ts'), oracle);
  await edit('operators/measures/testing/oracles.ts', 'const ORACLES = {', 'const ORACLES = {\n  above: aboveOracle,');
  await edit(
    'operators/measures/testing/oracles.ts',
    'import { cesOracle }',
    "import { aboveOracle } from './above.oracle.ts';\nimport { cesOracle }",
  );
  expect(typeFaults()).toBe('');
}, 300_000);
