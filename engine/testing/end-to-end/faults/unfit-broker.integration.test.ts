/** An engine on a broker that cannot be used as it is: it says why, and goes on by itself once that is mended. Needs `npm run build`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { serveNats } from '../../../adapters/testing/broker.fixture.ts';
import { natsServerConfig } from '../../../adapters/embedded-server/nats-server-config.ts';
import { spawnCli } from '../../rig/engine-process.ts';
import { until } from '../../rig/read-metrics.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-unfit-'));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STORE = 'jetstream { store_dir: STORE, max_file_store: 100GB, max_memory_store: 1GB }\n';
const allowed = (publish: string, subscribe: string): string =>
  `${STORE}${natsServerConfig(2)}\nauthorization { users [{user: e, password: e, permissions: {publish: ${publish}, subscribe: ${subscribe}}}] }\n`;

interface Readiness {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

interface Started {
  (): Promise<Readiness>;
  readonly url: string;
  log(): string;
  hasEnded(): boolean;
}

async function startOn(natsUrl: string, name: string, env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `nats: {servers: ["${natsUrl}"], user: e, password: e}\npartitions: 2\nhttp: {port: 0}\nscoring: {sentiment: null}\n`,
  );
  const child = spawnCli(['run', '--config', file], { cwd: folder, env });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  stops.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  child.stdout?.resume();
  let log = '';
  const url = await new Promise<string>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const found = /"message":"gateway listening".*?"url":"([^"]+)"/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const ready = async (): Promise<Readiness> => (await (await fetch(`${url}/readyz`)).json()) as Readiness;
  return Object.assign(ready, { url, log: () => log, hasEnded: () => child.exitCode !== null });
}

it('JetStream off: said with what to do; ready once it is on', async () => {
  const without = await serveNats('authorization { user: e, password: e }\n');
  const ready = await startOn(without.url, 'off');
  await until('the reason', 10_000, async () => (await ready()).reasons.join().includes('JetStream'));
  expect(await ready()).toMatchObject({
    ok: false,
    reasons: [
      'streams: JetStream is not enabled on this nats-server: start it with -js, or with `jetstream {}` in its configuration',
    ],
  });
  await without.stop();
  const on = await serveNats(`${STORE}${natsServerConfig(2)}\nauthorization { user: e, password: e }\n`, without.port);
  stops.push(on.stop);
  await until('ready', 20_000, async () => (await ready()).ok);
});

it('a user allowed what is written in engine/README.md is enough for several partitions', async () => {
  const { url, stop } = await serveNats(allowed('["cx.>", "$JS.API.>", "$KV.>"]', '["_INBOX.>", "cx.time"]'));
  stops.push(stop);
  const ready = await startOn(url, 'enough');
  await until('ready', 20_000, async () => (await ready()).ok);
  expect(await ready()).toMatchObject({
    ok: true,
    reasons: [],
    encryption: { store: { state: 'unknown', key: null } },
  });
});

interface Lack {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}
const NEEDED = { publish: ['cx.>', '$JS.API.>', '$KV.>'], subscribe: ['_INBOX.>', 'cx.time'] };
/** What is needed, but for this. */
function without({ publish = [], subscribe = [] }: Lack): string {
  const list = (subjects: readonly string[]): string => JSON.stringify(subjects);
  const rights = (needed: readonly string[], denied: readonly string[]): string =>
    `{allow: ${list(needed)}${denied.length === 0 ? '' : `, deny: ${list(denied)}`}}`;
  return allowed(rights(NEEDED.publish, publish), rights(NEEDED.subscribe, subscribe));
}

