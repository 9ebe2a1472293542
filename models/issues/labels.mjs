/**
 * Reads what was labelled by hand together with the texts, which stay in DATA: labels/{zh,en}.tsv (id<TAB>labels, drawn at
 * random: test, dev and training) and labels/{zh,en}-train.tsv (id<TAB>labels<TAB>characters that the reader saw: training).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../text/table.mjs';

/** The first so many texts of each language, in the order they were drawn in, are the test set: never trained on. */
export const TEST_TEXTS = { zh: 500, en: 300 };
/** Of the others, one in so many is for choosing thresholds. */
const DEV_EVERY = 6;

/**
 * @typedef {{ id: string, whole: string, text: string, issues: readonly string[], split: 'train' | 'dev' | 'test' }} Labelled
 * @param {string} data
 * @param {'zh' | 'en'} language
 * @returns {Labelled[]}
 */
export function readLabels(data, language) {
  /** @type {(name: string) => string[]} */
  const linesOf = (name) =>
    readFileSync(new URL(`./labels/${name}.tsv`, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  /** @type {Map<string, Record<string, string>[]>} */
  const tables = new Map();
  const drawn = linesOf(language);
  return [...drawn, ...linesOf(`${language}-train`)].map((line, i) => {
    const [id = '', labels = '', shown] = line.split('\t');
    const [set = '', split = '', row = ''] = id.split('/');
    const path = join(data, set, `${split}.tsv`);
    const table = tables.get(path) ?? readTable(path);
    tables.set(path, table);
    const whole = (table[Number(row) - 1]?.['text'] ?? '').replace(/\s+/g, ' ').trim();
    return {
      id,
      whole,
      text: shown === undefined ? whole : whole.slice(0, Number(shown)),
      issues: labels.split(','),
      split: i < TEST_TEXTS[language] ? 'test' : i < drawn.length && i % DEV_EVERY === 0 ? 'dev' : 'train',
    };
  });
}
