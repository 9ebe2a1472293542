/**
 * Reads the packs for dist/: see engine/adapters/config/compiled-packs.ts, in whose place this puts what they hold. Runs after tsc,
 * before the parts are joined.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';

const PACKS = new URL('../../../operators/packs/', import.meta.url);
const CONFIG = new URL('../../../dist/engine/adapters/config/', import.meta.url);

const { packName } = await import(new URL('compiled-packs.js', CONFIG).href);
const { rawOfYaml } = await import(new URL('config-include.js', CONFIG).href);

/** @type {[string, string][]} */
const packs = [];
for (const file of await readdir(PACKS)) {
  if (!file.endsWith('.yaml')) continue;
  const text = await readFile(new URL(file, PACKS), 'utf8');
  const read = rawOfYaml(file, text);
  if ('fault' in read) throw new Error(read.fault);
  packs.push([packName(text), JSON.stringify(read.raw)]);
}
await writeFile(
  new URL('compiled-packs.js', CONFIG),
  `import { cyrb53 } from '../../core/hash.js';
export const PACKS = new Map(${JSON.stringify(packs)});
export ${packName.toString()}
`,
);
