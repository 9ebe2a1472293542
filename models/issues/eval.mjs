/**
 * The issue-type model on the hand-labelled test texts of each language, through the engine's own scorer.
 * Usage: node models/issues/eval.mjs --data DIR [--model DIR] [--write]; --write puts the tables into card.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openIssues } from '../issues-member.mjs';
import { FeatureExtractor } from '../text/features.mjs';
import { readLabels } from './labels.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: new URL('.', import.meta.url).pathname },
    write: { type: 'boolean', default: false },
  },
});
if (values.data === undefined) throw new Error('usage: eval.mjs --data DIR [--model DIR] [--write]');
const model = await openIssues(values.model);
const extractor = new FeatureExtractor();
/** @type {(part: number, whole: number) => string} */
const percent = (part, whole) => (whole === 0 ? '–' : ((100 * part) / whole).toFixed(1));
/** @type {string[]} */
const lines = [];
for (const language of /** @type {const} */ (['zh', 'en'])) {
  const rows = readLabels(values.data, language).filter(({ split }) => split === 'test');
  /** @type {Map<string, { both: number, truth: number, given: number }>} */
  const counts = new Map(model.labels.map((label) => [label, { both: 0, truth: 0, given: 0 }]));
  let exact = 0;
  for (const { text, issues } of rows) {
    const [found = []] = await model.find([model.read(extractor.read(text))]);
    const given = found.map(({ label }) => label);
    for (const [label, count] of counts) {
      if (issues.includes(label)) count.truth++;
      if (given.includes(label)) count.given++;
      if (issues.includes(label) && given.includes(label)) count.both++;
    }
    if (given.length === issues.length && given.every((label) => issues.includes(label))) exact++;
  }
  const sum = { both: 0, truth: 0, given: 0 };
  for (const count of counts.values()) {
    sum.both += count.both;
    sum.truth += count.truth;
    sum.given += count.given;
  }
  lines.push(
    `**${language}**, ${rows.length} test texts: micro-F1 ${percent(2 * sum.both, sum.truth + sum.given)}, precision ` +
      `${percent(sum.both, sum.given)}, recall ${percent(sum.both, sum.truth)}, all labels right ${percent(exact, rows.length)} %.`,
    '',
    '| label | texts | given | precision | recall |',
    '|---|---|---|---|---|',
  );
  for (const [label, { both, truth, given }] of counts) {
    lines.push(`| ${label} | ${truth} | ${given} | ${percent(both, given)} | ${percent(both, truth)} |`);
  }
  lines.push('');
}
const table = lines.join('\n');
process.stdout.write(`${table}\n`);
if (values.write) {
  const path = join(values.model, 'card.md');
  const card = readFileSync(path, 'utf8');
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  writeFileSync(path, `${card.split(start)[0]}${start}\n\n${table}\n${end}${card.split(end)[1]}`);
}
