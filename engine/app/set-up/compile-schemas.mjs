/**
 * Compiles the schemas of the configuration and of events into dist/: see engine/adapters/formats/compiled-schemas.ts, in whose place
 * this puts the validators. Runs after tsc, before the parts are joined.
 */
import { writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';

const DIST = new URL('../../../dist/', import.meta.url);
const FORMATS = new URL('engine/adapters/formats/', DIST);
/** Ours are schemas, which tests hold. @type {import('ajv').Options} */
const SOURCE = { code: { source: true, esm: true }, validateSchema: false, meta: false };

/** @type {(path: string) => Promise<any>} */
const built = (path) => import(new URL(path, DIST).href);
const { schemaName } = await built('engine/adapters/formats/compiled-schemas.js');
const { DATA_CHECKS } = await built('engine/adapters/formats/schema-validator.js');
const { CONFIG_CHECKS } = await built('engine/adapters/config/config-schema-faults.js');
const { schemaInParts } = await built('engine/adapters/config/schema-parts.js');
const { CONFIG_SCHEMA } = await built('engine/app/config/config.js');
const { dataSchemas } = await built('operators/events/types/event-types.js');

const ajv = { config: new Ajv({ ...CONFIG_CHECKS, ...SOURCE }), data: new Ajv2020({ ...DATA_CHECKS, ...SOURCE }) };

/** @type {(checks: 'config' | 'data', schemas: readonly object[], form?: (schema: object) => object) => Promise<void>} */
async function compile(checks, schemas, form = (/** @type {object} */ schema) => schema) {
  // Types may share a schema.
  const named = new Map(schemas.map((schema) => [schemaName(schema, checks), form(schema)]));
  for (const [name, schema] of named) ajv[checks].addSchema(schema, name);
  const code = standalone.default(ajv[checks], Object.fromEntries([...named.keys()].map((name) => [name, name])));
  const head = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n";
  const { code: small } = await transform(head + code, { minify: true, format: 'esm', target: 'node20.19' });
  await writeFile(new URL(`compiled-${checks}.js`, FORMATS), small);
}

await compile('config', [CONFIG_SCHEMA], schemaInParts);
await compile('data', Object.values(dataSchemas()));
await writeFile(
  new URL('compiled-schemas.js', FORMATS),
  `import * as config from './compiled-config.js';
import * as data from './compiled-data.js';
import { cyrb53 } from '../../core/hash.js';
export const COMPILED = new Map(Object.entries({ ...config, ...data }));
export ${schemaName.toString()}
`,
);
