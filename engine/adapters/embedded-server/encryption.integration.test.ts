/** The embedded server's store, encrypted: what lies on the disk, which key opens it, and how an older store becomes so. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyFileOf, newKey } from '../keys/kept-keys.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { recordingLogger, until } from '../testing/broker.fixture.ts';
import { contentOf, whatIsMissing } from './encrypt-store.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { storeKey } from './store-key.ts';
import { markOf } from './store-owner.ts';

const PLANTED = ['13812345678', '等了两个小时还没送到', 'planted-customer-77'];
const STREAM = 'CX_ENRICHED';

let folder: string;
let store: string;
let logger: ReturnType<typeof recordingLogger>;
const servers: NatsServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-at-rest-'));
  store = join(folder, 'nats');
  logger = recordingLogger();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(key: string | undefined): Promise<NatsServer> {
  const server = await startNatsServer({ store, logger, ...(key !== undefined && { key }) });
  servers.push(server);
  return server;
}

async function fill(server: NatsServer, messages = 30): Promise<void> {
  const nc = await connectNats({ servers: [server.url] }, logger);
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: STREAM, subjects: ['cx.enriched.>'] });
  await jsm.consumers.add(STREAM, { durable_name: 'theirs' });
  const js = jetstream(nc);
  const [phone, text, customer] = PLANTED;
  for (let i = 0; i < messages; i++) await js.publish(`cx.enriched.app.feedback.${customer}`, `${phone} ${text} ${i}`);
  await nc.close();
}

async function held(server: NatsServer): Promise<readonly [number, number]> {
  const nc = await connectNats({ servers: [server.url] }, logger);
  const { state } = await (await jetstreamManager(nc)).streams.info(STREAM);
  await nc.close();
  return [state.messages, state.consumer_count];
}

/** Files below the folder that hold any of the texts. */
function filesWith(texts: readonly string[], below = folder): readonly string[] {
  const files = readdirSync(below, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    return texts.some((text) => bytes.includes(text)) ? [path] : [];
  });
}

describe('what an encrypted server stores', () => {
  it('holds nothing in plain, subjects included, while it runs, once it has stopped and after kill -9', async () => {
    const key = storeKey({ store, key: null }, {});
    const server = await start(key);
    await fill(server);
    expect(filesWith(PLANTED)).toEqual([]);
    const pid = server.pid()!;
    process.kill(pid, 'SIGKILL');
    await until(() => markOf(pid) === undefined && server.pid() !== undefined);
    await until(async () => (await held(server))[0] === 30);
    await server.stop();
    expect(filesWith(PLANTED)).toEqual([]);
    expect(await held(await start(storeKey({ store, key: null }, {})))).toEqual([30, 1]);
  });

  it('would show it without a key: the search finds what is there to be found', async () => {
    const server = await start(undefined);
    await fill(server);
    await server.stop();
    expect(filesWith(PLANTED)).not.toEqual([]);
  });

  it('has its key in a file of mode 0600 beside the store, on no command line, in no log and not among the data', async () => {
    const key = storeKey({ store, key: null }, {});
    const server = await start(key);
    await fill(server);
    expect(filesWith([key])).toEqual([keyFileOf(store, 'store')]);
    expect(statSync(keyFileOf(store, 'store')).mode & 0o777).toBe(0o600);
    const listed = spawnSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).stdout;
    expect(listed).toContain(store);
    expect(listed).not.toContain(key);
    expect(JSON.stringify(logger.lines)).not.toContain(key);
  });
});

