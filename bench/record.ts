/** Results as the runs wrote them: one JSON file a benchmark under bench/results/, with machine, commit and command. Never typed by hand. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../engine/adapters/package-root.ts';

export type Row = Readonly<Record<string, string | number | boolean | null>>;

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: packageRoot(), encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+changes');
  } catch {
    return 'unknown';
  }
}

/** Prints the rows as a table and writes the file; `about` says how it was measured. */
export function record(name: string, about: string, rows: readonly Row[]): void {
  const folder = join(packageRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const result = {
    bench: name,
    command: `npm run bench -- ${name}`,
    about,
    commit: commit(),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
    },
    rows,
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${name}: ${about}\n`);
  for (const row of rows) {
    process.stdout.write(
      `  ${Object.entries(row)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join('  ')}\n`,
    );
  }
}

/** Nearest-rank percentile of sorted numbers. */
export function percentile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}
