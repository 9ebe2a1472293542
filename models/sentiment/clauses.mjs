/** Reads the labelled clauses (labels/{zh,en}.tsv) together with the texts they were cut from, which stay in DATA. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../text/table.mjs';

/** @type {Map<string, Record<string, string>[]>} */
const tables = new Map();

/** The text of set/split/row (rows from 1), white space folded. @type {(data: string, id: string) => string} */
export function textOf(data, id) {
  const [set = '', split = '', row = ''] = id.split('/');
  const path = join(data, set, `${split}.tsv`);
  const table = tables.get(path) ?? readTable(path);
  tables.set(path, table);
  return (table[Number(row) - 1]?.['text'] ?? '').replace(/\s+/g, ' ').trim();
}

/**
 * @param {string} data
 * @param {'zh' | 'en'} language
 * @returns {{ readonly source: string, readonly text: string, readonly intensity: number }[]} intensity: −2 … 2
 */
export function readClauses(data, language) {
  return readFileSync(new URL(`./labels/${language}.tsv`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', start = '', length = '', label = ''] = line.split('\t');
      const source = textOf(data, id);
      return { source, text: source.slice(Number(start), Number(start) + Number(length)), intensity: Number(label) };
    });
}
