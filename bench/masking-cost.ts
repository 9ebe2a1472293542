/**
 * What masking costs a text, in microseconds of processor time: the demo's texts as they are and put together to 300 characters;
 * with `--texts=<file>` (the last column of a TSV) those, too. `--against=<mask-text.js>` measures another build, in turn.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { at } from '../engine/core/must.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';
import { maskText } from '../operators/events/masking/mask-text.ts';
import { record, type Row } from './record.ts';

type Mask = (text: string) => { readonly count: number };

const ROUNDS = 9;
/** Each round masks so many texts at least. */
const LEAST = 3000;
const LENGTH = 300;

const flag = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);

const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ownText(line.slice(line.lastIndexOf('\t') + 1)));

/** As a parsed message holds it. A part of another text is read through that one, each character at a price. */
const ownText = (part: string): string => Buffer.from(part).toString();

/** The texts in a row, cut into parts of one length. */
function together(texts: readonly string[]): string[] {
  const all = texts.join(' ');
  const count = Math.min(LEAST, Math.floor(all.length / LENGTH));
  return Array.from({ length: count }, (_, i) => ownText(all.slice(i * LENGTH, (i + 1) * LENGTH)));
}

function microseconds(mask: Mask, texts: readonly string[]): number {
  const times = Math.ceil(LEAST / texts.length);
  const before = process.cpuUsage().user;
  for (let time = 0; time < times; time += 1) for (const text of texts) mask(text);
  return (process.cpuUsage().user - before) / times / texts.length;
}

function row(name: string, texts: readonly string[], sides: readonly (readonly [string, Mask])[]): Row {
  const rounds = sides.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    sides.forEach(([, mask], side) => {
      const cost = microseconds(mask, texts);
      // The first round warms up.
      if (round > 0) at(rounds, side).push(cost);
    });
  }
  const costs = sides.flatMap(([side], i): [string, number][] => {
    const sorted = at(rounds, i).sort((a, b) => a - b);
    return [
      [`${side}µs, least`, Number(at(sorted, 0).toFixed(1))],
      [`${side}µs, median`, Number(at(sorted, ROUNDS >> 1).toFixed(1))],
    ];
  });
  const length = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length);
  return { texts: name, count: texts.length, 'characters each': length, ...Object.fromEntries(costs) };
}

const against = flag('against');
const sides: [string, Mask][] = [['', maskText]];
if (against !== undefined) {
  const other = (await import(pathToFileURL(against).href)) as { readonly maskText: Mask };
  sides.push(['other build, ', other.maskText]);
}
const demo = join(packageRoot(), 'engine', 'app', 'demo');
const files: [string, string[]][] = [
  ['demo, Chinese', linesOf(join(demo, 'texts-zh.tsv'))],
  ['demo, English', linesOf(join(demo, 'texts-en.tsv'))],
  ...(flag('texts')?.split(',') ?? []).map((file): [string, string[]] => [file, linesOf(file).slice(0, 2 * LEAST)]),
];
record(
  'masking-cost',
  `processor time to mask one text; ${String(ROUNDS)} rounds in turn after one to warm up`,
  files.flatMap(([name, texts]) => [
    row(name, texts.slice(0, LEAST), sides),
    row(`${name}, put together`, together(texts), sides),
  ]),
);
