/**
 * Gathers labellers' files into labels/{zh,en}.tsv in the order drawn, checks them, and prints the agreement of two passes.
 * Usage: node models/issues/labelling/collect-issues.mjs WORK (with WORK/out and WORK/out2)
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ISSUES } from '../taxonomy.mjs';

/** @type {ReadonlySet<string>} */
const KNOWN = new Set(ISSUES);

/** @type {(path: string) => [id: string, labels: string[]][]} */
function read(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id = '', labels = ''] = line.split('\t');
      const issues = [...new Set(labels.split(',').map((label) => label.trim()))];
      const odd = issues.filter((issue) => !KNOWN.has(issue));
      if (odd.length > 0 || issues.length === 0) throw new Error(`${path}: ${id}: not a label: ${odd.join(', ')}`);
      if (issues.includes('other') && issues.length > 1) throw new Error(`${path}: ${id}: other stands alone`);
      return [id, issues];
    });
}

const [work] = process.argv.slice(2);
if (work === undefined) throw new Error('usage: collect.mjs WORK');
for (const language of ['zh', 'en']) {
  /** @type {string[]} */
  const lines = [];
  let both = 0;
  let first = 0;
  let second = 0;
  let same = 0;
  let texts = 0;
  for (const file of readdirSync(work)
    .filter((name) => name.startsWith(`${language}-`))
    .sort()) {
    const drawn = readFileSync(join(work, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0]);
    const path = join(work, 'out', file);
    if (!existsSync(path)) {
      process.stderr.write(`${file}: not labelled\n`);
      continue;
    }
    const labels = new Map(read(path));
    for (const id of drawn) {
      const issues = labels.get(id ?? '');
      if (issues === undefined) throw new Error(`${file}: ${id} has no labels`);
      lines.push(`${id}\t${issues.join(',')}`);
    }
    const again = join(work, 'out2', file);
    if (!existsSync(again)) continue;
    for (const [id, issues] of read(again)) {
      const other = labels.get(id) ?? [];
      const shared = issues.filter((issue) => other.includes(issue)).length;
      both += shared;
      first += other.length;
      second += issues.length;
      texts++;
      if (shared === issues.length && shared === other.length) same++;
    }
  }
  writeFileSync(
    new URL(`./labels/${language}.tsv`, import.meta.url),
    lines.length === 0 ? '' : `${lines.join('\n')}\n`,
  );
  const agreement =
    texts === 0
      ? 'no second pass'
      : `${texts} read twice: micro-F1 ${((200 * both) / (first + second)).toFixed(1)}, all labels the same ${((100 * same) / texts).toFixed(1)} %`;
  process.stdout.write(`${language}: ${lines.length} texts; ${agreement}\n`);
}
