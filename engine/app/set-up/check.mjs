/**
 * `npm run check`: types, lint and format, as many at a time as there are processors, the longest first; each says what it found in
 * one piece, and one that fails fails the whole.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const CHECKS = [
  'npm run -s lint',
  'tsc -p tsconfig.json',
  'tsc -p dashboards/tsconfig.test.json',
  'tsc -p dashboards/tsconfig.json',
  'prettier --check --log-level warn .',
];

/** @type {(line: string) => Promise<boolean>} */
function passes(line) {
  return new Promise((resolve) => {
    // A line of ours, for npm's path and for Windows' names of programs.
    const child = spawn(line, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    child.on('error', (error) => (said += error.message));
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(`check: ${line} failed\n`);
      process.stderr.write(said);
      resolve(code === 0);
    });
  });
}

const waiting = [...CHECKS];
let isGood = true;
async function work() {
  for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) isGood = (await passes(line)) && isGood;
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 3) }, work));
process.exitCode = isGood ? 0 : 1;
