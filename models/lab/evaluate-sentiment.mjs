/**
 * Recomputes every figure of the sentiment model's card from the committed model.onnx, through the engine's own scorer.
 * Usage: node models/lab/evaluate-sentiment.mjs --data DIR [--model DIR] [--split test] [--write]
 * DIR holds the sets that the card names (they are not part of this repository); --write puts the tables into card.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LABELS } from '../serving/model-config.mjs';
import { load } from '../serving/serve.mjs';
import { SENTIMENT_SETS } from '../text/prepare.mjs';
import { readTable } from '../text/table.mjs';

/** @typedef {{ truth: string, label: string, guess: string, score: number, confidence: number, intensity: string, text: string }} Row */

/** @type {(rows: readonly Row[], pick: (row: Row) => boolean) => number} */
const count = (rows, pick) => rows.reduce((n, row) => n + (pick(row) ? 1 : 0), 0);
/** @type {(part: number, whole: number) => string} */
const percent = (part, whole) => (whole === 0 ? '–' : ((100 * part) / whole).toFixed(1));

/** Wilson's 95 % interval of a proportion, in percent. @type {(hits: number, n: number) => [number, number]} */
function wilson(hits, n) {
  if (n === 0) return [0, 100];
  const z = 1.959964;
  const p = hits / n;
  const centre = p + (z * z) / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [(100 * (centre - spread)) / scale, (100 * (centre + spread)) / scale];
}

/**
 * A text of a set without neutral texts is judged by the sign of its score.
 * @type {(scored: import('../serving/scorer.ts').TextScore, binary: boolean) => string}
 */
const guessOf = ({ sentiment }, binary) => (binary ? (sentiment.score > 0 ? 'positive' : 'negative') : sentiment.label);

/** @type {(rows: readonly Row[]) => { accuracy: number, hits: number, recall: number, f1: number }} */
export function figures(rows) {
  const hits = count(rows, (row) => row.guess === row.truth);
  const classes = LABELS.filter((label) => rows.some((row) => row.truth === label));
  let recall = 0;
  let f1 = 0;
  for (const label of classes) {
    const both = count(rows, (row) => row.truth === label && row.guess === label);
    const truth = count(rows, (row) => row.truth === label);
    const guess = count(rows, (row) => row.guess === label);
    recall += both / truth / classes.length;
    f1 += (2 * both) / (truth + guess) / classes.length;
  }
  return { accuracy: (100 * hits) / rows.length, hits, recall: 100 * recall, f1: 100 * f1 };
}

/**
 * Expected calibration error of the label's confidence, ten equal bins, percent; and the bins.
 * @param {readonly Row[]} rows
 */
export function calibration(rows) {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, right: 0, confidence: 0 }));
  for (const row of rows) {
    const bin = bins[Math.min(9, Math.floor(row.confidence * 10))];
    if (bin === undefined) continue;
    bin.n++;
    bin.right += row.label === row.truth ? 1 : 0;
    bin.confidence += row.confidence;
  }
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / Math.max(1, rows.length);
  return { error: 100 * error, bins };
}

/**
 * Recall of negatives at the lowest threshold on −score that keeps the precision; null: no threshold does.
 * @type {(rows: readonly Row[], precision: number) => { recall: number, threshold: number } | null}
 */
export function recallAt(rows, precision) {
  const sorted = [...rows].sort((a, b) => a.score - b.score);
  const all = count(rows, (row) => row.truth === 'negative');
  let best = null;
  let hits = 0;
  for (const [i, row] of sorted.entries()) {
    if (row.truth === 'negative') hits++;
    const last = sorted[i + 1]?.score !== row.score;
    if (last && hits / (i + 1) >= precision) best = { recall: (100 * hits) / all, threshold: row.score };
  }
  return best;
}

/** @type {(name: string, rows: readonly Row[]) => string} */
function warningRow(name, rows) {
  const found = recallAt(rows, 0.92);
  const flagged = rows.filter((row) => row.label === 'negative');
  const right = count(flagged, (row) => row.truth === 'negative');
  const all = count(rows, (row) => row.truth === 'negative');
  const strong = rows.filter((row) => row.intensity === 'strong_negative');
  const strongRight = count(strong, (row) => row.truth === 'negative');
  return (
    `| ${name} | ${percent(right, flagged.length)} / ${percent(right, all)} ` +
    `| ${found === null ? 'not reached' : `${found.recall.toFixed(1)} (score ≤ ${found.threshold.toFixed(2)})`} ` +
    `| ${percent(strongRight, strong.length)} (${strong.length} of ${rows.length}) |`
  );
}

