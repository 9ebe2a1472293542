/**
 * Writes what train.py needs to learn issue types: features, labels and how sure they are, for texts labelled by hand, for
 * sets whose own labels map to ours, and for the rest of the train files by weak rules. The texts of the hand-labelled
 * test set are left out of everything. Usage: node models/issues/prepare.mjs DATA OUT
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeatureExtractor, MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from '../text/features.mjs';
import { BUCKET_BITS, readTable } from '../text/prepare.mjs';
import { readLabels } from './labels.mjs';
import { AIRLINE_REASONS, ASAP_ASPECTS, BANKING_INTENTS, ISSUES, WEAK_RULES } from './taxonomy.mjs';

/** Kinds of rows, as train.py knows them. */
const KIND = { hand: 0, dev: 1, mapped: 2, weak: 3 };
const WEAK_SETS = [
  'zh-shopping-10',
  'zh-takeaway',
  'zh-hotel',
  'zh-chnsenticorp',
  'zh-bank',
  'en-airline',
  'en-semeval2017',
];

/** @typedef {{ text: string, issues: readonly string[], kind: number }} Row */

/** @type {(row: Record<string, string>) => readonly string[]} */
const aspectsOf = (row) => [
  ...new Set(Object.entries(ASAP_ASPECTS).flatMap(([column, issue]) => (row[column] === '-2' ? [] : [issue]))),
];
/** @type {(text: string) => readonly string[]} */
const ruledOf = (text) => Object.entries(WEAK_RULES).flatMap(([issue, rule]) => (rule.test(text) ? [issue] : []));

/** @type {(issues: Iterable<string>) => number} */
const bitsOf = (issues) =>
  [...issues].reduce((bits, issue) => bits | (1 << ISSUES.findIndex((one) => one === issue)), 0);

/** @type {(data: string) => Row[]} */
function rowsOf(data) {
  const labelled = [...readLabels(data, 'zh'), ...readLabels(data, 'en')];
  const known = new Set(labelled.map((row) => row.whole));
  /** @type {Row[]} */
  const rows = labelled.flatMap(({ text, issues, split }) =>
    split === 'test' ? [] : [{ text, issues, kind: split === 'dev' ? KIND.dev : KIND.hand }],
  );
  /** @type {(set: string, issuesOf: (row: Record<string, string>) => readonly string[] | undefined, kind: number) => void} */
  const add = (set, issuesOf, kind) => {
    for (const row of readTable(join(data, set, 'train.tsv'))) {
      const text = row['text'] ?? '';
      const issues = known.has(text.replace(/\s+/g, ' ').trim()) ? undefined : issuesOf(row);
      if (issues !== undefined) rows.push({ text, issues, kind });
    }
  };
  add('en-airline', (row) => AIRLINE_REASONS[row['reason'] ?? ''], KIND.mapped);
  add('en-banking77', (row) => BANKING_INTENTS[row['label'] ?? ''], KIND.mapped);
  add('zh-asap-sample', aspectsOf, KIND.mapped);
  for (const set of WEAK_SETS) add(set, (row) => ruledOf(row['text'] ?? ''), KIND.weak);
  return rows;
}

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('usage: prepare.mjs DATA OUT');
mkdirSync(out, { recursive: true });
const extractor = new FeatureExtractor();
const scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));
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
/** @type {(name: string, value: number) => void} */
const push = (name, value) => void columns[name]?.push(value);
for (const { text, issues, kind } of rowsOf(data)) {
  const { tokens, tokenCount, pieces, pieceCount } = extractor.read(text);
  for (let i = 0; i < tokenCount; i++) push('tokens', Number(tokens[i]));
  push('tokens-ends', columns['tokens']?.length ?? 0);
  const grams = writeGrams(tokens, tokenCount, BUCKET_BITS, scratch, 0);
  for (let i = 0; i < grams; i++) push('grams', Number(scratch[i]));
  push('grams-ends', columns['grams']?.length ?? 0);
  const found = writePieces(pieces, pieceCount, BUCKET_BITS, scratch, 0);
  for (let i = 0; i < found; i++) push('pieces', Number(scratch[i]));
  push('pieces-ends', columns['pieces']?.length ?? 0);
  push('labels', bitsOf(issues));
  push('kinds', kind);
}
for (const [name, values] of Object.entries(columns)) writeFileSync(join(out, `${name}.i32`), Int32Array.from(values));
process.stderr.write(`${String(columns['kinds']?.length)} texts\n`);