describe('a key that does not fit', () => {
  it.each([true, false])(
    'is refused, and the store still opens with its own (its mark kept: %s)',
    async (isMarked) => {
      const key = newKey();
      const server = await start(key);
      await fill(server);
      await server.stop();
      if (!isMarked) rmSync(join(store, 'encryption.json'));
      const wrong = newKey();
      await expect(start(wrong)).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' });
      await expect(start(wrong)).rejects.not.toThrow(wrong);
      expect(await held(await start(key))).toEqual([30, 1]);
    },
    300_000,
  );

  it('is not made for a store that is encrypted already: the lost one is asked for', async () => {
    const made = storeKey({ store, key: null }, {});
    const server = await start(made);
    await fill(server);
    await server.stop();
    const file = keyFileOf(store, 'store');
    renameSync(file, `${file}.away`);
    expect(() => storeKey({ store, key: null }, {})).toThrow(expect.objectContaining({ code: 'STORE_KEY_LOST' }));
    await expect(start(undefined)).rejects.toMatchObject({ code: 'STORE_KEY_LOST' });
    expect(existsSync(file)).toBe(false);
    renameSync(`${file}.away`, file);
    expect(storeKey({ store, key: null }, {})).toBe(made);
  });

  it('comes from the configuration, else the environment, else the file', () => {
    const [configured, fromEnvironment] = [newKey(), newKey()];
    const env = { EARSHOT_STORE_KEY: fromEnvironment };
    expect(storeKey({ store, key: configured }, env)).toBe(configured);
    expect(storeKey({ store, key: null }, env)).toBe(fromEnvironment);
    expect(existsSync(keyFileOf(store, 'store'))).toBe(false);
    expect(() => storeKey({ store, key: 'short' }, {})).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
  });
});

describe('a store of a former version', () => {
  it('is encrypted with all it holds, and leaves nothing in plain', async () => {
    await fill(await start(undefined));
    await servers[0]!.stop();
    const key = newKey();
    const server = await start(key);
    expect(await held(server)).toEqual([30, 1]);
    expect(filesWith(PLANTED)).toEqual([]);
    expect(contentOf(store)).toBe('encrypted');
    await server.stop();
    expect(await held(await start(key))).toEqual([30, 1]);
  });

  it.each([
    [
      'while the copy was being made',
      (data: string, copy: string) => cpSync(data, join(copy, 'jetstream'), { recursive: true }),
    ],
    [
      'between the two renames',
      (data: string, copy: string) => {
        cpSync(data, join(copy, 'jetstream'), { recursive: true });
        renameSync(data, `${data}.plain`);
      },
    ],
    ['before the former data were removed', (data: string) => cpSync(data, `${data}.plain`, { recursive: true })],
  ])(
    'killed %s, is whole at the next start',
    async (_, leave) => {
      await fill(await start(undefined));
      await servers[0]!.stop();
      const copy = join(store, 'encrypting');
      mkdirSync(copy);
      leave(join(store, 'jetstream'), copy);
      expect(await held(await start(newKey()))).toEqual([30, 1]);
      expect(readdirSync(store).sort()).toEqual(['encryption.json', 'jetstream', 'nats-server.conf', 'owner.json']);
      expect(filesWith(PLANTED)).toEqual([]);
    },
    300_000,
  );

  it('stays as it is, and is refused, where it cannot be encrypted', async () => {
    await fill(await start(undefined));
    await servers[0]!.stop();
    const meta = filesNamed('meta.inf')[0]!;
    rmSync(meta);
    mkdirSync(join(store, 'jetstream', '$G', 'streams', 'OTHER'));
    cpSync(join(meta, '..', 'meta.sum'), join(store, 'jetstream', '$G', 'streams', 'OTHER', 'meta.inf'));
    await expect(start(newKey())).rejects.toMatchObject({ code: 'STORE_NOT_ENCRYPTED' });
    expect(existsSync(join(store, 'encrypting'))).toBe(false);
    expect(filesWith(PLANTED)).not.toEqual([]);
  });

  it('is missing something where a stream, messages or a consumer are fewer than before', () => {
    const had = { first: 1, last: 9, messages: 9, consumers: 1 };
    const of = (has: Partial<typeof had>): Parameters<typeof whatIsMissing>[1] => new Map([['S', { ...had, ...has }]]);
    expect(whatIsMissing(of({}), of({}))).toBeUndefined();
    // Messages expire at the front.
    expect(whatIsMissing(of({}), of({ first: 4, messages: 6 }))).toBeUndefined();
    expect(whatIsMissing(of({}), new Map())).toBe('the stream S');
    expect(whatIsMissing(of({}), of({ last: 8, messages: 8 }))).toBe('messages of the stream S');
    expect(whatIsMissing(of({}), of({ messages: 8 }))).toBe('messages of the stream S');
    expect(whatIsMissing(of({}), of({ consumers: 0 }))).toBe('a consumer of the stream S');
  });
});

function filesNamed(name: string): readonly string[] {
  const files = readdirSync(store, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.name === name && entry.parentPath.includes(STREAM))
    .map((entry) => join(entry.parentPath, entry.name));
}