/**
 * Restaurant reviews of a set that no training saw: whether the score's sign agrees with the stars.
 * @type {(model: Awaited<ReturnType<typeof load>>, data: string) => Promise<string[]>}
 */
async function outside(model, data) {
  const rows = ['train', 'dev', 'test'].flatMap((split) => readTable(join(data, 'zh-asap-sample', `${split}.tsv`)));
  const polar = rows.filter((row) => Number(row['star']) !== 3);
  const scores = await model.score(polar.map((row) => row['text'] ?? ''));
  const hits = scores.filter(({ sentiment }, i) => sentiment.score > 0 === Number(polar[i]?.['star']) > 3).length;
  const [low, high] = wilson(hits, polar.length);
  return [
    `Out of domain (zh-asap-sample, all ${polar.length} reviews with other than three stars; none trained on): ` +
      `sign of the score ${percent(hits, polar.length)} (${low.toFixed(1)}–${high.toFixed(1)}).`,
  ];
}

/** @type {(model: Awaited<ReturnType<typeof load>>) => Promise<string[]>} */
async function probes(model) {
  const rows = readTable(new URL('../sentiment/probes.tsv', import.meta.url).pathname);
  const scores = await model.score(rows.map((row) => row['text'] ?? ''));
  const wrong = rows.flatMap((row, i) => {
    const { label, score } = scores[i]?.sentiment ?? { label: '', score: 0 };
    return label === row['label']
      ? []
      : [`| ${row['kind']} | ${row['text']} | ${row['label']} | ${label} (${score.toFixed(2)}) |`];
  });
  return [
    `Probes (probes.tsv, ${rows.length} sentences made up to be hard): ${rows.length - wrong.length} right. Wrong:`,
    '',
    '| kind | text | should be | is |',
    '|---|---|---|---|',
    ...wrong,
  ];
}

/**
 * Share of right labels against confidence: a dot a bin, larger where more texts are, and the line of perfect calibration.
 * @type {(bins: ReturnType<typeof calibration>['bins'], title: string) => string}
 */
