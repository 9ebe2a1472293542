/**
 * Texts, vocabulary and token ids for the two example models, from what lies in this repository alone.
 * Usage: node models/examples/prepare.mjs OUT
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { BANKING_INTENTS } from '../issues/taxonomy.mjs';
import { cueTexts, NEUTRAL_INTENTS } from '../sentiment/cues.mjs';

/** @typedef {{ readonly text: string, readonly labels: readonly string[] }} Row */

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node models/examples/prepare.mjs OUT');

/** @type {(name: string) => string[][]} */
const table = (name) =>
  readFileSync(new URL(`../../engine/app/demo/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));

/** Clauses of our own, by rule: what is spoken of, and how. */
const SUBJECTS_ZH = '服务 服务员 客服 快递 物流 味道 菜 房间 环境 质量 包装 价格 软件 态度 速度 酒店 店员 卫生'.split(
  ' ',
);
const GOOD_ZH = '很好 非常好 不错 很满意 很赞 特别棒 很快 很干净 很热情 值得推荐 好极了 让人满意'.split(' ');
const BAD_ZH = '很差 太差了 太慢了 很糟糕 非常失望 很不满意 太脏了 很烂 让人生气 极差 一塌糊涂 再也不来了'.split(' ');
const SUBJECTS_EN =
  'the service,the staff,the delivery,the food,the room,the app,the flight,your support,the price,the card'.split(',');
const GOOD_EN = 'is great,was excellent,is very good,was friendly and fast,is amazing,was perfect,is fantastic'.split(
  ',',
);
const BAD_EN = 'is terrible,was awful,is very bad,was rude and slow,is the worst,was horrible,is useless'.split(',');

/** @returns {Row[]} */
function sentimentRows() {
  /** @type {Row[]} */
  const rows = cueTexts().map(({ label, text }) => ({ text, labels: [label] }));
  for (const [subjects, parts, joint] of /** @type {const} */ ([
    [SUBJECTS_ZH, [GOOD_ZH, BAD_ZH], '，'],
    [SUBJECTS_EN, [GOOD_EN, BAD_EN], ', '],
  ])) {
    subjects.forEach((subject, s) =>
      parts.forEach((ways, p) =>
        ways.forEach((way, w) => {
          const space = joint === ', ' ? ' ' : '';
          const other = subjects[(s + w + 1) % subjects.length];
          const labels = [p === 0 ? 'positive' : 'negative'];
          rows.push({ text: subject + space + way, labels });
          rows.push({ text: `${subject}${space}${way}${joint}${other}${space}${ways[(w + s) % ways.length]}`, labels });
        }),
      ),
    );
  }
  // Stars of a whole review, for each of its first sentences.
  for (const [, star, text = ''] of table('texts-zh.tsv')) {
    const label = Number(star) <= 2 ? 'negative' : Number(star) === 5 ? 'positive' : undefined;
    if (label === undefined) continue;
    for (const sentence of (text.match(/[^。！？!?]{6,60}/g) ?? []).slice(0, 4))
      rows.push({ text: sentence, labels: [label] });
  }
  for (const [, intent = '', text = ''] of table('texts-en.tsv')) {
    if (NEUTRAL_INTENTS.has(intent)) rows.push({ text, labels: ['neutral'] });
  }
  return rows;
}

/** @returns {Row[]} */
function issueRows() {
  /** @type {Readonly<Record<string, readonly string[]>>} */
  const intents = BANKING_INTENTS;
  return table('texts-en.tsv').flatMap(([, intent = '', text = '']) => {
    const labels = intents[intent];
    return labels === undefined ? [] : [{ text, labels }];
  });
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];

/** WordPiece: Han characters and signs one by one, words that are frequent whole, all others from letters. @type {(rows: readonly Row[], size: number) => object} */
function tokenizerOf(rows, size) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { text } of rows) {
    for (const piece of text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'].flatMap((letter) => [letter, `##${letter}`]);
  const endings = ['##s', '##ed', '##ing', '##ly', '##er', '##t', '##n', '##re', '##al'];
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([piece]) => piece);
  const vocabulary = [...new Set([...SPECIAL, ...letters, ...endings, ...frequent])].slice(0, size);
  const template = (/** @type {string} */ id) => ({ SpecialToken: { id, type_id: 0 } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [template('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, template('[SEP]')],
      pair: [
        template('[CLS]'),
        { Sequence: { id: 'A', type_id: 0 } },
        template('[SEP]'),
        { Sequence: { id: 'B', type_id: 1 } },
        template('[SEP]'),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [SPECIAL.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
    },
  };
}

/** @type {(name: string, rows: readonly Row[], size: number) => void} */
function prepare(name, rows, size) {
  const folder = join(String(out), name);
  mkdirSync(folder, { recursive: true });
  const form = tokenizerOf(rows, size);
  const tokenizer = new Tokenizer(form, {});
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(form)}\n`);
  const lines = rows.map(({ text, labels }) =>
    JSON.stringify({ ids: tokenizer.encode(text).ids.slice(0, 64), labels }),
  );
  writeFileSync(join(folder, 'rows.ndjson'), `${lines.join('\n')}\n`);
  process.stdout.write(`${name}: ${rows.length} texts\n`);
}

prepare('sentiment', sentimentRows(), 1900);
prepare('issues', issueRows(), 1100);
