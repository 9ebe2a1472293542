/**
 * Writes what train.py needs to learn issue types: features, labels and how sure they are, for texts labelled by hand, for
 * sets whose own labels map to ours, and for the rest of the train files by weak rules. The texts of the hand-labelled
 * test set are left out of everything. Usage: node models/issues/prepare.mjs DATA OUT
 */
import { join } from 'node:path';
import { readTable } from '../text/table.mjs';
import { writeColumns } from './columns.mjs';
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
const rows = rowsOf(data);
writeColumns(
  out,
  rows.map((row) => ({ ...row, label: bitsOf(row.issues) })),
);
process.stderr.write(`${rows.length} texts\n`);
