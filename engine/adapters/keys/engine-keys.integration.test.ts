/** Keys that are kept in a broker of one's own, in its bucket CX_KEYS: a real nats-server. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMasker } from '../../../operators/events/masking/mask.ts';
import { connectNats } from '../nats/nats-connection.ts';
import { recordingLogger, serveNats, until } from '../testing/broker.fixture.ts';
import { controlSigner, controlVerifier } from './control-signature.ts';
import { engineKeys, KEY_BUCKET, type EngineKeys } from './engine-keys.ts';
import { keyFileOf, newKey } from './kept-keys.ts';

const NO_ENV = {};
const stops: (() => Promise<void>)[] = [];
let url: string;
let nc: NatsConnection;
let logger: ReturnType<typeof recordingLogger>;
beforeEach(async () => {
  logger = recordingLogger();
  await serve('jetstream { store_dir: STORE }\n');
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function serve(config: string): Promise<void> {
  const server = await serveNats(config);
  stops.push(server.stop);
  url = server.url;
  nc = await connected();
}
async function connected(): Promise<NatsConnection> {
  const made = await connectNats({ servers: [url] }, logger);
  stops.push(() => made.close());
  return made;
}
function read(
  more: {
    on?: NatsConnection;
    control?: readonly string[];
    signal?: AbortSignal;
    onFailure?: (reason: string) => void;
  } = {},
  env: Readonly<Record<string, string>> = NO_ENV,
): Promise<EngineKeys> {
  const { on = nc, control = [], signal = AbortSignal.timeout(120_000), onFailure } = more;
  return engineKeys(on, { store: null, control, replicas: 1 }, { logger, signal, onFailure }, env);
}
const bucket = (): Promise<KV> => new Kvm(jetstream(nc)).open(KEY_BUCKET);

it('are made once, and are the same at every start; none of them is logged', async () => {
  const made = await read();
  expect(made.mask).toMatch(/^[\w-]{43}$/);
  expect(made.control).toHaveLength(1);
  expect(made.control).not.toContain(made.mask);
  expect(await read({ on: await connected() })).toEqual(made);
  const said = JSON.stringify(logger.lines);
  for (const key of [made.mask, ...made.control]) expect(said).not.toContain(key);
});

it('are the same for engines that start at the same moment: one makes them, all use them', async () => {
  const connections = await Promise.all(Array.from({ length: 6 }, connected));
  const all = await Promise.all(connections.map((on) => read({ on })));
  expect(new Set(all.map((keys) => JSON.stringify(keys))).size).toBe(1);
});

it('are not put there where they are given', async () => {
  const [mask, control] = [newKey(), newKey()];
  expect(await read({}, { EARSHOT_MASK_KEY: mask, EARSHOT_CONTROL_KEY: control })).toEqual({
    mask,
    control: [control],
  });
  await expect(bucket().then((kv) => kv.status())).rejects.toThrow();
});

it('that are lost are made again, and what the lost one signed counts no more', async () => {
  const before = await read();
  await (await bucket()).delete('control');
  const after = await read();
  expect(after.mask).toBe(before.mask);
  expect(after.control).not.toEqual(before.control);
  const payload = Buffer.from('{}');
  expect(controlVerifier(after.control)(payload, controlSigner(before.control)(payload))).toBe(false);
});

it.each([
  ['too short', 'guessable'],
  ['empty', ''],
  ['no key at all', 'guessable and with spaces, whoever wrote it there'],
])('that somebody replaced by what is %s are refused by name, not quoted and not written over', async (_, text) => {
  await read();
  await (await bucket()).put('control', text);
  const refused = await read().catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'KEY_UNUSABLE',
    message: expect.stringContaining('CX_KEYS.control') as string,
  });
  expect(String(refused)).not.toContain('guessable');
  expect((await (await bucket()).get('control'))?.string()).toBe(text);
});

it('rotate: the first signs, all are believed, until the old one is taken away', async () => {
  const { control: old } = await read();
  const fresh = newKey();
  const payload = Buffer.from('{"id":"c-1"}');
  await (await bucket()).put('control', `${fresh}\n${old.join('\n')}`);
  const during = await read();
  expect(during.control).toEqual([fresh, ...old]);
  expect(controlVerifier(during.control)(payload, controlSigner(old)(payload))).toBe(true);
  expect(controlVerifier([fresh])(payload, controlSigner(during.control)(payload))).toBe(true);
  await (await bucket()).put('control', fresh);
  expect(controlVerifier((await read()).control)(payload, controlSigner(old)(payload))).toBe(false);
});

it('are waited for where the right is missing, with what to allow or to give; a stop ends that', async () => {
  await serve(
    'jetstream { store_dir: STORE }\nauthorization { users [{user: e, password: e, permissions: {publish: {allow: ">", deny: "$KV.>"}}}] }\nno_auth_user: e\n',
  );
  const stop = new AbortController();
  const reasons: string[] = [];
  const waiting = read({ signal: stop.signal, onFailure: (reason) => reasons.push(reason) });
  waiting.catch(() => undefined);
  await until(() => reasons.length > 1);
  expect(reasons[0]).toMatch(
    /^the bucket CX_KEYS: this user may not publish to \$KV\.CX_KEYS\.mask: .*EARSHOT_MASK_KEY/,
  );
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

it('of pseudonyms, where the variable is empty, is made once beside the store, for its owner alone: two starts mask alike', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-mask-key-'));
  stops.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const start = (store: string): Promise<EngineKeys> => {
    const sources = { store: join(folder, store), control: [], replicas: 1 };
    return engineKeys(nc, sources, { logger, signal: AbortSignal.timeout(120_000) }, { EARSHOT_MASK_KEY: '' });
  };
  const [first, second, elsewhere] = [await start('a'), await start('a'), await start('b')];
  const pseudonym = ({ mask }: EngineKeys): string => createMasker({ key: mask }).identifier('13812345678');
  expect(pseudonym(first)).toMatch(/^~[a-p]{16}$/);
  expect(pseudonym(second)).toBe(pseudonym(first));
  expect(pseudonym(elsewhere)).not.toBe(pseudonym(first));
  expect(statSync(keyFileOf(join(folder, 'a'), 'mask')).mode & 0o777).toBe(0o600);
});
