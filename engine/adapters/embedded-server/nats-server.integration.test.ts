import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger, until } from '../testing/broker.fixture.ts';
import { findNatsServer } from './nats-binary.ts';
import { connectionState, connectNats } from '../nats/nats-connection.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { markOf } from './store-owner.ts';

let store: string;
let logger: ReturnType<typeof recordingLogger>;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'earshot nats "quoted" '));
  logger = recordingLogger();
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

/** Processes whose command line names the text. */
function processesNaming(text: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(text) && !line.includes('ps -eo'))
    .map((line) => Number.parseInt(line.trim(), 10));
}
/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text}'`;
}
function guardsOf(pid: number): number[] {
  return processesNaming(`earshot-guard ${String(pid)}`);
}

/** Another process that starts a server on the store, tells its id, and stays. */
async function startElsewhere(): Promise<{ readonly owner: number; readonly server: number; readonly url: string }> {
  const script = join(store, 'owner.mjs');
  buildSync({
    stdin: {
      contents: `import { startNatsServer } from './nats-server.ts';
const say = () => undefined;
const server = await startNatsServer({ store: ${JSON.stringify(store)}, logger: { info: say, warn: say, error: say } });
process.stdout.write(JSON.stringify({ owner: process.pid, server: server.pid(), url: server.url }));`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
  });
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
  });
  return JSON.parse(line) as { owner: number; server: number; url: string };
}

