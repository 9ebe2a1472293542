/**
 * Prints how much of the labelled masking set is hidden, by kind: `node models/lab/masking-recall.mjs [--missed] [file.ndjson]`.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'earshot-masking-'));
const outfile = join(folder, 'masking.mjs');
const masking = resolve(import.meta.dirname, '../../operators/events/masking');
await build({
  stdin: {
    contents: `export * from './testing/recall.ts'; export { maskText } from './mask-text.ts';`,
    resolveDir: masking,
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  logLevel: 'error',
});
const { casesOf, maskText, recallOf, tableOf } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });

const [file = join(masking, 'testing/cases.ndjson')] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const rows = recallOf(casesOf(pathToFileURL(resolve(file))), (/** @type {string} */ text) => maskText(text).text);
process.stdout.write(`${tableOf(rows)}\n`);
if (process.argv.includes('--missed')) {
  for (const { missed } of rows) {
    for (const { one, masked } of missed) process.stdout.write(`${one.kind} | ${one.form} | ${one.text} → ${masked}\n`);
  }
}
