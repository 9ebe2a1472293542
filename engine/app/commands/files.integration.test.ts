/** What the commands make of files, pipes and disks that are not as they should be, as a user types them. Needs `npm run build`. */
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { startNatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';

const cli = join(packageRoot(), 'dist', 'earshot.js');
const folder = mkdtempSync(join(tmpdir(), 'earshot-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);
const write = (name: string, content: string | Buffer): string => {
  writeFileSync(path(name), content);
  return path(name);
};

interface Ran {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}
/** `stdout`: a file descriptor to write to instead of a pipe. */
function earshot(args: readonly string[], stdin: string | null = '', stdout?: number): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ['pipe', stdout ?? 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, out, err }));
    if (stdin !== null) child.stdin?.end(stdin);
  });
}
/** In a shell, with its pipes. Arguments must need no quotes. */
function inShell(line: string): Promise<Ran> {
  return new Promise((resolve) => {
    const text = `earshot() { ${process.execPath} ${cli} "$@"; }; ${line}`;
    // Without a key `process` says so on stderr.
    const env = { ...process.env, EARSHOT_MASK_KEY: 'a key of the tests' };
    const child = spawn('bash', ['-c', text], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, out, err }));
  });
}
const lastOf = (err: string): Record<string, unknown> =>
  JSON.parse(err.trimEnd().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
const messagesOf = (out: string): { subject: string; time: string; data: Record<string, unknown> }[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { subject: string; time: string; data: Record<string, unknown> });

const START = Date.UTC(2026, 2, 2, 1);
function eventAt(minute: number, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `e${minute}`,
    source: '/nps',
    type: 'cx.survey.answered',
    time: new Date(START + minute * 60_000).toISOString(),
    data: { channel: 'web', survey: 'nps', metric: 'nps', score: 9 },
    ...more,
  });
}
const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const config = write(
  'c.yaml',
  'scoring: {sentiment: null}\nkpis:\n  - {id: answers, from: cx.survey.answered, measure: {kind: count}, window: {kind: tumbling, size: 1m}}\n',
);
const minutes = Array.from({ length: 30 }, (_, i) => i);
const good = lines(minutes.map((minute) => eventAt(minute)));
write('good.ndjson', good);
const processed = (input: string, ...more: readonly string[]): Promise<Ran> =>
  earshot(['process', '--config', config, '--input', input, ...more]);

