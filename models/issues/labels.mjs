/** Reads what was labelled by hand (labels/zh.tsv, labels/en.tsv: id<TAB>labels) together with the texts, which stay in DATA. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../text/prepare.mjs';

/** The first so many texts of each language, in the order they were drawn in, are the test set: never trained on. */
export const TEST_TEXTS = { zh: 500, en: 300 };
/** Of the others, one in so many is for choosing thresholds. */
const DEV_EVERY = 6;

/**
 * @typedef {{ id: string, text: string, issues: readonly string[], split: 'train' | 'dev' | 'test' }} Labelled
 * @param {string} data
 * @param {'zh' | 'en'} language
 * @returns {Labelled[]}
 */
export function readLabels(data, language) {
  const lines = readFileSync(new URL(`./labels/${language}.tsv`, import.meta.url), 'utf8').split('\n');
  /** @type {Map<string, Record<string, string>[]>} */
  const tables = new Map();
  return lines
    .filter((line) => line !== '')
    .map((line, i) => {
      const [id = '', labels = ''] = line.split('\t');
      const [set = '', split = '', row = ''] = id.split('/');
      const path = join(data, set, `${split}.tsv`);
      const table = tables.get(path) ?? readTable(path);
      tables.set(path, table);
      const text = (table[Number(row) - 1]?.['text'] ?? '').replace(/\s+/g, ' ').trim();
      return {
        id,
        text,
        issues: labels.split(','),
        split: i < TEST_TEXTS[language] ? 'test' : i % DEV_EVERY === 0 ? 'dev' : 'train',
      };
    });
}
