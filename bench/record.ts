/** Results as the runs wrote them: one JSON file a benchmark under bench/results/ or a folder of it, with machine, commit and command. Never typed by hand. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { at } from '../engine/core/must.ts';
import { packageRoot } from '../engine/adapters/process/package-root.ts';

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

/** How it was called; of another checkout only that there was one. */
function flags(): readonly string[] {
  return process.argv.slice(2).map((flag) => flag.replace(/^(--against=).*/, '$1…'));
}

/** Prints the rows as a table and writes the file; `place`: its name, perhaps with a folder before it; `about` says how it was measured. */
export function record(place: string, about: string, rows: readonly Row[]): void {
  const folder = join(packageRoot(), 'bench', 'results');
  const file = join(folder, `${place}.json`);
  const name = basename(place);
  mkdirSync(dirname(file), { recursive: true });
  const result = {
    bench: name,
    command: ['npm run bench --', basename(at(process.argv, 1), '.js'), ...flags()].join(' '),
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
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(packageRoot(), 'bench', 'results.md'), page(folder));
  process.stdout.write(`${name}: ${about}\n`);
  for (const row of rows) {
    process.stdout.write(
      `  ${Object.entries(row)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join('  ')}\n`,
    );
  }
}

interface Result {
  readonly bench: string;
  readonly command: string;
  readonly about: string;
  readonly commit: string;
  readonly date: string;
  readonly machine: Row;
  readonly rows: readonly Row[];
}

/** All results as one page, made again from the files. */
function page(folder: string): string {
  const sections = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !file.includes('smoke'))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
    .map((file) => section(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result));
  return `# Results\n\nWritten by the runs themselves (\`bench/record.ts\`) from \`bench/results/\`; not edited by hand.\n\n${sections.join('\n')}`;
}

function section({ bench, command, about, commit: at, date, machine, rows }: Result): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${bench}`,
    '',
    `${about}. \`${command}\`, ${date.slice(0, 16).replace('T', ' ')} UTC, commit ${at}, ${Object.values(machine).join(' · ')} (CPU, cores, GiB, Node).`,
    '',
    line(names),
    line(names.map(() => '---')),
    ...rows.map((row) => line(names.map((name) => String(row[name] ?? '')))),
    '',
  ].join('\n');
}

/** Nearest-rank percentile of sorted numbers. */
export function percentile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}
