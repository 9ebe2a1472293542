/** `npm run bench -- <name> …`: runs the named benchmarks one after another, each in a process of its own; without a name, lists them. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../engine/adapters/process/package-root.ts';

const folder = join(packageRoot(), 'dist-bench', 'bench');
/** What benchmarks are made of, and processes that they start. */
const PARTS = [
  'run.js',
  'record.js',
  'plain-consumer.js',
  'twelve-kpis.js',
  'steady-load.js',
  'watching-client.js',
  'paced-keys.js',
  'painted-alerts.js',
  'breach-load.js',
];
/** In the folder itself and in those of a subject: by name. */
const files = new Map(
  [folder, ...['hooks', 'days', 'cost', 'pace'].map((name) => join(folder, name))].flatMap((place) =>
    readdirSync(place)
      .filter((file) => file.endsWith('.js') && !PARTS.includes(file))
      .map((file) => [file.slice(0, -3), join(place, file)] as const),
  ),
);
const names = [...files.keys()];
const [, , ...wanted] = process.argv;
const flags = wanted.filter((word) => word.startsWith('--'));
const benches = wanted.filter((word) => !word.startsWith('--'));
if (benches.length === 0) process.stdout.write(`npm run bench -- <name> …   one of: ${names.join(', ')}\n`);
for (const name of benches) {
  const file = files.get(name);
  if (file === undefined) {
    process.stderr.write(`there is no benchmark "${name}"; one of: ${names.join(', ')}\n`);
    process.exitCode = 2;
    break;
  }
  const { status } = spawnSync(process.execPath, ['--expose-gc', file, ...flags], { stdio: 'inherit' });
  if (status !== 0) {
    process.exitCode = 1;
    break;
  }
}
