/**
 * Reads the training data and writes what train.py needs as flat int32 arrays, one set a split: labels, domains, and for
 * tokens (hashes), grams and pieces (buckets) the values of all texts and where each text's end. No test file is read. Usage: node models/text/prepare.mjs DATA OUT
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABELS } from '../serving/model-config.mjs';
import { readClauses } from '../sentiment/clauses.mjs';
import { cueTexts, NEUTRAL_INTENTS } from '../sentiment/cues.mjs';
import { readTable } from './table.mjs';
import { FeatureExtractor, MAX_GRAMS, MAX_PIECES, writeGrams, writePieces } from './features.mjs';

/** log2 of the number of buckets written; the first bits alone are the buckets of a smaller table. */
export const BUCKET_BITS = 20;

export const SENTIMENT_SETS = [
  'zh-shopping-10',
  'zh-chnsenticorp',
  'zh-hotel',
  'zh-takeaway',
  'zh-bank',
  'en-airline',
  'en-semeval2017',
  'en-sst2',
];

/** @type {(data: string, out: string, lexicon: string) => void} */
function prepare(data, out, lexicon) {
  mkdirSync(out, { recursive: true });
  const extractor = new FeatureExtractor();
  const scratch = new Int32Array(Math.max(MAX_GRAMS, MAX_PIECES));
  // Sets overlap: what stands in a dev file is not trained on.
  const held = new Set(
    SENTIMENT_SETS.flatMap((set) => readTable(join(data, set, 'dev.tsv')).map((row) => row['text'])),
  );
  for (const split of ['train', 'dev']) {
    /** @type {Record<string, number[]>} */
    const columns = { labels: [], domains: [], tokens: [], grams: [], pieces: [] };
    /** @type {Record<string, number[]>} */
    const ends = { tokens: [0], grams: [0], pieces: [0] };
    /** @type {(name: string, values: Int32Array, count: number) => void} */
    const append = (name, values, count) => {
      const column = columns[name] ?? []; // the first of its name
      for (let i = 0; i < count; i++) column.push(/** @type {number} */ (values[i]));
      ends[name]?.push(column.length);
    };
    for (const { label, text, domain, source } of textsOf(data, split, lexicon)) {
      if (split === 'train' && held.has(source ?? text)) continue;
      const { tokens, tokenCount, pieces, pieceCount } = extractor.read(text);
      append('tokens', tokens, tokenCount);
      append('grams', scratch, writeGrams(tokens, tokenCount, BUCKET_BITS, scratch, 0));
      append('pieces', scratch, writePieces(pieces, pieceCount, BUCKET_BITS, scratch, 0));
      columns['labels']?.push(LABELS.findIndex((one) => one === label));
      columns['domains']?.push(domain);
    }
    for (const [name, values] of Object.entries({ ...columns, ...prefixed(ends) })) {
      writeFileSync(join(out, `${split}.${name}.i32`), Int32Array.from(values));
    }
    process.stderr.write(`${split}: ${String(columns['labels']?.length)} texts\n`);
  }
}

/**
 * What is trained on: the sets, and for training plain questions of Banking77, texts of our own making, the labelled
 * clauses (with the text that each was cut from) and the words of the lexicon as well.
 * @typedef {{ label: string | undefined, text: string, domain: number, source?: string }} TrainingText
 * @type {(data: string, split: string, lexicon: string) => TrainingText[]}
 */
function textsOf(data, split, lexicon) {
  const rows = SENTIMENT_SETS.flatMap((set, domain) =>
    readTable(join(data, set, `${split}.tsv`)).map(({ label, text }) => ({
      label,
      text: text ?? '' /* a row without one */,
      domain,
    })),
  );
  if (split !== 'train') return rows;
  const questions = readTable(join(data, 'en-banking77', 'train.tsv')).filter(
    ({ label }) => NEUTRAL_INTENTS.has(label ?? ''), // a row without one
  );
  const domain = SENTIMENT_SETS.length;
  return [
    ...rows,
    ...questions.map(({ text }) => ({ label: 'neutral', text: text ?? '' /* a row without one */, domain })),
    ...cueTexts().map((cue) => ({ ...cue, domain: domain + 1 })),
    .../** @type {const} */ (['zh', 'en']).flatMap((language, i) =>
      readClauses(data, language).map(({ source, text, intensity }) => ({
        label: LABELS[Math.sign(intensity) + 1],
        text,
        domain: domain + 2 + i,
        source,
      })),
    ),
    ...lexiconTexts(lexicon).map((word) => ({ ...word, domain: domain + 4 })),
  ];
}

/** Words of VADER's lexicon that ten readers on average found at least mildly good or bad. @type {(path: string) => { label: string, text: string }[]} */
function lexiconTexts(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [text = '', mean] = line.split('\t');
      if (!(Math.abs(Number(mean)) >= 0.8)) return [];
      return [{ label: Number(mean) > 0 ? 'positive' : 'negative', text }];
    });
}

/** @type {(ends: Record<string, number[]>) => Record<string, number[]>} */
const prefixed = (ends) => Object.fromEntries(Object.entries(ends).map(([name, values]) => [`${name}-ends`, values]));

if (process.argv[1] === import.meta.filename) {
  const [data, out, lexicon] = process.argv.slice(2);
  if (data === undefined || out === undefined || lexicon === undefined)
    throw new Error('usage: prepare.mjs DATA OUT vader_lexicon.txt');
  prepare(data, out, lexicon);
}