describe('startNatsServer', () => {
  it('serves JetStream on loopback only, and leaves nothing behind when stopped', async () => {
    const server = await startNatsServer({ store, logger });
    const pid = server.pid()!;
    const nc = await connectNats({ servers: [server.url] }, logger);
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: 'S', subjects: ['s'] });
    await jetstream(nc).publish('s', 'kept');
    expect(nc.info?.max_payload).toBe(8 * 1024 * 1024);
    const listening = spawnSync('ss', ['-ltnH', `sport = :${String(server.port)}`], { encoding: 'utf8' });
    if (listening.status === 0)
      expect(listening.stdout.trim().split(/\s+/)[3]).toBe(`127.0.0.1:${String(server.port)}`);
    expect(guardsOf(pid)).toHaveLength(1);
    await nc.close();
    await server.stop();
    expect(markOf(pid)).toBeUndefined();
    expect(guardsOf(pid)).toEqual([]);

    const again = await startNatsServer({ store, logger });
    const nc2 = await connectNats({ servers: [again.url] }, logger);
    expect((await (await jetstreamManager(nc2)).streams.info('S')).state.messages).toBe(1);
    await nc2.close();
    await again.stop();
  });

  it('starts the server again when it dies, on the same port, and clients come back', async () => {
    const server = await startNatsServer({ store, logger });
    const nc = await connectNats({ servers: [server.url] }, logger);
    const state = connectionState(nc);
    const events: string[] = [];
    state.onDisconnect(() => events.push('down'));
    state.onReconnect(() => events.push('up'));
    for (let fall = 1; fall <= 2; fall++) {
      const pid = server.pid()!;
      process.kill(pid, 'SIGKILL');
      await until(() => events.length === 2 * fall);
      expect(state.connected()).toBe(true);
      expect(guardsOf(pid)).toEqual([]);
      await nc.flush();
    }
    expect(events).toEqual(['down', 'up', 'down', 'up']);
    expect(server.restarts()).toBe(2);
    const codes = logger.lines.map(({ fields }) => fields['code']);
    expect(codes).toContain('BROKER_UNAVAILABLE');
    await nc.close();
    await server.stop();
  });

  it('restarts when it is asked to', async () => {
    const server = await startNatsServer({ store, logger });
    const pid = server.pid();
    server.restart();
    await until(() => server.pid() !== undefined && server.pid() !== pid);
    expect(server.restarts()).toBe(1);
    await server.stop();
  });

  it('does not start it again while it stops', async () => {
    const server = await startNatsServer({ store, logger });
    process.kill(server.pid()!, 'SIGKILL');
    await until(() => server.pid() === undefined);
    await server.stop();
    await new Promise((wake) => setTimeout(wake, 300));
    expect(processesNaming(store)).toEqual([]);
    expect(existsSync(join(store, 'owner.json'))).toBe(false);
  });

  it('refuses a store that another living Earshot holds', async () => {
    const server = await startNatsServer({ store, logger });
    await expect(startNatsServer({ store, logger })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await server.stop();
  });

  it('says what is wrong when it cannot start', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    await expect(startNatsServer({ store, port, logger })).rejects.toThrow(/did not start: .*address already in use/);
    blocker.close();
    const program = join(store, 'none');
    await expect(startNatsServer({ store, program, logger })).rejects.toMatchObject({ code: 'NATS_SERVER_FAILED' });
    const file = join(store, 'file');
    writeFileSync(file, '');
    await expect(startNatsServer({ store: file, logger })).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
    expect(processesNaming(store)).toEqual([]);
  });

  it('takes another port when the one that was free is taken before it listens', async () => {
    // At its first start somebody else has its port by then.
    const program = join(store, 'late-server');
    const thief = `const { port } = /port: (?<port>\\d+)/.exec(require("fs").readFileSync(process.argv[1], "utf8")).groups;
require("net").createServer().listen(Number(port), "127.0.0.1", () => console.log("listening"));`;
    const script = `#!/bin/sh
if mkdir "$0.been" 2>/dev/null; then
  ${quoted(process.execPath)} -e ${quoted(thief)} "$2" > "$0.said" & echo $! > "$0.thief"
  until [ -s "$0.said" ]; do sleep 0.02; done
fi
exec ${quoted(findNatsServer())} "$@"`;
    writeFileSync(program, script, { mode: 0o755 });
    const server = await startNatsServer({ store, program, logger }).finally(() =>
      process.kill(Number(readFileSync(`${program}.thief`, 'utf8')), 'SIGKILL'),
    );
    const nc = await connectNats({ servers: [server.url] }, logger);
    expect(nc.info?.jetstream).toBe(true);
    await nc.close();
    await server.stop();
    expect(String(logger.lines[0]?.fields['text'])).toContain('Error listening on port');
  });

  it('ends with its owner, even when that is killed', async () => {
    const { owner, server } = await startElsewhere();
    process.kill(owner, 'SIGKILL');
    await until(() => markOf(server) === undefined);
    await until(() => processesNaming(store).length === 0 && guardsOf(server).length === 0);
    const next = await startNatsServer({ store, logger });
    await next.stop();
  });

  it('ends a server that was left on its store', async () => {
    const { owner, server } = await startElsewhere();
    await expect(startNatsServer({ store, logger })).rejects.toThrow(
      new RegExp(`in use by .*process ${String(owner)}`),
    );
    for (const guard of guardsOf(server)) process.kill(guard, 'SIGKILL');
    process.kill(owner, 'SIGKILL');
    await until(() => markOf(owner) === undefined);
    expect(markOf(server)).toBeDefined();
    const next = await startNatsServer({ store, logger });
    expect(markOf(server)).toBeUndefined();
    await next.stop();
  });
});

describe('connectNats', () => {
  it('waits for a server that is not there yet, and says so', async () => {
    const probe = await startNatsServer({ store, logger });
    const { port } = probe;
    await probe.stop();
    const waiting = connectNats({ servers: [`nats://127.0.0.1:${String(port)}`] }, logger);
    await until(() => logger.lines.some(({ fields }) => fields['code'] === 'BROKER_UNAVAILABLE'));
    const server: NatsServer = await startNatsServer({ store, port, logger });
    const nc = await waiting;
    expect(nc.info?.jetstream).toBe(true);
    await nc.close();
    await server.stop();
  });

  it('stops waiting when asked to, and refuses a credentials file that is not there', async () => {
    const control = new AbortController();
    const waiting = connectNats({ servers: ['nats://127.0.0.1:1'] }, logger, { signal: control.signal });
    control.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    const address = { servers: ['nats://127.0.0.1:1'], credentials: join(store, 'none.creds') };
    await expect(connectNats(address, logger)).rejects.toMatchObject({ code: 'CONFIG_NOT_FOUND' });
  });
});
