/**
 * Writes texts as train.py and its kin read them, flat int32 files in a folder: `labels` and `kinds`, one number a text;
 * `tokens` (hashes), `grams` and `pieces` (buckets), any number a text, with each text's end in `…-ends`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureExtractor, MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from '../text/features.mjs';
import { BUCKET_BITS } from '../text/prepare.mjs';

/**
 * @typedef {object} Row
 * @property {string} text
 * @property {number} label bits of the issues, or the number of a class
 * @property {number} kind
 */

/** @type {(out: string, rows: Iterable<Row>) => void} */
export function writeColumns(out, rows) {
  mkdirSync(out, { recursive: true });
  const extractor = new FeatureExtractor();
  const scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));
  /** @type {Record<string, number[]>} */
  const columns = { labels: [], kinds: [], tokens: [], grams: [], pieces: [] };
  /** @type {Record<string, number[]>} */
  const ends = { tokens: [0], grams: [0], pieces: [0] };
  /** @type {(name: string, values: ArrayLike<number>, count: number) => void} */
  const append = (name, values, count) => {
    const column = columns[name] ?? [];
    for (let i = 0; i < count; i++) column.push(Number(values[i]));
    ends[name]?.push(column.length);
  };
  for (const { text, label, kind } of rows) {
    const { tokens, tokenCount, pieces, pieceCount } = extractor.read(text);
    append('tokens', tokens, tokenCount);
    append('grams', scratch, writeGrams(tokens, tokenCount, BUCKET_BITS, scratch, 0));
    append('pieces', scratch, writePieces(pieces, pieceCount, BUCKET_BITS, scratch, 0));
    columns['labels']?.push(label);
    columns['kinds']?.push(kind);
  }
  for (const [name, values] of Object.entries(columns))
    writeFileSync(join(out, `${name}.i32`), Int32Array.from(values));
  for (const [name, values] of Object.entries(ends)) {
    writeFileSync(join(out, `${name}-ends.i32`), Int32Array.from(values));
  }
}
