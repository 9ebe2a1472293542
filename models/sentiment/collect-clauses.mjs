/**
 * Labels of clauses, from what readers wrote, as offsets into the sets' texts (whose licences forbid shipping them).
 * Usage: node models/sentiment/collect-clauses.mjs DATA WORK, where WORK holds {zh,en}-NN.txt (number<TAB>clause), .ids (set/train/row)
 * and .out (number<TAB>-2 … 2); writes labels/{zh,en}.tsv: id, start and length in the text with its white space folded, label.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './clauses.mjs';

const [data, work] = process.argv.slice(2);
if (data === undefined || work === undefined) throw new Error('usage: collect.mjs DATA WORK');
/** @type {(path: string) => string[]} */
const linesOf = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
mkdirSync(new URL('./labels', import.meta.url), { recursive: true });
for (const language of ['zh', 'en']) {
  /** @type {string[]} */
  const rows = [];
  let lost = 0;
  for (const file of readdirSync(work).sort()) {
    if (!file.startsWith(language) || !file.endsWith('.out')) continue;
    const name = join(work, file.slice(0, -'.out'.length));
    const ids = linesOf(`${name}.ids`);
    const clauses = linesOf(`${name}.txt`).map((line) => line.slice(line.indexOf('\t') + 1));
    for (const line of linesOf(`${name}.out`)) {
      const [number = '', label = ''] = line.split('\t').map((cell) => cell.trim());
      const clause = clauses[Number(number) - 1];
      const id = ids[Number(number) - 1];
      const start = id === undefined || clause === undefined ? -1 : textOf(data, id).indexOf(clause);
      if (start < 0 || !/^(-?[12]|0)$/.test(label)) lost++;
      else rows.push(`${id}\t${start}\t${clause?.length}\t${label}`);
    }
  }
  writeFileSync(new URL(`./labels/${language}.tsv`, import.meta.url), `${rows.join('\n')}\n`);
  process.stdout.write(`${language}: ${rows.length} clauses, ${lost} left out\n`);
}
