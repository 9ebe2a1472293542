/** The package that `npm pack` makes, unpacked in an empty place: it holds what runs, no tests, and needs nothing of this folder. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { must } from '../../../core/must.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-packed-'));
let files: readonly string[];

beforeAll(() => {
  const root = packageRoot();
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  const archive = must(readdirSync(folder).find((name) => name.endsWith('.tgz')));
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  // What an installation fetches.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function earshot(args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const cli = join(folder, 'package', 'dist', 'earshot.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('the package', () => {
  it('holds no test, no fixture and no source map', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(files, 'what the thread of the hooks starts with').toContain('dist/earshot-hooks.js');
    expect(files.filter((file) => /\.test\.|\.fixture\.|\.map$|(?:^|\/)testing(?:\/|$)/.test(file))).toEqual([]);
  });

  it('checks its own configuration', () => {
    expect(earshot(['validate', join('package', 'earshot.yaml')])).toMatchObject({ code: 0, err: '' });
  });

  it('processes a file, scored', () => {
    const data = { channel: 'app', text: '太差了，再也不来' };
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/a',
      type: 'cx.feedback.posted',
      time: '2026-03-02T01:00:00Z',
    };
    writeFileSync(join(folder, 'in.ndjson'), `${JSON.stringify({ ...event, data })}\n`);
    const { code, out } = earshot(['process', '--input', 'in.ndjson', '--only', 'cx.enriched', '--output', '-']);
    expect(code).toBe(0);
    expect(out).toContain('"label":"negative"');
  });

  it('hands out the typed client', () => {
    const code = "import { connect } from 'earshot/client'; console.log(typeof connect);";
    const at = { cwd: join(folder, 'package'), encoding: 'utf8' } as const;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], at).trim()).toBe('function');
    const { exports } = JSON.parse(readFileSync(join(folder, 'package', 'package.json'), 'utf8')) as {
      exports: { './client': { types: string } };
    };
    expect(files).toContain(join(exports['./client'].types));
  });

  it('serves a board', () => {
    expect(files).toContain(join('dist', 'dashboards', 'index.html'));
  });
});