describe('the output of process', () => {
  it.each([
    ['by the same name', 'x.ndjson', 'x.ndjson'],
    ['by a relative spelling', path('x.ndjson'), './sub/../x.ndjson'],
    ['by a symbolic link', 'x.ndjson', 'link.ndjson'],
    ['read by a symbolic link', 'link.ndjson', 'x.ndjson'],
    ['by a hard link', 'x.ndjson', 'hard.ndjson'],
    ['as the configuration', 'x.ndjson', 'c.yaml'],
  ])('is refused where it is a file that is read, %s, and leaves that as it is', async (_, input, output) => {
    mkdirSync(path('sub'), { recursive: true });
    write('x.ndjson', good);
    for (const name of ['link.ndjson', 'hard.ndjson']) rmSync(path(name), { force: true });
    symlinkSync('x.ndjson', path('link.ndjson'));
    linkSync(path('x.ndjson'), path('hard.ndjson'));
    const before = readFileSync(config, 'utf8');
    const { code, err } = await processed(input, '--output', output);
    expect([code, lastOf(err)['code']]).toEqual([2, 'FILE_UNUSABLE']);
    expect(lastOf(err)['error']).toMatch(/the same file/);
    expect(readFileSync(path('x.ndjson'), 'utf8')).toBe(good);
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  it('is refused where stdin or stdout is that file', async () => {
    write('x.ndjson', good);
    const redirected = await inShell('earshot process --config c.yaml --input - --output x.ndjson < x.ndjson');
    expect([redirected.code, lastOf(redirected.err)['error']]).toEqual([2, expect.stringContaining('as stdin')]);
    const appended = await inShell('earshot process --config c.yaml --input x.ndjson >> x.ndjson');
    expect([appended.code, lastOf(appended.err)['code']]).toEqual([2, 'FILE_UNUSABLE']);
    expect(readFileSync(path('x.ndjson'), 'utf8')).toBe(good);
  });

  it.each([
    ['a start fails', ['--input', 'good.ndjson'], 'scoring: {sentiment: none}\n'],
    ['a run fails', ['--input', 'bad.gz'], null],
  ])('stays as it was, and nothing lies beside it, when %s', async (_, input, text) => {
    write('kept.ndjson', 'what was there\n');
    write('bad.gz', gzipSync(good));
    const file = text === null ? config : write('failing.yaml', text);
    const { code } = await earshot(['process', '--config', file, ...input, '--output', 'kept.ndjson']);
    expect(code).toBeGreaterThan(0);
    expect(readFileSync(path('kept.ndjson'), 'utf8')).toBe('what was there\n');
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('takes the place of what was there, through a link, with its permissions', async () => {
    write('old.ndjson', 'old\n');
    execFileSync('chmod', ['640', path('old.ndjson')]);
    symlinkSync('old.ndjson', path('to-old.ndjson'));
    expect((await processed('good.ndjson', '--output', 'to-old.ndjson')).code).toBe(0);
    expect(messagesOf(readFileSync(path('old.ndjson'), 'utf8'))).toHaveLength(60);
    expect(statSync(path('old.ndjson')).mode & 0o777).toBe(0o640);
    expect((await processed('good.ndjson')).out).toBe(readFileSync(path('old.ndjson'), 'utf8'));
  });

  it('may be a pipe, stdout by name, or nothing', async () => {
    execFileSync('mkfifo', [path('fifo')]);
    const { out: piped } = await inShell(
      'earshot process --config c.yaml --input good.ndjson --output fifo & cat fifo; wait',
    );
    expect(messagesOf(piped)).toHaveLength(60);
    const named = await inShell('earshot process --config c.yaml --input good.ndjson --output /dev/stdout > named.txt');
    expect([named.code, readFileSync(path('named.txt'), 'utf8')]).toEqual([0, piped]);
    expect(await processed('good.ndjson', '--output', '/dev/null')).toMatchObject({ code: 0, out: '' });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.each([
    ['a folder', '.', /it is a folder/],
    ['in a folder that is missing', join('none', 'out.ndjson'), /there is no folder none/],
  ])('is refused where it is %s', async (_, output, why) => {
    const { code, err } = await processed('good.ndjson', '--output', output);
    expect([code, lastOf(err)['error']]).toEqual([2, expect.stringMatching(why)]);
  });

  it.each([[['process', '--config', config, '--input', 'good.ndjson']], [['score']], [['validate', config]]])(
    'on a full disk ends %j with what is wrong',
    async (args) => {
      const full = openSync('/dev/full', 'w');
      const { code, err } = await earshot(args, 'hello\n', full);
      closeSync(full);
      expect(code).toBe(1);
      expect(err).toMatch(/FILE_UNUSABLE/);
      expect(err).toMatch(/no space left/);
      expect(err).not.toMatch(/\n\s+at /);
    },
  );

  it('on a full disk as a file ends with what is wrong', async () => {
    const { code, err } = await processed('good.ndjson', '--output', '/dev/full');
    expect([code, lastOf(err)['code'], lastOf(err)['error']]).toEqual([
      1,
      'FILE_UNUSABLE',
      expect.stringContaining('no space left'),
    ]);
  });

  it.each([
    ['process', 'cat /dev/null', 'earshot process --config c.yaml --input long.ndjson'],
    ['process from a pipe that stays open', 'cat long.ndjson', 'earshot process --config c.yaml --input -'],
    ['score', 'yes 太慢了 | head -5000', 'earshot score'],
  ])('may be left unread: %s | head -1 ends quietly, before its input does', async (_, source, command) => {
    if (!existsSync(path('long.ndjson')))
      write('long.ndjson', lines(Array.from({ length: 20_000 }, (_, i) => eventAt(i))));
    // The input stays open until the command has ended.
    rmSync(path('gate'), { force: true });
    execFileSync('mkfifo', [path('gate')]);
    const { code, out, err } = await inShell(
      `(${source}; cat gate) | (${command}; code=$?; exec < /dev/null; echo > gate; exit $code) | head -1; exit \${PIPESTATUS[1]}`,
    );
    expect([code, out.split('\n').length]).toEqual([0, 2]);
    expect(err).toBe('');
  });
});

/** As GBK has it. */
const gbk = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xcc, 0xab, 0xc2, 0xfd]), Buffer.from('"}\n')]);

describe('a file of which nothing can be read', () => {
  it.each([
    ['gzip', gzipSync(good), /gzip.*gunzip/],
    ['CSV', 'id,time,score\n1,2026-03-02,5\n2,2026-03-02,4\n', /CSV/],
    ['pretty-printed JSON', JSON.stringify(JSON.parse(eventAt(1)), null, 2), /several lines.*jq/],
    ['a JSON list', `[\n${eventAt(1)},\n${eventAt(2)}\n]\n`, /JSON list.*jq/],
    ['GBK', gbk, /GBK.*iconv/],
    ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), /UTF-16.*iconv/],
    ['nothing', '', /empty/],
    [
      'other JSON',
      '{"a":1}\n{"b":2}\n',
      /2 of its 2 events cannot be read: malformed 2 \(line 1: specversion is missing/,
    ],
  ])('is named, with how to give it, and exits 1: %s', async (_, content, why) => {
    write('odd', content);
    const { code, err } = await processed('odd');
    expect([code, lastOf(err)['code'], lastOf(err)['error']]).toEqual([1, 'FILE_UNUSABLE', expect.stringMatching(why)]);
  });

  it('is named on stdin and by replay as well', async () => {
    const { code, err } = await earshot(['process', '--config', config, '--input', '-'], 'a,b\n1,2\n');
    expect([code, lastOf(err)['error']]).toEqual([1, expect.stringMatching(/stdin: it is a table/)]);
  });

  it('is summed up where only most of it fails, and what could be read is there', async () => {
    write('mixed', lines([eventAt(1), ...minutes.map((i) => eventAt(i, { id: i })), 'x']));
    const { code, out, err } = await processed('mixed');
    expect(code).toBe(1);
    expect(lastOf(err)['error']).toMatch(/31 of its 32 events cannot be read: malformed 31 \(line 2: id must be/);
    expect(messagesOf(out).filter(({ subject }) => subject === 'cx.kpi.answers')).toHaveLength(1);
    expect(messagesOf(out).filter(({ subject }) => subject === 'cx.dlq.malformed')).toHaveLength(31);
  });
});

describe('the times of a file', () => {
  it('must be said by its events: one without goes to the DLQ with a sentence, not to 1970', async () => {
    write('timeless', lines([eventAt(1), eventAt(2), eventAt(3, { time: undefined }), eventAt(4, { time: '' })]));
    const { code, out } = await processed('timeless');
    expect(code).toBe(0);
    const rejected = messagesOf(out).filter(({ subject }) => subject === 'cx.dlq.malformed');
    expect(rejected.map(({ data }) => [data['seq'], data['at'], data['error']])).toEqual([
      [3, '/time', expect.stringMatching(/^time is missing: in a file/)],
      [4, '/time', expect.stringMatching(/^time is missing: in a file/)],
    ]);
    expect(messagesOf(out).filter(({ subject }) => subject === 'cx.kpi.answers')).toHaveLength(2);
  });

  it('are those of its refused lines, and of when its events were received, too: nothing is of 1970', async () => {
    const bad = eventAt(3, { time: undefined });
    write(
      'refused-lines',
      lines([bad, eventAt(1), eventAt(2, { recordedtime: '2026-03-02T01:02:30Z' }), bad, eventAt(4)]),
    );
    const { code, out } = await processed('refused-lines');
    expect(code).toBe(0);
    expect(out).not.toContain('1970');
    const refused = messagesOf(out).filter(({ subject }) => subject === 'cx.dlq.malformed');
    expect(refused.map(({ time, data }) => [time, 'stored' in data])).toEqual([
      ['2026-03-02T01:01:00.000Z', false],
      ['2026-03-02T01:02:00.000Z', false],
    ]);
  });

  it('that come newest first are noticed, and --sort gives the bytes of a file in order but for its line numbers', async () => {
    write('newest', lines([...minutes].reverse().map((minute) => eventAt(minute))));
    const { code, err } = await processed('newest', '--output', 'none-of-it');
    expect([code, lastOf(err)['error']]).toEqual([1, expect.stringMatching(/newest first.*--sort/)]);
    expect(existsSync(path('none-of-it'))).toBe(false);
    const sorted = await processed('newest', '--sort', '--only', 'cx.kpi');
    const straight = await processed('good.ndjson', '--only', 'cx.kpi');
    expect(sorted.code).toBe(0);
    const withoutLine = ({ out }: Ran): unknown => messagesOf(out).map((message) => ({ ...message, id: null }));
    expect(withoutLine(sorted)).toEqual(withoutLine(straight));
  });

  it('in no order at all are named once most of them came late', async () => {
    const shuffled = [...minutes.slice(20), ...minutes.slice(0, 20).map((minute) => (minute * 7) % 20)];
    write('shuffled', lines(shuffled.map((minute) => eventAt(minute))));
    const { code, err } = await processed('shuffled');
    expect([code, lastOf(err)['error']]).toEqual([1, expect.stringMatching(/came late.*--sort/)]);
    expect((await processed('shuffled', '--sort')).code).toBe(0);
  });
});

describe('replay', () => {
  it('gives up on a server that is not there, in a bounded time', async () => {
    const started = performance.now();
    const { code, err } = await earshot(['replay', 'good.ndjson', '--nats', 'nats://127.0.0.1:1', '--wait', '1s']);
    expect([code, lastOf(err)['code']]).toEqual([1, 'BROKER_UNAVAILABLE']);
    expect(lastOf(err)['error']).toMatch(/gave up after 1s/);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('counts what is stored and what the broker refuses, goes on after it, and gives up where nothing is taken', async () => {
    const server = await startNatsServer({
      store: path('store'),
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    try {
      const large = write('large.yaml', 'limits: {max_event: 16MiB}\n');
      const huge = eventAt(2, { data: { channel: 'web', survey: 'x'.repeat(9_000_000), metric: 'nps', score: 9 } });
      write('refused.ndjson', lines([eventAt(1), huge, eventAt(3)]));
      const replay = (...args: readonly string[]): Promise<Ran> =>
        earshot(['replay', '--config', large, '--nats', server.url, '--rate', '1000', ...args], good);
      // No stream takes it yet.
      const nowhere = await replay('good.ndjson', '--wait', '2s');
      expect([nowhere.code, lastOf(nowhere.err)['code']]).toEqual([1, 'PUBLISH_FAILED']);
      expect(lastOf(nowhere.err)['error']).toMatch(/0 events were published, 0 refused, 30 not acknowledged/);

      const { connect } = await import('@nats-io/transport-node');
      const { jetstreamManager } = await import('@nats-io/jetstream');
      const nc = await connect({ servers: server.url });
      const jsm = await jetstreamManager(nc);
      await jsm.streams.add({ name: 'EVENTS', subjects: ['cx.events.>'] });
      const refused = await replay('refused.ndjson');
      expect([refused.code, lastOf(refused.err)['code']]).toEqual([1, 'PUBLISH_FAILED']);
      expect(lastOf(refused.err)['error']).toMatch(/2 events were published, 1 refused/);
      expect(refused.err).toMatch(/"message":"refused by the broker","line":2/);
      expect(refused.err).not.toMatch(/\n\s+at /);
      expect((await jsm.streams.info('EVENTS')).state.messages).toBe(2);

      expect((await replay('-')).code).toBe(0);
      expect((await jsm.streams.info('EVENTS')).state.messages).toBe(32);
      write('newest', lines([...minutes].reverse().map((minute) => eventAt(minute))));
      expect((await replay('newest')).code).toBe(1);
      expect((await replay('newest', '--sort')).code).toBe(0);
      write('list', `[\n${eventAt(1)}\n]\n`);
      const list = await replay('list');
      expect([list.code, lastOf(list.err)['error']]).toEqual([1, expect.stringMatching(/JSON list/)]);
      await nc.close();
    } finally {
      await server.stop();
    }
  });
});
