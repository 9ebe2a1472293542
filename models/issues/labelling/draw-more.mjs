/**
 * Draws further texts for training, seeded: most at random from all domains, some among those in which a weak rule sees a rare
 * label. What was drawn before is left out. Usage: node models/issues/labelling/draw-more.mjs DATA OUT → OUT/{zh,en}-NN.tsv (id<TAB>text)
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../text/table.mjs';
import { readLabels } from '../labels.mjs';
import { WEAK_RULES } from '../taxonomy.mjs';

const TEXTS_A_FILE = 250;
/** @type {Record<string, number>} */
const AT_RANDOM = {
  'zh-shopping-10': 1900,
  'zh-takeaway': 1300,
  'zh-hotel': 700,
  'zh-chnsenticorp': 500,
  'zh-bank': 600,
  'en-airline': 1200,
  'en-banking77': 450,
  'en-semeval2017': 450,
  'en-sst2': 200,
};
/** Rule, how many, from which sets. @type {[string, number, string[]][]} */
const BY_RULE = [
  ['refund_return', 350, ['zh-shopping-10', 'zh-takeaway', 'zh-bank', 'zh-hotel']],
  ['wrong_or_missing_item', 350, ['zh-takeaway', 'zh-shopping-10']],
  ['description_mismatch', 300, ['zh-shopping-10', 'zh-hotel']],
  ['promotion', 350, ['zh-bank', 'zh-shopping-10', 'zh-takeaway']],
  ['app_technical', 250, ['zh-bank', 'zh-shopping-10', 'zh-chnsenticorp', 'zh-takeaway']],
  ['staff_competence', 300, ['zh-takeaway', 'zh-shopping-10', 'zh-hotel', 'zh-bank']],
  ['account_access', 200, ['zh-bank']],
  ['information', 200, ['zh-bank', 'zh-shopping-10', 'zh-hotel']],
  ['hygiene_safety', 200, ['zh-takeaway', 'zh-shopping-10', 'zh-hotel']],
  ['payment_billing', 100, ['zh-bank', 'zh-hotel']],
  ['staff_competence', 200, ['en-airline']],
  ['refund_return', 200, ['en-airline', 'en-banking77']],
  ['promotion', 150, ['en-airline']],
  ['app_technical', 200, ['en-airline', 'en-banking77']],
  ['price_value', 150, ['en-airline', 'en-semeval2017']],
  ['hygiene_safety', 100, ['en-airline']],
  ['environment_facility', 150, ['en-airline']],
  ['location_transport', 60, ['en-airline', 'en-semeval2017']],
];
/** Texts drawn by a rule are no longer than this. */
const MAX_BY_RULE = 300;

/** Mulberry32. */
let state = 20261125;
function next() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
/** @template T @param {readonly T[]} values @returns {T[]} */
const shuffled = (values) =>
  values
    .map((value) => ({ value, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('usage: draw-more.mjs DATA OUT');
mkdirSync(out, { recursive: true });
const from = data;
const seen = new Set([...readLabels(from, 'zh'), ...readLabels(from, 'en')].map((row) => row.whole));
/** @type {Record<string, string[]>} */
const lines = { zh: [], en: [] };
/** @type {(set: string, count: number, rule?: RegExp) => void} */
function take(set, count, rule) {
  let taken = 0;
  const rows = readTable(join(from, set, 'train.tsv')).map((row, i) => ({
    id: `${set}/train/${i + 1}`,
    text: (row['text'] ?? '').replace(/\s+/g, ' ').trim(),
  }));
  for (const { id, text } of shuffled(rows)) {
    if (taken >= count) return;
    if (text === '' || seen.has(text)) continue;
    if (rule !== undefined && (text.length > MAX_BY_RULE || !rule.test(text))) continue;
    seen.add(text);
    lines[set.slice(0, 2)]?.push(`${id}\t${text}`);
    taken++;
  }
}
for (const [set, count] of Object.entries(AT_RANDOM)) take(set, count);
for (const [rule, count, sets] of BY_RULE) {
  for (const set of sets) take(set, Math.round(count / sets.length), WEAK_RULES[rule]);
}
for (const [language, drawn] of Object.entries(lines)) {
  const mixed = shuffled(drawn);
  for (let i = 0; i * TEXTS_A_FILE < mixed.length; i++) {
    const part = mixed.slice(i * TEXTS_A_FILE, (i + 1) * TEXTS_A_FILE);
    writeFileSync(join(out, `${language}-${String(i + 1).padStart(2, '0')}.tsv`), `${part.join('\n')}\n`);
  }
}
