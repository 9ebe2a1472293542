/**
 * The package that `npm pack` makes, unpacked in an empty place: it holds what runs, no tests, and needs nothing of this folder.
 * Then as README says to install it: by npm, for a whole machine, with what the registry gives it and nothing else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { must } from '../../../core/must.ts';
import { startEngineProcess } from '../../rig/engine-process.ts';
import { type CallWatch, type Installed, installGlobally, watchCalls } from '../../rig/installed-package.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-packed-'));
let archive: string;
let files: readonly string[];

beforeAll(() => {
  const root = packageRoot();
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  archive = join(folder, must(readdirSync(folder).find((name) => name.endsWith('.tgz'))));
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

const ONE_EVENT = `${JSON.stringify({
  specversion: '1.0',
  id: '1',
  source: '/a',
  type: 'cx.feedback.posted',
  time: '2026-03-02T01:00:00Z',
  data: { channel: 'app', text: '太差了，再也不来' },
})}\n`;
const OF_TESTS = /\.test\.|\.fixture\.|\.map$|(?:^|\/)testing(?:\/|$)/;

describe('the package', () => {
  it('holds no test, no fixture and no source map', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(files, 'what the thread of the hooks starts with').toContain('dist/earshot-hooks.js');
    expect(files.filter((file) => OF_TESTS.test(file))).toEqual([]);
  });

  it('checks its own configuration', () => {
    expect(earshot(['validate', join('package', 'earshot.yaml')])).toMatchObject({ code: 0, err: '' });
  });

  it('processes a file, scored', () => {
    writeFileSync(join(folder, 'in.ndjson'), ONE_EVENT);
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

describe('installed by npm for a whole machine, in a place that is empty', () => {
  const place = join(folder, 'empty');
  let found: Installed | string;
  let watch: CallWatch;

  beforeAll(() => {
    mkdirSync(place);
    watch = watchCalls(folder);
    found = installGlobally(archive, join(folder, 'prefix'), place);
  });
  /** Where no registry answers there is nothing to try, and it is said; a machine of CI has one. */
  const whereInstalled = (name: string, test: (installed: Installed) => Promise<void>): void =>
    it(name, async ({ skip }) => {
      if (typeof found !== 'string') return test(found);
      expect(process.env['CI'], found).toBeUndefined();
      skip(found);
    });
  const run = ({ command }: Installed, args: readonly string[]): { code: number | null; out: string; err: string } => {
    const env = { ...process.env, ...watch.env };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: place, env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };

  it('who calls somebody beyond this machine is seen', () => {
    const own = join(folder, 'own-calls');
    mkdirSync(own);
    const { env, calls } = watchCalls(own);
    const code =
      "for (const host of ['127.0.0.1', 'earshot.invalid']) require('node:net').connect(1, host).on('error', () => {})";
    execFileSync(process.execPath, ['-e', code], { env: { ...process.env, ...env } });
    expect(calls()).toBe('earshot.invalid\n');
  });

  whereInstalled('it holds no tests, and names no package from elsewhere', async ({ root }) => {
    const own = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => !/^node_modules/.test(file));
    expect(own.length).toBeGreaterThan(200);
    expect(own.filter((file) => OF_TESTS.test(file))).toEqual([]);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly [group: string]: Readonly<Record<string, string>>;
    };
    const wanted = Object.values({ ...dependencies, ...optionalDependencies });
    expect(wanted.filter((range) => !/^(?:npm:@?[\w./-]+@)?[\^~]?[\d.]+(?:-[\w.]+)?$/.test(range))).toEqual([]);
  });

  whereInstalled('validate and process work', async (installed) => {
    writeFileSync(join(place, 'own.yaml'), 'include: [pack:customer-experience]\n');
    expect(run(installed, ['validate', 'own.yaml'])).toMatchObject({ code: 0, err: '' });
    writeFileSync(join(place, 'in.ndjson'), ONE_EVENT);
    const args = ['--config', 'own.yaml', '--input', 'in.ndjson', '--only', 'cx.enriched', '--output', '-'];
    const { code, out, err } = run(installed, ['process', ...args]);
    expect(code, err).toBe(0);
    expect(out).toContain('"label":"negative"');
    expect(watch.calls(), 'hosts beyond this machine').toBe('');
  });

  whereInstalled(
    'the demo counts its events and serves its board, and ends with nothing left behind',
    async (installed) => {
      const demo = await startEngineProcess({
        args: ['demo', '--port', '0', '--log', 'json'],
        cwd: place,
        entry: installed.command,
        env: watch.env,
      });
      try {
        expect(demo.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
        await until('events', 120_000, async () => (await readMetrics(demo.url))('earshot_events_in_total') > 0);
        expect(await (await fetch(demo.url)).text()).toContain('<title>');
      } finally {
        demo.kill('SIGTERM');
      }
      expect(await demo.ended).toBe(0);
      await expect(fetch(demo.url)).rejects.toThrow();
      const broker = Number(/"message":"nats-server started".*?"pid":(\d+)/.exec(demo.log())?.[1]);
      expect(() => process.kill(broker, 0)).toThrow('ESRCH');
      expect(readdirSync(place).toSorted(), 'its store, and what the tests before it wrote').toEqual([
        '.earshot',
        'in.ndjson',
        'own.yaml',
      ]);
      expect(watch.calls(), 'hosts beyond this machine').toBe('');
    },
  );
});