export function calibrationPlot(bins, title) {
  const [left, bottom, size] = [50, 350, 320];
  const all = bins.reduce((sum, bin) => sum + bin.n, 0);
  /** @type {(share: number) => string} */
  const x = (share) => (left + share * size).toFixed(1);
  /** @type {(share: number) => string} */
  const y = (share) => (bottom - share * size).toFixed(1);
  const grid = [0, 20, 40, 60, 80, 100].flatMap((at) => [
    `<path d="M${x(at / 100)} ${y(0)}V${y(1)}M${x(0)} ${y(at / 100)}H${x(1)}" stroke="#ddd"/>`,
    `<text x="${x(at / 100)}" y="${bottom + 18}" text-anchor="middle">${at}</text>`,
    `<text x="${left - 8}" y="${Number(y(at / 100)) + 4}" text-anchor="end">${at}</text>`,
  ]);
  const dots = bins
    .filter((bin) => bin.n > 0)
    .map(
      ({ n, right, confidence }) =>
        `<circle cx="${x(confidence / n)}" cy="${y(right / n)}" r="${(3 + 14 * Math.sqrt(n / all)).toFixed(1)}" ` +
        `fill="#1f77b4" fill-opacity="0.6"><title>${n} texts</title></circle>`,
    );
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" font-family="sans-serif" font-size="12">',
    '<rect width="400" height="400" fill="#fff"/>',
    `<text x="${left + size / 2}" y="20" text-anchor="middle">${title}</text>`,
    ...grid,
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#888" stroke-dasharray="4"/>`,
    ...dots,
    `<text x="${left + size / 2}" y="${bottom + 38}" text-anchor="middle">confidence, %</text>`,
    `<text transform="translate(14 ${bottom - size / 2}) rotate(-90)" text-anchor="middle">labels right, %</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/**
 * The rows of every set, scored.
 * @type {(model: Awaited<ReturnType<typeof load>>, data: string, split: string) => Promise<Record<string, Row[]>>}
 */
async function scoredSets(model, data, split) {
  /** @type {Record<string, Row[]>} */
  const sets = {};
  for (const set of SENTIMENT_SETS) {
    const table = readTable(join(data, set, `${split}.tsv`));
    const binary = !table.some((row) => row['label'] === 'neutral');
    /** @type {Row[]} */
    const rows = [];
    // In order of length, so that batches pad little.
    table.sort((a, b) => (a['text'] ?? '').length - (b['text'] ?? '').length);
    for (let i = 0; i < table.length; i += 64) {
      const part = table.slice(i, i + 64);
      const scores = await model.score(part.map((row) => row['text'] ?? ''));
      scores.forEach((scored, j) => {
        const { label, score, confidence, intensity } = scored.sentiment;
        const row = part[j] ?? {};
        const truth = row['label'] ?? '';
        const guess = guessOf(scored, binary);
        rows.push({ truth, guess, label, score, confidence, intensity, text: row['text'] ?? '' });
      });
    }
    sets[set] = rows;
  }
  return sets;
}

/** @type {(sets: Record<string, Row[]>) => string[]} */
function accuracyTable(sets) {
  return [
    '| set | texts | accuracy (95 % interval) | average recall | macro-F1 | calibration error |',
    '|---|---|---|---|---|---|',
    ...Object.entries(sets).map(([set, rows]) => {
      const { accuracy, hits, recall, f1 } = figures(rows);
      const [low, high] = wilson(hits, rows.length);
      return (
        `| ${set} | ${rows.length} | ${accuracy.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)}) ` +
        `| ${recall.toFixed(1)} | ${f1.toFixed(1)} | ${calibration(rows).error.toFixed(1)} |`
      );
    }),
  ];
}

/** @type {(sets: Record<string, Row[]>) => string[]} */
function warningTable(sets) {
  const reviews = ['zh-shopping-10', 'zh-chnsenticorp', 'zh-hotel', 'zh-takeaway'].flatMap((set) => sets[set] ?? []);
  return [
    '| negatives | precision / recall of the label | recall at precision 92 | precision of strong ones |',
    '|---|---|---|---|',
    warningRow('Chinese reviews', reviews),
    ...['zh-bank', 'en-airline', 'en-semeval2017'].map((set) => warningRow(set, sets[set] ?? [])),
  ];
}

/** @type {(all: readonly Row[]) => string[]} */
function calibrationTable(all) {
  const { error, bins } = calibration(all);
  return [
    `Calibration over all ${all.length} texts: error ${error.toFixed(1)}.`,
    '',
    '| confidence | texts | mean confidence | right |',
    '|---|---|---|---|',
    ...bins.flatMap((bin, i) => {
      if (bin.n === 0) return [];
      const range = `${(i / 10).toFixed(1)}–${((i + 1) / 10).toFixed(1)}`;
      return [`| ${range} | ${bin.n} | ${percent(bin.confidence, bin.n)} | ${percent(bin.right, bin.n)} |`];
    }),
  ];
}

/** Puts the tables and the plot into the model's card. @type {(dir: string, table: string, plot: string) => void} */
function writeCard(dir, table, plot) {
  writeFileSync(join(dir, 'calibration.svg'), plot);
  const path = join(dir, 'card.md');
  const card = readFileSync(path, 'utf8');
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const [before, after] = [card.split(start)[0], card.split(end)[1]];
  writeFileSync(path, `${before}${start}\n\n${table}\n\n${end}${after}`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      model: { type: 'string', default: new URL('../sentiment', import.meta.url).pathname },
      split: { type: 'string', default: 'test' },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new Error('usage: npm run models:eval -- --data DIR [--model DIR] [--write]');
  const model = await load(values.model);
  const sets = await scoredSets(model, values.data, values.split);
  const all = Object.values(sets).flat();
  const title = `${model.name} ${model.version}, ${values.split} files`;
  const parts = [
    [`Model ${title}, percent.`],
    accuracyTable(sets),
    warningTable(sets),
    calibrationTable(all),
    await outside(model, values.data),
    await probes(model),
  ];
  const table = parts.map((lines) => lines.join('\n')).join('\n\n');
  process.stdout.write(`${table}\n`);
  if (values.write) writeCard(values.model, table, calibrationPlot(calibration(all).bins, title));
}

if (process.argv[1] === import.meta.filename) await main();
