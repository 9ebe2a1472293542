/**
 * A mutation round: changes one comparison, index or ±1 at a time in the given files, runs the tests given after `--`, and lists the
 * changes that no test saw. Not part of `npm test`. The file is put back after each change.
 *
 *   npm run mutation -- operators/aggregates/sum.ts -- operators/aggregates
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
const split = args.indexOf('--');
const files = split < 0 ? args : args.slice(0, split);
const tests = split < 0 ? [] : args.slice(split + 1);
if (files.length === 0 || tests.length === 0) {
  console.error('usage: npm run mutation -- <file…> -- <test…>');
  process.exit(2);
}

/** What is put in place of what. @type {readonly (readonly [RegExp, string])[]} */
const MUTATIONS = [
  [/ \+ 1\b/g, ' + 2'],
  [/ - 1\b/g, ' - 0'],
  [/ \+= /g, ' -= '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ === 0\b/g, ' === 1'],
  [/\[at\]/g, '[at + 1]'],
  [/, at \+ 1\b/g, ', at + 2'],
];

const pass = () =>
  spawnSync('npx', ['vitest', 'run', '--maxWorkers', '1', '--bail', '1', ...tests], { timeout: 120_000 }).status === 0;
// Else every change would count as seen.
if (!pass()) {
  console.error('the tests fail without any change');
  process.exit(2);
}

let made = 0;
const survivors = [];
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const places = MUTATIONS.flatMap(([from, to]) => [...text.matchAll(from)].map((match) => ({ match, to }))).filter(
    ({ match }) => !/^\s*(?:\*|\/\/|\/\*|import )/.test(text.slice(text.lastIndexOf('\n', match.index) + 1)),
  );
  try {
    for (const { match, to } of places) {
      writeFileSync(file, text.slice(0, match.index) + to + text.slice(match.index + match[0].length));
      const isSeen = !pass();
      made += 1;
      if (isSeen) continue;
      const line = text.slice(0, match.index).split('\n').length;
      survivors.push(`${file}:${line} "${match[0]}" → "${to}"`);
      console.log(survivors.at(-1));
    }
  } finally {
    writeFileSync(file, text);
  }
}
console.log(`${made} changes, ${made - survivors.length} seen, ${survivors.length} not`);
