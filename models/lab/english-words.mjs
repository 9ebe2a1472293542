/**
 * Writes models/text/english-words.mjs: which words are English, as a Bloom filter, from the training files of the English
 * sets alone. A word counts that stands in at least five texts and is no name: most of its occurrences within a sentence are
 * written small. Usage: node models/lab/english-words.mjs DATA
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filterOf } from '../text/word-filter.mjs';
import { readTable } from '../text/table.mjs';

const SETS = ['en-airline', 'en-banking77', 'en-semeval2017', 'en-sst2'];
const LEAST_TEXTS = 5;
const MOST_NAMES = 0.5;
/** Words of other languages that tweets quote. */
const FOREIGN = new Set(
  'el la los las una muy mal bien que es por est les des une pas bon merci je der die das und nicht ist ich sehr gut il che non di het een niet hai bhai nahi kya hain ka ki ko ke se aur bahut sab koi bhi dan yang na ng sa ang ay mga vs rt via amp'.split(
    ' ',
  ),
);

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: english-words.mjs DATA');
/** @type {Map<string, { texts: number, small: number, tall: number }>} */
const counts = new Map();
for (const set of SETS) {
  for (const { text = '' } of readTable(join(data, set, 'train.tsv'))) {
    const plain = text.replace(/https?:\S+|[@#]\w+/g, ' ');
    const isShouted = plain === plain.toUpperCase();
    /** @type {Set<string>} */
    const seen = new Set();
    for (const match of plain.matchAll(/[A-Za-z]+(?:['’][A-Za-z]+)?/g)) {
      const word = match[0].toLowerCase().replace(/['’].*/, '');
      const count = counts.get(word) ?? { texts: 0, small: 0, tall: 0 };
      counts.set(word, count);
      if (!seen.has(word)) count.texts += 1;
      seen.add(word);
      const isFirst = /(^|[.!?:"“]\s*)$/.test(plain.slice(0, match.index));
      // One set writes all words small; another has words that it put in itself, all written large.
      if (isFirst || isShouted || set === 'en-sst2' || set === 'en-airline') continue;
      if (/^[A-Z]/.test(match[0])) count.tall += 1;
      else count.small += 1;
    }
  }
}
const words = [...counts]
  .filter(([word, { texts, small, tall }]) => {
    if (FOREIGN.has(word) || texts < LEAST_TEXTS) return false;
    return word.length === 1 ? 'aiu'.includes(word) : tall <= MOST_NAMES * (small + tall) || small + tall === 0;
  })
  .map(([word]) => word)
  .sort();
const base64 = Buffer.from(filterOf(words)).toString('base64');
writeFileSync(
  new URL('../text/english-words.mjs', import.meta.url),
  `/** ${String(words.length)} English words as a Bloom filter (word-filter.mjs), made by models/lab/english-words.mjs; not written by hand. */\nexport const ENGLISH_WORDS =\n  '${base64}';\n`,
);
process.stderr.write(`${String(words.length)} words\n`);
