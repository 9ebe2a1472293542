/** The commands as a user types them: real processes, their exit codes and what they write where. Needs `npm run build`. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { workload } from '../demo/generator.ts';
import { loadTexts } from '../demo/texts.ts';
import { spawnCli, startEngineProcess } from '../../testing/rig/engine-process.ts';
import { readMetrics, until } from '../../testing/rig/read-metrics.ts';

const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), 'earshot-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
function earshot(args: readonly string[], stdin = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'earshot.js'), ...args], { cwd: folder });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(stdin);
  });
}
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const START = Date.UTC(2026, 2, 2, 1);
const EVENTS = 2_400;
const events = join(folder, 'events.ndjson');
const make = workload(
  {
    seed: 5,
    start: START,
    perSecond: EVENTS / 60,
    disorderMs: 900,
    incidents: [{ from: START + 10_000, to: START + 60_000, region: 'east', channel: 'app' }],
  },
  loadTexts(root),
);
writeFileSync(
  events,
  Array.from({ length: EVENTS }, (_, i) => `${JSON.stringify(make(i).event)}\n`).join('') + 'not an event\n',
);

describe('help and usage', () => {
  it.each([
    [['--help']],
    [['run', '--help']],
    [['demo', '--help']],
    [['process', '--help']],
    [['replay', '--help']],
    [['score', '--help']],
    [['validate', '--help']],
    [['status', '--help']],
  ])('%j explains itself and exits 0', async (args) => {
    const { code, out } = await earshot(args);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: earshot/);
  });

  it.each([
    [['sing']],
    [['process']],
    [['replay', 'x.ndjson', '--rate', 'many']],
    [['run', '--config', 'none.yaml']],
    [['replay', 'x', '--rate', '5', '--speed', '2x']],
    [['replay', 'none.ndjson', '--nats', 'nats://127.0.0.1:1']],
    [['replay', events, '--nats', 'not a url']],
    [['status', '--url', 'not a url']],
    [['status', '--url', 'ftp://127.0.0.1']],
    [['run', '--port', '65536']],
    [['run', '--log', 'loud']],
    [['run', '--reset', 'kpi=No']],
    [['demo', '--rate', '0']],
    [['score', '--model', 'none']],
    [['validate', 'none.yaml']],
    [['nats-config', 'none.yaml']],
    [['process', '--config', join(root, 'earshot.yaml'), '--input', 'none.ndjson']],
    [['process', '--config', join(root, 'earshot.yaml'), '--input', events, '--output', join('none', 'out.ndjson')]],
  ])('%j exits 2 and says why', async (args) => {
    const { code, out, err } = await earshot(args);
    expect([code, out]).toEqual([2, '']);
    expect(err.length).toBeGreaterThan(10);
  });
});

describe('the last words of a command that fails', () => {
  it('are a line of the log where there is one', async () => {
    for (const args of [
      ['run', '--config', 'none.yaml'],
      ['process', '--config', 'none.yaml', '--input', '-'],
      ['replay', 'none.ndjson'],
      ['score', '--model', 'none'],
    ]) {
      const { code, err } = await earshot(args);
      expect(code).toBe(2);
      expect(linesOf(err).at(-1), args[0]).toMatchObject({ level: 'error', message: 'ended', exit: 2 });
      expect(linesOf(err).at(-1)?.['help']).toBeTypeOf('string');
    }
  });

  it.each([
    [['run', '--config', 'none.yaml', '--log', 'pretty']],
    [['demo', '--config', 'none.yaml']],
    [['validate', 'none.yaml']],
    [['nats-config', 'none.yaml']],
  ])('%j is said in words for a person', async (args) => {
    const { code, err } = await earshot(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^earshot: cannot read none\.yaml: [^\n]*\n {2}CONFIG_NOT_FOUND: /);
  });

  it('are those of one that failed while running too', async () => {
    const { code, err } = await earshot(['status', '--url', 'http://127.0.0.1:1']);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^earshot: no engine answers at .*\n {2}GATEWAY_UNREACHABLE/),
    ]);
  });
});

describe('what editors and shells ask for', () => {
  it('the version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await earshot(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('the schema of the configuration, by which the one that comes with Earshot is right', async () => {
    const { code, out } = await earshot(['schema']);
    expect(code).toBe(0);
    const isRight = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(out) as object);
    expect(isRight(parse(readFileSync(join(root, 'earshot.yaml'), 'utf8')))).toBe(true);
    expect(isRight({ kpis: 7 })).toBe(false);
    // Only what is included may be given in part.
    const inPart = { kpis: [{ id: 'csat', target: 90 }] };
    expect([isRight(inPart), isRight({ ...inPart, include: ['pack:customer-experience'] })]).toEqual([false, true]);
  });

  it('completions, which bash takes', async () => {
    const { code, out } = await earshot(['completion', 'bash']);
    expect(code).toBe(0);
    const ask = (words: string): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _earshot; echo "\${COMPREPLY[*]}"`,
        ],
        {
          encoding: 'utf8',
        },
      ).trim();
    expect(ask('earshot val')).toBe('validate');
    expect(ask('earshot validate --te')).toBe('--text-only');
    expect(ask('earshot hooks te')).toContain('test');
    for (const shell of ['zsh', 'fish']) expect((await earshot(['completion', shell])).out).toContain('validate');
  });
});

describe('validate', () => {
  it('looks whether the files that are named are there and fit, or leaves that out', async () => {
    const file = join(folder, 'files.yaml');
    writeFileSync(join(folder, 'no-keys.json'), '{}');
    writeFileSync(join(folder, 'no.pem'), 'no certificate');
    writeFileSync(
      file,
      `nats:
  servers: ["nats://nats.example:4222"]
  credentials: none.creds
  tls: {ca: none.pem}
http:
  host: 0.0.0.0
  auth: {jwks: no-keys.json}
  tls: {cert: no.pem, key: no.pem}
scoring:
  sentiment: ./no-model
`,
    );
    const { code, out, err } = await earshot(['validate', file]);
    expect([code, err]).toEqual([2, `${file}: 5 faults\n`]);
    const found = out
      .replaceAll(`${file}:`, '')
      .split('\n')
      .map((line) => line.replace(/^(\d+):\d+: error:/, '$1'));
    expect(found).toEqual([
      expect.stringMatching(/^3 nats\.credentials: cannot read none\.creds: ENOENT/),
      expect.stringMatching(/^4 nats\.tls: cannot read none\.pem: ENOENT/),
      expect.stringMatching(/^7 http\.auth\.jwks: .*no-keys\.json holds no JWKS: /),
      expect.stringMatching(/^8 http\.tls: .*http\.tls\.cert: .*no\.pem holds no certificate as PEM/),
      expect.stringMatching(/^9 scoring: a model file is missing: there is no folder .*no-model$/),
      '',
    ]);
    expect(await earshot(['validate', file, '--text-only'])).toMatchObject({ code: 0, err: '' });
  });

  it('accepts the configuration that comes with Earshot', async () => {
    expect(await earshot(['validate', join(root, 'earshot.yaml')])).toMatchObject({ code: 0, err: '' });
  });

  it('names every fault with its line', async () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      'kpis:\n  - id: csat\n    title: {zh-CN: 满意度, en: CSAT}\n    from: cx.survey.answered\n    measure: {kind: csat, value: "data.score >"}\n    window: {kind: sliding, size: 5s, slide: 15m}\nrules:\n  - {id: low, kpi: cast, fire: value < 80, severity: critical}\n',
    );
    const { code, out, err } = await earshot(['validate', file]);
    expect([code, err]).toEqual([2, `${file}: 3 faults\n`]);
    expect(out).toMatch(/bad\.yaml:5:\d+: error: kpis\[0\]\.measure\.value/);
    expect(out).toMatch(/bad\.yaml:6:\d+: error: kpis\[0\]\.window/);
    expect(out).toMatch(/bad\.yaml:8:\d+: error: rules\[0\]\.kpi/);
  });

  it('takes several files, and stdin as -', async () => {
    const good = join(root, 'earshot.yaml');
    const { code, out } = await earshot(['validate', good, '-'], 'kpis: [{id: Bad Id}]\n');
    expect(code).toBe(2);
    expect(out).toMatch(/earshot\.yaml: good, /);
    expect(out).toMatch(/^<stdin>:1:\d+: error: kpis\[0\]\.id: /m);
  });
});

describe('process', () => {
  it('reports drift: a rule fires on the stability index once the distribution has moved', async () => {
    const config = join(folder, 'drift.yaml');
    writeFileSync(
      config,
      `scoring: {sentiment: null}
kpis:
  - id: drift
    from: cx.survey.answered
    measure: {kind: psi, value: data.score, min: 0, max: 10, reference: [1, 1, 2, 4, 2]}
    window: {kind: tumbling, size: 1m}
    by: [[], [channel]]
rules:
  - {id: drifted, kpi: drift, by: [], fire: value > 0.2, min_n: 50}
`,
    );
    // Three minutes as the reference says, two in which high scores are gone.
    const usual = [1, 3, 5, 5, 7, 7, 7, 7, 9, 9];
    const lines = Array.from({ length: 500 }, (_, i) =>
      JSON.stringify({
        specversion: '1.0',
        id: String(i),
        source: '/s',
        type: 'cx.survey.answered',
        time: new Date(Date.UTC(2026, 2, 2) + i * 600).toISOString(),
        data: { channel: 'app', survey: 's', metric: 'nps', score: i < 300 ? usual[i % 10] : i % 4 },
      }),
    );
    const { code, out } = await earshot(['process', '--config', config, '--input', '-'], `${lines.join('\n')}\n`);
    expect(code).toBe(0);
    const finals = linesOf(out).filter((line) => line['subject'] === 'cx.kpi.drift') as unknown as {
      data: { key: Record<string, string>; value: number };
    }[];
    const total = finals.filter(({ data }) => Object.keys(data.key).length === 0).map(({ data }) => data.value);
    expect(total.slice(0, 3)).toEqual([0, 0, 0].map(() => expect.closeTo(0, 9) as number));
    expect(total.slice(3).every((value) => value > 1)).toBe(true);
    const alerts = linesOf(out).filter((line) => String(line['subject']).startsWith('cx.alerts.'));
    expect(alerts.map((line) => (line['data'] as { state: string; at: string }).state).slice(0, 1)).toEqual(['firing']);
    expect(alerts[0]).toMatchObject({ time: '2026-03-02T00:04:00.000Z' });
  });

  it('gives the same bytes for the same input, by file and by pipe', async () => {
    const first = join(folder, 'first.ndjson');
    const ran = await earshot([
      'process',
      '--config',
      join(root, 'earshot.yaml'),
      '--input',
      events,
      '--output',
      first,
    ]);
    expect(ran).toMatchObject({ code: 0, out: '' });
    const piped = await earshot(
      ['process', '--config', join(root, 'earshot.yaml'), '--input', '-'],
      readFileSync(events, 'utf8'),
    );
    expect(piped.code).toBe(0);
    expect(piped.out === readFileSync(first, 'utf8')).toBe(true);

    const messages = linesOf(piped.out);
    const of = (prefix: string): Record<string, unknown>[] =>
      messages.filter(({ subject }) => String(subject).startsWith(prefix));
    expect(of('cx.enriched.')).toHaveLength(EVENTS);
    expect(of('cx.dlq.')).toMatchObject([{ subject: 'cx.dlq.malformed', data: { seq: EVENTS + 1 } }]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    expect(of('cx.alerts.critical.voices_turning').map(({ data }) => (data as { state: string }).state)).toContain(
      'firing',
    );
    expect(Object.keys(messages[0] ?? {})).toEqual(['subject', 'id', 'type', 'time', 'data']);
  });

  it('back-tests rules: --only keeps what is asked for', async () => {
    const { code, out } = await earshot([
      'process',
      '--config',
      join(root, 'earshot.yaml'),
      '--input',
      events,
      '--only',
      'cx.alerts',
    ]);
    expect(code).toBe(0);
    expect(linesOf(out).length).toBeGreaterThan(1);
    expect(linesOf(out).every(({ subject }) => String(subject).startsWith('cx.alerts.'))).toBe(true);
  });
});

describe('run', () => {
  it.each([
    ['nats: {servers: ["nats://127.0.0.1:1"], tls: {ca: none.pem}}', 'CONFIG_NOT_FOUND'],
    ['nats: {servers: ["nats://127.0.0.1:1"], tls: {ca: no.pem}}', 'CONFIG_INVALID'],
    ['nats: {servers: ["nats://127.0.0.1:1"], credentials: no.pem}', 'CONFIG_INVALID'],
    ['http: {port: 0, tls: {cert: no.pem, key: no.pem}}', 'CONFIG_INVALID'],
    ['http: {host: 0.0.0.0}', 'CONFIG_INVALID'],
  ])('ends before anything listens where keys cannot be used: %s', async (text, code) => {
    const file = join(folder, 'keys.yaml');
    writeFileSync(join(folder, 'no.pem'), 'no certificate');
    writeFileSync(file, `${text}\nscoring: {sentiment: null}\n`);
    const ran = await earshot(['run', '--config', file]);
    expect(ran.code).toBe(2);
    expect(linesOf(ran.err).map(({ message, code }) => [message, code])).toEqual([['ended', code]]);
  });
});

describe('stopped while it waits for NATS', () => {
  it('ends well', async () => {
    const file = join(folder, 'nowhere.yaml');
    writeFileSync(file, 'nats: {servers: ["nats://127.0.0.1:1"]}\nhttp: {port: 0}\nscoring: {sentiment: null}\n');
    const child = spawn(process.execPath, [join(root, 'dist', 'earshot.js'), 'run', '--config', file], {
      cwd: folder,
    });
    let err = '';
    let isStopped = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      // A second one would end it by force.
      if (!isStopped && err.includes('BROKER_UNAVAILABLE')) isStopped = child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(linesOf(err).at(-1)).toMatchObject({ message: 'stopped' });
  });
});

describe('started by npm', () => {
  it('stops when npm gets a signal: the shell between keeps the signal to itself', async () => {
    const file = join(folder, 'npm.yaml');
    writeFileSync(file, 'nats: {servers: ["nats://127.0.0.1:1"]}\nhttp: {port: 0}\nscoring: {sentiment: null}\n');
    const name = 'earshot-under-npm';
    const start = `node ${join(root, 'dist', 'earshot.js')} run --config npm.yaml && echo over`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', scripts: { start } }));
    const npm = spawn('npm', ['start', '--silent'], { cwd: folder });
    let err = '';
    let isStopped = false;
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      if (!isStopped && err.includes('BROKER_UNAVAILABLE')) isStopped = npm.kill('SIGTERM');
    });
    // Ends when the last of them has closed it.
    await new Promise((resolve) => npm.stderr.once('close', resolve));
    expect(linesOf(err).at(-1)).toMatchObject({ message: 'stopped' });
  });
});

describe('score', () => {
  it('answers each line at once, not at the end of the input', async () => {
    const child = spawn(process.execPath, [join(root, 'dist', 'earshot.js'), 'score'], { cwd: folder });
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.write('太慢了\n');
    const first = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    expect(linesOf(first)).toMatchObject([{ text: '太慢了', sentiment: { label: 'negative' } }]);
    child.stdin.end();
    expect(await ended).toBe(0);
  });

  it('gives one line a text, in order', async () => {
    const { code, out } = await earshot(
      ['score'],
      '等了两个小时还没送到，太慢了，再也不来了\n味道很好，服务也热情\nthis is the worst service ever\n',
    );
    expect(code).toBe(0);
    const [slow, tasty, worst] = linesOf(out);
    expect(slow).toMatchObject({ text: '等了两个小时还没送到，太慢了，再也不来了', sentiment: { label: 'negative' } });
    expect(tasty).toMatchObject({ sentiment: { label: 'positive' } });
    expect(worst).toMatchObject({ sentiment: { label: 'negative' } });
    expect(Object.keys(slow ?? {}).sort()).toEqual(['issues', 'ms', 'sentiment', 'text']);
  });

  it('says what a model folder lacks', async () => {
    const { code, err } = await earshot(['score', '--model', folder]);
    expect(code).toBe(2);
    expect(err).toContain('MODEL_FILE_MISSING');
    expect(err).toContain('expected model.yaml in');
  });

  it('scores with a model of your own', async () => {
    const model = join(packageRoot(), 'models', 'examples', 'sentiment');
    const { code, out } = await earshot(['score', '--model', model], '服务很差，太慢了\nthe food was excellent\n');
    expect(code).toBe(0);
    expect(linesOf(out).map((line) => (line['sentiment'] as { label: string }).label)).toEqual([
      'negative',
      'positive',
    ]);
  });
});

describe('run, replay and status', () => {
  it('replay publishes into a running engine, status says how it does', async () => {
    const file = join(folder, 'live.yaml');
    writeFileSync(
      file,
      `nats: {embedded: {store: "${join(folder, 'store')}"}}\nhttp: {port: 0}\nkpis:\n  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: tumbling, size: 10s}}\n`,
    );
    const engine = await startEngineProcess({ args: ['run', '--config', file], cwd: folder });
    try {
      const nats = /"nats":"([^"]+)"/.exec(engine.log())?.[1] ?? '';
      expect((await earshot(['replay', events, '--rate', '20000', '--nats', nats])).code).toBe(0);
      await until(
        'all of the file',
        60_000,
        async () => (await readMetrics(engine.url))('earshot_events_in_total') === EVENTS + 1,
      );
      const { code, out } = await earshot(['status', '--url', engine.url]);
      expect(code).toBe(0);
      expect(out).toContain('✓ ready');
      expect(out).toMatch(/events {3}2,401 in = 2,400 processed \+ 0 duplicate \+ 0 late \+ 1 rejected/);
      const asJson = JSON.parse((await earshot(['status', '--url', engine.url, '--json'])).out) as {
        events: { in: number };
      };
      expect(asJson.events.in).toBe(EVENTS + 1);

      // Rows of a table go to the broker of the configuration, here the engine's own.
      const examples = join(packageRoot(), 'docs', 'how-to', 'examples');
      const rows = [join(examples, 'tickets.csv'), '--map', join(examples, 'tickets.yaml'), '--config', file];
      const { code: imported, err } = await earshot(['import', ...rows]);
      expect([imported, /"events":(\d+)/.exec(err)?.[1]]).toEqual([0, '75']);
      // `--watch` goes on by itself until it is ended.
      const watching = spawnCli(['status', '--url', engine.url, '--json', '--watch'], { cwd: folder });
      let watched = '';
      watching.stdout?.setEncoding('utf8').on('data', (text: string) => (watched += text));
      const seen = (): readonly { events: { in: number } }[] =>
        watched
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as { events: { in: number } });
      await until('it was looked at more than once, and the rows are there once', 60_000, () =>
        Promise.resolve(seen().length > 1 && seen().at(-1)?.events.in === EVENTS + 1 + 75),
      );
      const ended = new Promise((resolve) => watching.once('exit', resolve));
      watching.kill('SIGINT');
      expect(await ended).toBe(0);
    } finally {
      engine.kill('SIGINT');
      expect(await engine.ended).toBe(0);
    }
    expect(await earshot(['status', '--url', engine.url])).toMatchObject({ code: 1, out: '' });
  }, 180_000);
});
