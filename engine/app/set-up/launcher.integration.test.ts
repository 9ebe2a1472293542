/** What `npx earshot` runs, in a clone that is not set up, and in one that is built. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';

const launcher = 'engine/app/set-up/earshot.mjs';
const clone = mkdtempSync(join(tmpdir(), 'earshot-clone-'));
cpSync(join(packageRoot(), launcher), join(clone, launcher));
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const run = (...args: string[]) => spawnSync(process.execPath, [join(clone, launcher), ...args], { encoding: 'utf8' });

it('says what comes first where nothing is installed, and exits with 2', () => {
  const { status, stdout, stderr } = run('--version');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('`npm start` sets it up');
});

it('builds once where the tools are there and nothing is built, with what the build says on stderr', () => {
  mkdirSync(join(clone, 'node_modules/typescript'), { recursive: true });
  writeFileSync(join(clone, 'node_modules/typescript/package.json'), '{}');
  writeFileSync(join(clone, 'package.json'), '{"type": "module", "scripts": {"build": "node build.mjs"}}');
  writeFileSync(join(clone, 'build.mjs'), 'console.log("it failed"); process.exit(1);');
  const failed = run('--version');
  expect([failed.status, failed.stdout]).toEqual([2, '']);
  expect(failed.stderr).toMatch(/building once …\nit failed\n[^]*the build failed: see above/);

  writeFileSync(
    join(clone, 'build.mjs'),
    `import { mkdirSync, writeFileSync } from 'node:fs';
     console.log('built');
     mkdirSync('dist', { recursive: true });
     writeFileSync('dist/earshot.js', 'process.stdout.write(process.argv.slice(2).join(" "));');`,
  );
  const first = run('status', '--json');
  expect([first.status, first.stdout, first.stderr]).toEqual([0, 'status --json', 'earshot: building once …\nbuilt\n']);
  const second = run('status', '--json');
  expect([second.status, second.stdout, second.stderr]).toEqual([0, 'status --json', '']);
  rmSync(join(clone, 'dist'), { recursive: true });
});

it('is the built command line where there is one, with the same arguments', () => {
  mkdirSync(join(clone, 'dist'));
  writeFileSync(join(clone, 'package.json'), '{"type": "module"}');
  writeFileSync(join(clone, 'dist', 'earshot.js'), 'process.stdout.write(process.argv.slice(2).join(" "));');
  expect(run('status', '--json').stdout).toBe('status --json');
});

it('is what package.json names, and is packed', () => {
  const { bin, files } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    bin: object;
    files: string[];
  };
  expect(bin).toEqual({ earshot: launcher });
  expect(files).toContain(launcher);
});
