/**
 * Writes the features of Banking77's train and test texts with the number of each one's intent, for banking.py.
 * Usage: node models/issues/banking.mjs DATA OUT
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureExtractor, MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from '../text/features.mjs';
import { BUCKET_BITS, readTable } from '../text/prepare.mjs';

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('usage: banking.mjs DATA OUT');
mkdirSync(out, { recursive: true });
const extractor = new FeatureExtractor();
const scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));
const sets = ['train', 'test'].map((split) => readTable(join(data, 'en-banking77', `${split}.tsv`)));
const intents = [...new Set(sets.flat().map((row) => row['label'] ?? ''))].sort();
/** @type {Record<string, number[]>} */
const columns = {
  labels: [],
  kinds: [],
  tokens: [],
  grams: [],
  pieces: [],
  'tokens-ends': [0],
  'grams-ends': [0],
  'pieces-ends': [0],
};
/** @type {(name: string, values: Int32Array, count: number) => void} */
const append = (name, values, count) => {
  for (let i = 0; i < count; i++) columns[name]?.push(Number(values[i]));
  columns[`${name}-ends`]?.push(columns[name]?.length ?? 0);
};
for (const [kind, rows] of sets.entries()) {
  for (const row of rows) {
    const { tokens, tokenCount, pieces, pieceCount } = extractor.read(row['text'] ?? '');
    append('tokens', tokens, tokenCount);
    append('grams', scratch, writeGrams(tokens, tokenCount, BUCKET_BITS, scratch, 0));
    append('pieces', scratch, writePieces(pieces, pieceCount, BUCKET_BITS, scratch, 0));
    columns['labels']?.push(intents.indexOf(row['label'] ?? ''));
    columns['kinds']?.push(kind);
  }
}
for (const [name, values] of Object.entries(columns)) writeFileSync(join(out, `${name}.i32`), Int32Array.from(values));
process.stdout.write(`${intents.length} intents\n`);