/** Each step of the start, and what comes after it: who lacks a right for it reads which, and goes on once it is given. */
it.each<[string, Lack, RegExp, { readonly areKeysGiven?: true; readonly event?: true }]>([
  ['no answers', { subscribe: ['_INBOX.>'] }, /^streams: this user may not subscribe to _INBOX\.>: /, {}],
  [
    'no looking at streams',
    { publish: ['$JS.API.STREAM.INFO.>'] },
    /^streams: this user may not publish to \$JS\.API\.STREAM\.INFO\.CX_STATE: /,
    {},
  ],
  [
    'no making of streams',
    { publish: ['$JS.API.STREAM.CREATE.>'] },
    /^streams: this user may not publish to \$JS\.API\.STREAM\.CREATE\.CX_EVENTS_0: /,
    {},
  ],
  [
    'no bucket of keys',
    { publish: ['$JS.API.STREAM.CREATE.KV_CX_KEYS'] },
    /^keys: the bucket CX_KEYS: this user may not publish to \$JS\.API\.STREAM\.CREATE\.KV_CX_KEYS: .*EARSHOT_CONTROL_KEY/,
    {},
  ],
  [
    'no key read',
    { publish: ['$JS.API.DIRECT.GET.KV_CX_KEYS.>'] },
    /^keys: the bucket CX_KEYS: this user may not publish to \$JS\.API\.DIRECT\.GET\.KV_CX_KEYS\./,
    {},
  ],
  [
    'no key written',
    { publish: ['$KV.>'] },
    /^keys: the bucket CX_KEYS: this user may not publish to \$KV\.CX_KEYS\.control: .*EARSHOT_CONTROL_KEY/,
    {},
  ],
  [
    'no reading of single messages',
    { publish: ['$JS.API.STREAM.MSG.GET.>'] },
    /^installation: this user may not publish to \$JS\.API\.STREAM\.MSG\.GET\.CX_STATE: /,
    {},
  ],
  [
    'no consumers',
    { publish: ['$JS.API.CONSUMER.CREATE.>'] },
    /^the broker refuses: this user may not publish to \$JS\.API\.CONSUMER\.CREATE\.CX_STATE\.>: /,
    {},
  ],
  [
    'no reading of streams',
    { publish: ['$JS.API.CONSUMER.MSG.NEXT.>'] },
    /^the broker refuses: this user may not publish to \$JS\.API\.CONSUMER\.MSG\.NEXT\.CX_\w+\.>: /,
    {},
  ],
  [
    'no leases, keys given',
    { publish: ['$KV.>'] },
    /^partition \d+: its lease cannot be asked for: this user may not publish to \$KV\.CX_LEASES\.partition\.\d+: /,
    { areKeysGiven: true },
  ],
  [
    'no bucket of leases',
    { publish: ['$JS.API.STREAM.CREATE.KV_CX_LEASES'] },
    /^partition \d+: its lease cannot be asked for: this user may not publish to \$JS\.API\.STREAM\.CREATE\.KV_CX_LEASES: /,
    {},
  ],
  ['no state', { publish: ['cx.state.>'] }, /^installation: this user may not publish to cx\.state\.\S+: /, {}],
  [
    'no audit',
    { publish: ['cx.audit'] },
    /^the audit: entries are not in its stream yet: this user may not publish to cx\.audit: /,
    {},
  ],
  ['no time for the others', { publish: ['cx.time'] }, /this user may not publish to cx\.time: /, {}],
  ['no time of the others', { subscribe: ['cx.time'] }, /this user may not subscribe to cx\.time: /, {}],
  [
    'no enriched events',
    { publish: ['cx.enriched.>'] },
    /this user may not publish to cx\.enriched\.…: /,
    { event: true },
  ],
])(
  '%s: readiness and log name the right that is missing',
  async (name, lack, refused, { areKeysGiven, event }) => {
    const { url, port, stop } = await serveNats(without(lack));
    stops.push(stop);
    const env = areKeysGiven === true ? { EARSHOT_CONTROL_KEY: 'a-key-for-controls-that-is-long-enough' } : {};
    const ready = await startOn(url, name.replaceAll(/\W+/g, '-'), env);
    if (event === true) {
      await until('ready', 20_000, async () => (await ready()).ok);
      await postEvent(ready.url);
    }
    const reasons = async (): Promise<readonly string[]> => (await ready()).reasons;
    await until('the reason', 20_000, async () => (await reasons()).some((reason) => refused.test(reason)));
    expect(ready.hasEnded()).toBe(false);
    const words = /this user may not [^:]*/.exec((await reasons()).find((reason) => refused.test(reason)) ?? '')?.[0];
    await until('the log says so as well', 5_000, () =>
      Promise.resolve(words !== undefined && ready.log().includes(words)),
    );
    // Nothing was made at the broker yet, which another one would lack.
    if (name !== 'no answers') return;
    await stop();
    stops.push((await serveNats(without({}), port)).stop);
    await until('ready', 20_000, async () => (await ready()).ok);
  },
  300_000,
);

async function postEvent(url: string): Promise<void> {
  const data = { channel: 'web', page: '/' };
  const event = {
    specversion: '1.0',
    id: 'e-1',
    source: '/web',
    type: 'cx.page.viewed',
    time: new Date().toISOString(),
    data,
  };
  const headers = { 'content-type': 'application/cloudevents+json' };
  const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) });
  expect(answer.status).toBe(202);
}
