/** What `npm run build` makes: the product alone. Needs `npm run build`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dataSchemas } from '../../../operators/events/types/event-types.ts';
import { packName, PACKS } from '../../adapters/config/compiled-packs.ts';
import { joinIncludes } from '../../adapters/config/config-include.ts';
import { schemaCheck } from '../../adapters/config/config-schema-faults.ts';
import { COMPILED, schemaName } from '../../adapters/formats/compiled-schemas.ts';
import { createSchemaValidator } from '../../adapters/formats/schema-validator.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { must } from '../../core/must.ts';
import { CONFIG_SCHEMA } from '../config/config.ts';

const dist = join(packageRoot(), 'dist');
const built = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(dist, join(entry.parentPath, entry.name)));

describe('dist/', () => {
  it('holds the command line, the wall-board and what the scoring worker loads', () => {
    expect(built).toEqual(
      expect.arrayContaining([
        'earshot.js',
        'dashboards/index.html',
        'engine/adapters/scoring/scoring-worker.mjs',
        'models/serving/runner.mjs',
      ]),
    );
  });

  it('holds nothing that only tests and benchmarks use', () => {
    expect(built.filter((file) => /(^|\/)(testing|bench|lab)\/|\.(test|fixture|conformance)\./.test(file))).toEqual([]);
  });
});

describe('the validators that the build has compiled', async () => {
  const path = pathToFileURL(join(dist, 'engine/adapters/formats/compiled-schemas.js')).href;
  const { COMPILED: compiled } = (await import(path)) as { COMPILED: typeof COMPILED };

  it('are there for every schema, and only in dist/', () => {
    const data = Object.values(dataSchemas()).map((schema) => schemaName(schema, 'data'));
    const names = [schemaName(CONFIG_SCHEMA, 'config'), ...data];
    expect([...compiled.keys()].sort()).toEqual([...new Set(names)].sort());
    expect(COMPILED.size).toBe(0);
  });

  it.each([
    [{ partitions: 1, kpis: [] }],
    [{ kpis: [{ id: 'n', measure: { kind: 'sum' }, widow: 1 }], rules: [{ id: 3, severity: 'grave' }] }],
    [{ hooks: [{ id: 'a', kind: 'slak' }, { kind: 'slack', url: 7 }, { id: 'b' }], http: { port: 70_000 } }],
    [{ facts: 'none', nats: { servers: [1, { a: 2 }] }, time: { zone: '' }, lanes: [] }],
    [[]],
  ])('find in a configuration what those compiled at the start find: %j', (raw) => {
    expect(schemaCheck(CONFIG_SCHEMA, raw, compiled)).toEqual(schemaCheck(CONFIG_SCHEMA, raw));
  });

  it('find in data what those compiled at the start find', () => {
    const [here, there] = [createSchemaValidator(dataSchemas()), createSchemaValidator(dataSchemas(), compiled)];
    const texts = ['', '好', 'x'.repeat(70_000), 7, null, [], { a: 1 }, -1, 1.5, true];
    const some = texts.flatMap((value) => [
      value,
      { channel: value },
      { channel: 'app', text: value, score: value, scale: value, case: value, order: value, agent: value },
    ]);
    let refused = 0;
    for (const type of Object.keys(dataSchemas())) {
      for (const data of some) {
        const faults = here(type, data);
        expect(there(type, data)).toEqual(faults);
        if (faults !== null) refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(some.length * Object.keys(dataSchemas()).length);
  });
});

describe('the packs that the build has read', async () => {
  const path = pathToFileURL(join(dist, 'engine/adapters/config/compiled-packs.js')).href;
  const { PACKS: compiled } = (await import(path)) as { PACKS: typeof PACKS };

  it('hold what reading them now gives; of another text there is none', () => {
    const folder = join(packageRoot(), 'operators', 'packs');
    const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
    expect(compiled.size).toBe(files.length);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(JSON.parse(must(compiled.get(packName(text)), file)), file).toEqual(parse(text));
      expect(compiled.get(packName(`${text}\n`))).toBeUndefined();
    }
    expect(PACKS.size).toBe(0);
  });

  it('take the place of their YAML where it is the same', () => {
    const own = { include: ['pack:demo-pace'] };
    const text = readFileSync(join(packageRoot(), 'operators', 'packs', 'demo-pace.yaml'), 'utf8');
    expect(joinIncludes(own, '.', compiled)).toMatchObject({ raw: joinIncludes(own, '.').raw as object, faults: [] });
    const other = new Map([[packName(text), '{"kpis":[{"id":"of_the_build"}]}']]);
    expect(joinIncludes(own, '.', other).raw).toEqual({ ...own, kpis: [{ id: 'of_the_build' }] });
  });
});
