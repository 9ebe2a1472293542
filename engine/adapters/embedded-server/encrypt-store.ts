/**
 * Whether a store can be opened with a key, before a server touches it (a nats-server leaves out what it cannot decrypt, and
 * new streams would take its place), and how a store of a former version becomes an encrypted one: a copy is encrypted,
 * compared, and only then takes the store's place. Killed at any point, the next start finds either whole.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, reasonOf } from '../../core/errors.ts';
import type { SupervisedServer, SupervisedSettings } from './supervised-server.ts';

const DATA = 'jetstream';
/** The copy that is being encrypted; within it a store of its own. */
const COPY = 'encrypting';
/** The former data, until the encrypted have taken their place. */
const FORMER = 'jetstream.plain';
const NOTE = 'encryption.json';

export type StoreContent = 'empty' | 'plain' | 'encrypted';

/**
 * What the store holds, an encryption that was cut short being taken back or completed. Throws EngineError STORE_KEY_LOST or
 * STORE_KEY_WRONG where it does not open with this key.
 */
export function openableStore(store: string, key: string | undefined): StoreContent {
  settle(store);
  const content = contentOf(store);
  if (content !== 'encrypted') return content;
  if (key === undefined) throw new EngineError('STORE_KEY_LOST', [store, 'none was given']);
  const noted = notedKey(store);
  // A store that came without its note is judged by the server, which is stopped before anything is written.
  if (noted !== undefined && !timingSafeEqual(noted, markOfKey(key))) {
    throw new EngineError('STORE_KEY_WRONG', [store, 'its mark is another']);
  }
  return content;
}

/** Whether something in it is encrypted: then a new key would be of no use. */
export function contentOf(store: string): StoreContent {
  let content: StoreContent = existsSync(join(store, NOTE)) ? 'encrypted' : 'empty';
  for (const folder of streamsOf(store)) {
    if (!existsSync(join(folder, 'meta.inf'))) continue;
    if (!existsSync(join(folder, 'meta.key'))) return 'plain';
    content = 'encrypted';
  }
  return content;
}

/** Keeps which key it was, so that another is refused at once. Says nothing of the key itself. */
export function noteKey(store: string, key: string): void {
  const note = { cipher: 'aes', key: markOfKey(key).toString('hex') };
  writeFileSync(join(store, NOTE), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

/** `start`: on any free port. Throws EngineError STORE_NOT_ENCRYPTED; the store is then as it was. */
export async function encryptStore(
  settings: Omit<SupervisedSettings, 'port'> & { readonly key: string },
  start: (settings: Omit<SupervisedSettings, 'port'>) => Promise<SupervisedServer>,
): Promise<void> {
  const { store, logger } = settings;
  const copy = join(store, COPY);
  logger.info('the store is being encrypted', { store });
  try {
    const before = await contents({ ...settings, key: undefined }, start);
    mkdirSync(copy, { mode: 0o700 });
    cpSync(join(store, DATA), join(copy, DATA), { recursive: true, preserveTimestamps: true });
    await contents({ ...settings, store: copy }, start);
    // Once more, since what a server has in memory is not what it will read again.
    const after = await contents({ ...settings, store: copy }, start);
    const lost = whatIsMissing(before, after);
    if (lost !== undefined) throw new Error(`the encrypted copy lacks ${lost}`);
    if (contentOf(copy) !== 'encrypted') throw new Error('the server has encrypted none or not all of it');
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw new EngineError('STORE_NOT_ENCRYPTED', [store, reasonOf(error)], { cause: error });
  }
  renameSync(join(store, DATA), join(store, FORMER));
  settle(store);
  logger.info('the store is encrypted', { store });
}

/** Takes back an encryption that was cut short before it was compared, and completes one that was cut short after. */
function settle(store: string): void {
  const [data, copy, former] = [join(store, DATA), join(store, COPY), join(store, FORMER)];
  if (existsSync(former) && !existsSync(data)) {
    renameSync(existsSync(join(copy, DATA)) ? join(copy, DATA) : former, data);
  }
  rmSync(former, { recursive: true, force: true });
  rmSync(copy, { recursive: true, force: true });
}

interface StreamContent {
  readonly first: number;
  readonly last: number;
  readonly messages: number;
  readonly consumers: number;
}

/** Every stream with what it holds. */
async function contents(
  settings: Omit<SupervisedSettings, 'port'>,
  start: (settings: Omit<SupervisedSettings, 'port'>) => Promise<SupervisedServer>,
): Promise<ReadonlyMap<string, StreamContent>> {
  // Only a store of a former version needs a client here.
  const { managerOf } = await import('../nats/jetstream-api.ts');
  const { connectNats } = await import('../nats/nats-connection.ts');
  const server = await start(settings);
  try {
    const nc = await connectNats({ servers: [`nats://127.0.0.1:${String(server.port)}`] }, settings.logger);
    try {
      const jsm = await managerOf(nc, { timeout: 30_000 });
      const streams = new Map<string, StreamContent>();
      for await (const { config, state } of jsm.streams.list()) {
        const { messages, first_seq: first, last_seq: last, consumer_count: consumers } = state;
        streams.set(config.name, { first, last, messages, consumers });
      }
      return streams;
    } finally {
      await nc.close();
    }
  } finally {
    await server.stop();
  }
}

/** What of `before` is not in `after`, which may be younger: messages expire at the front meanwhile. */
export function whatIsMissing(
  before: ReadonlyMap<string, StreamContent>,
  after: ReadonlyMap<string, StreamContent>,
): string | undefined {
  for (const [name, had] of before) {
    const has = after.get(name);
    if (has === undefined) return `the stream ${name}`;
    const expired = has.first - had.first;
    const isWhole = has.last === had.last && expired >= 0 && had.messages - has.messages <= expired;
    if (!isWhole) return `messages of the stream ${name}`;
    if (has.consumers < had.consumers) return `a consumer of the stream ${name}`;
  }
  return undefined;
}

function streamsOf(store: string): readonly string[] {
  const root = join(store, DATA);
  return foldersIn(root).flatMap((account) => {
    const streams = join(root, account, 'streams');
    return foldersIn(streams).map((stream) => join(streams, stream));
  });
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function markOfKey(key: string): Buffer {
  return createHmac('sha256', key).update('the mark of a store of Earshot').digest().subarray(0, 8);
}

function notedKey(store: string): Buffer | undefined {
  const path = join(store, NOTE);
  if (!existsSync(path)) return undefined;
  let noted: unknown;
  try {
    noted = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // torn: the server judges
  }
  const mark = typeof noted === 'object' && noted !== null && 'key' in noted ? noted.key : undefined;
  return typeof mark === 'string' && /^[0-9a-f]{16}$/.test(mark) ? Buffer.from(mark, 'hex') : undefined;
}
