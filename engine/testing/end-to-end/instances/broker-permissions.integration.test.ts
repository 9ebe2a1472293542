/** The permissions that the guide gives: engines share with them, and nobody else can say what instances say. Needs `npm run build`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { natsServerConfig } from '../../../adapters/embedded-server/nats-server-config.ts';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { serveNats } from '../../../adapters/testing/broker.fixture.ts';
import { must } from '../../../core/must.ts';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { until } from '../../rig/read-metrics.ts';

const PASSWORD = 'of-the-tests';
const folder = mkdtempSync(join(tmpdir(), 'earshot-permissions-'));
const closing: (() => Promise<unknown>)[] = [];
const engines: EngineProcess[] = [];
let url: string;

beforeAll(async () => {
  const guide = readFileSync(join(packageRoot(), 'docs', 'how-to', 'several-machines.md'), 'utf8');
  const [, block] = must(/```conf\n([\s\S]*?)```/.exec(guide), 'the guide gives permissions');
  const users = must(block).replace(/password: \$[A-Z_]+/g, `password: "${PASSWORD}"`);
  const store = 'jetstream { store_dir: STORE, max_file_store: 100GB, max_memory_store: 1GB }\n';
  const server = await serveNats(`${store}${natsServerConfig(2)}\n${users}\n`);
  closing.push(server.stop);
  ({ url } = server);
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `nats: {servers: ["${url}"], user: earshot, password: ${PASSWORD}}\npartitions: 2\ninstances: share\nhttp: {port: 0}\nscoring: {sentiment: null}\n`,
  );
  for (let i = 0; i < 2; i++) {
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    engines.push(engine);
    closing.push(async () => {
      engine.kill('SIGKILL');
      await engine.ended;
    });
  }
}, 240_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function as(user: string, inboxPrefix = '_INBOX'): Promise<NatsConnection> {
  const nc = await connect({ servers: url, user, pass: PASSWORD, inboxPrefix });
  closing.push(() => nc.close());
  return nc;
}
interface Status {
  readonly ready: { readonly ok: boolean; readonly reasons: readonly string[] };
  readonly instances: readonly { readonly partitions: readonly number[] }[];
}
const statusOf = async ({ url: at }: EngineProcess): Promise<Status> =>
  (await (await fetch(`${at}/v1/status`)).json()) as Status;

it('engines share with what their user is allowed, and lack nothing', async () => {
  await until('both share', 20_000, async () => {
    const statuses = await Promise.all(engines.map(statusOf));
    return statuses.every(
      ({ ready, instances }) =>
        ready.ok && instances.length === 2 && instances.flatMap((one) => one.partitions).length === 3,
    );
  });
  for (const engine of engines) {
    expect((await statusOf(engine)).ready).toMatchObject({ ok: true, reasons: [] });
    expect(engine.log()).not.toContain('may not');
  }
}, 120_000);

const SAID_BY_ENGINES = [
  ...['cx.members', 'cx.live', 'cx.live.ask', 'cx.time', 'cx.partial.0', 'cx.commits.0', 'cx.alerts.major.x'],
  ...[
    '$KV.CX_OWNERS.table',
    '$KV.CX_REVOKED.AAAAAAAAAAAAAAAAAAAAAA',
    '$KV.CX_LEASES.partition.0',
    '$KV.CX_KEYS.control',
  ],
  ...['$JS.API.STREAM.DELETE.CX_STATE', '$JS.API.STREAM.MSG.GET.KV_CX_KEYS', '$JS.API.DIRECT.GET.KV_CX_KEYS'],
];
it.each([
  ['shop', '_INBOX_shop'],
  ['reports', '_INBOX'],
])('%s may say nothing that instances say', async (user, prefix) => {
  const nc = await as(user, prefix);
  const refused = new Set<string>();
  const watch = async (): Promise<void> => {
    for await (const status of nc.status())
      if (status.type === 'error') refused.add(must(/"([^"]+)"/.exec(status.error.message))[1] ?? status.error.message);
  };
  watch().catch(() => undefined); // it is closed
  for (const subject of SAID_BY_ENGINES) nc.publish(subject, 'x');
  await nc.flush();
  await until('all are refused', 10_000, () => Promise.resolve(refused.size >= SAID_BY_ENGINES.length));
  expect([...refused].sort()).toEqual([...SAID_BY_ENGINES].sort());
});
