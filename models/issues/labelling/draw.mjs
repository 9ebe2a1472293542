/**
 * Draws the texts to be labelled with issue types, at random and seeded, from the train files of all domains.
 * Usage: node models/issues/labelling/draw.mjs DATA OUT → OUT/{zh,en}-NN.tsv with id<TAB>text, 125 a file; id = set/split/row (from 1).
 * The texts stay outside the repository: most licences forbid shipping them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../text/table.mjs';

const SEED = 20261122;
const TEXTS_A_FILE = 125;
/** Longer texts are cut, and end in "…". */
const MAX_SHOWN = 600;

/** @type {Record<string, Record<string, number>>} */
const SHARES = {
  zh: {
    'zh-shopping-10': 830,
    'zh-takeaway': 600,
    'zh-hotel': 400,
    'zh-chnsenticorp': 320,
    'zh-bank': 260,
    'zh-asap-sample': 90,
  },
  en: { 'en-airline': 520, 'en-banking77': 380, 'en-semeval2017': 230, 'en-sst2': 120 },
};

/** Mulberry32. @type {(seed: number) => () => number} */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {T[]} values @param {() => number} next @returns {T[]} */
function shuffled(values, next) {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [values[i], values[j]] = [/** @type {T} */ (values[j]), /** @type {T} */ (values[i])];
  }
  return values;
}

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('usage: draw.mjs DATA OUT');
mkdirSync(out, { recursive: true });
for (const [language, sets] of Object.entries(SHARES)) {
  const next = random(SEED);
  /** @type {string[]} */
  const lines = [];
  const seen = new Set();
  for (const [set, wanted] of Object.entries(sets)) {
    const rows = readTable(join(data, set, 'train.tsv')).map((row, i) => ({
      id: `${set}/train/${i + 1}`,
      text: (row['text'] ?? '').replace(/\s+/g, ' ').trim(),
    }));
    let taken = 0;
    for (const { id, text } of shuffled(rows, next)) {
      if (taken === wanted) break;
      if (seen.has(text)) continue;
      seen.add(text);
      lines.push(`${id}\t${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`);
      taken++;
    }
  }
  shuffled(lines, next);
  for (let i = 0; i * TEXTS_A_FILE < lines.length; i++) {
    const part = lines.slice(i * TEXTS_A_FILE, (i + 1) * TEXTS_A_FILE);
    writeFileSync(join(out, `${language}-${String(i + 1).padStart(2, '0')}.tsv`), `${part.join('\n')}\n`);
  }
}
