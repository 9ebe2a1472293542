/**
 * The issue-type model on the hand-labelled test texts of each language, and the same bag trained on Banking77's intents
 * alone (banking.py) on that set's test questions, through the engine's own scorer.
 * Usage: node models/issues/eval.mjs --data DIR [--model DIR] [--write]; --write puts the tables into card.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBag } from '../serving/bag-member.mjs';
import { openIssues } from '../serving/issues-member.mjs';
import { FeatureExtractor } from '../text/features.mjs';
import { readTable } from '../text/table.mjs';
import { bankingPath, intentOf, intentsOf } from './banking.mjs';
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
/** Of micro-F1, by 1,000 redrawings of the texts (percentile bootstrap, seeded). @type {(each: readonly [number, number][]) => [number, number]} */
function interval(each) {
  let state = 20261122;
  const draws = Array.from({ length: 1000 }, () => {
    let shared = 0;
    let all = 0;
    for (let i = 0; i < each.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const [a, b] = each[Math.floor((state / 2 ** 32) * each.length)] ?? [0, 0];
      shared += a;
      all += b;
    }
    return (200 * shared) / Math.max(1, all);
  }).sort((a, b) => a - b);
  return [draws[25] ?? 0, draws[974] ?? 0];
}
/** Banking77: how many of the test questions the bag has right. @type {(data: string) => Promise<string>} */
async function banking(data) {
  const bag = await openBag(values.model, { file: 'banking.onnx', gramBits: 15, pieceBits: 13 });
  const intents = intentsOf(data);
  const rows = readTable(bankingPath(data, 'test'));
  let right = 0;
  for (const row of rows) {
    const logits = await bag.logits(extractor.features(row['text'] ?? ''));
    if (intents[logits.indexOf(Math.max(...logits))] === intentOf(row)) right++;
  }
  return (
    `**Banking77**, ${rows.length} test questions, ${intents.length} intents: the bag alone, trained on its train file, ` +
    `has ${percent(right, rows.length)} % right.`
  );
}

/** @type {string[]} */
const lines = [];
for (const language of /** @type {const} */ (['zh', 'en'])) {
  const rows = readLabels(values.data, language).filter(({ split }) => split === 'test');
  /** @type {Map<string, { both: number, truth: number, given: number, routed: number, routedRight: number }>} */
  const counts = new Map(
    model.labels.map((label) => [label, { both: 0, truth: 0, given: 0, routed: 0, routedRight: 0 }]),
  );
  let exact = 0;
  /** Of each text: labels shared, and true and given ones together. @type {[number, number][]} */
  const each = [];
  for (const { text, issues } of rows) {
    const [found = []] = await model.find([extractor.features(text)]);
    const given = found.map(({ label }) => label);
    for (const [label, count] of counts) {
      const right = issues.includes(label);
      if (right) count.truth++;
      if (given.includes(label)) count.given++;
      if (right && given.includes(label)) count.both++;
      if (found.some((one) => one.label === label && one.routes)) {
        count.routed++;
        if (right) count.routedRight++;
      }
    }
    const shared = given.filter((label) => issues.includes(label)).length;
    each.push([shared, given.length + issues.length]);
    if (given.length === issues.length && shared === issues.length) exact++;
  }
  const sum = { both: 0, truth: 0, given: 0, routed: 0, routedRight: 0 };
  for (const count of counts.values()) {
    for (const key of /** @type {const} */ (['both', 'truth', 'given', 'routed', 'routedRight']))
      sum[key] += count[key];
  }
  const [low, high] = interval(each);
  lines.push(
    `**${language}**, ${rows.length} test texts: micro-F1 ${percent(2 * sum.both, sum.truth + sum.given)} ` +
      `(95 % interval ${low.toFixed(1)}–${high.toFixed(1)}), precision ${percent(sum.both, sum.given)}, recall ` +
      `${percent(sum.both, sum.truth)}, all labels right ${percent(exact, rows.length)} %. Of ${sum.routed} labels sure ` +
      `enough to route, ${percent(sum.routedRight, sum.routed)} % are right.`,
    '',
    '| label | texts | given | precision | recall | routed | right of those |',
    '|---|---|---|---|---|---|---|',
  );
  for (const [label, { both, truth, given, routed, routedRight }] of counts) {
    const row = [label, truth, given, percent(both, given), percent(both, truth), routed, percent(routedRight, routed)];
    lines.push(`| ${row.join(' | ')} |`);
  }
  lines.push('');
}
lines.push(await banking(values.data), '');
const table = lines.join('\n');
process.stdout.write(`${table}\n`);
if (values.write) {
  const path = join(values.model, 'card.md');
  const card = readFileSync(path, 'utf8');
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  writeFileSync(path, `${card.split(start)[0]}${start}\n\n${table}\n${end}${card.split(end)[1]}`);
}
