/**
 * Writes the features of Banking77's train texts with the number of each one's intent, for banking.py.
 * Usage: node models/issues/banking.mjs DATA OUT
 */
import { join } from 'node:path';
import { readTable } from '../text/table.mjs';
import { writeColumns } from './columns.mjs';

/** In the order of the model's outputs. @type {(data: string) => string[]} */
export const intentsOf = (data) => [...new Set(readTable(bankingPath(data, 'train')).map(intentOf))].sort();

/** @type {(data: string, split: 'train' | 'test') => string} */
export const bankingPath = (data, split) => join(data, 'en-banking77', `${split}.tsv`);

/** @type {(row: Record<string, string>) => string} */
export const intentOf = (row) => row['label'] ?? '';

if (process.argv[1] === import.meta.filename) {
  const [data, out] = process.argv.slice(2);
  if (data === undefined || out === undefined) throw new Error('usage: banking.mjs DATA OUT');
  const intents = intentsOf(data);
  writeColumns(
    out,
    readTable(bankingPath(data, 'train')).map((row) => ({
      text: row['text'] ?? '',
      label: intents.indexOf(intentOf(row)),
      kind: 0,
    })),
  );
  process.stdout.write(`${intents.length} intents\n`);
}
