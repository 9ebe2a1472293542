/** Two engines that share: a display that reads at one of them is revoked at the other. Needs `npm run build`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must } from '../../../core/must.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { startLab, type Lab } from '../../rig/fault-lab.ts';
import { until } from '../../rig/read-metrics.ts';

const SECRET = 'a secret of the tests that is long enough';
let lab: Lab;
let one: EngineProcess;
let two: EngineProcess;
let admin: Record<string, string>;
beforeAll(async () => {
  lab = await startLab(2);
  const file = lab.config('revoking');
  const text = readFileSync(file, 'utf8').replace('http: {port: 0}', `http: {port: 0, auth: {secret: "${SECRET}"}}`);
  writeFileSync(file, `${text}instances: share\n`);
  [one, two] = [await lab.engine(file), await lab.engine(file)];
  const token = await new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ops')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));
  admin = { authorization: `Bearer ${token}` };
}, 240_000);
afterAll(() => lab.close());

/** The cookie of a display that came in at the first, and which session that is. */
async function letIn(): Promise<{ readonly cookie: string; readonly session: string }> {
  const headers = { ...admin, 'content-type': 'application/json' };
  const issued = await fetch(`${one.url}/v1/tickets`, { method: 'POST', headers, body: '{}' });
  const { ticket } = (await issued.json()) as { ticket: string };
  const abort = new AbortController();
  const live = await fetch(`${one.url}/v1/live?topic=alerts&ticket=${ticket}`, {
    headers: { accept: 'text/event-stream' },
    signal: abort.signal,
  });
  const cookie = must(/^[^;]+/.exec(must(live.headers.get('set-cookie'))))[0];
  abort.abort();
  const listed = await fetch(`${one.url}/v1/sessions`, { headers: admin });
  const { sessions } = (await listed.json()) as { sessions: { session: string }[] };
  return { cookie, session: must(sessions[0]).session };
}
interface Reading {
  readonly hasEnded: () => boolean;
}
async function readAt({ url }: EngineProcess, cookie: string): Promise<Reading> {
  const live = await fetch(`${url}/v1/live?topic=alerts`, { headers: { accept: 'text/event-stream', cookie } });
  expect(live.status).toBe(200);
  const reading = { isOver: false };
  const drain = async (): Promise<void> => {
    for await (const _ of must(live.body));
  };
  void drain()
    .catch(() => undefined)
    .finally(() => (reading.isOver = true));
  return { hasEnded: () => reading.isOver };
}

it.each([
  ['at the instance that let it in', () => one],
  ['at one that it reads at', () => two],
])(
  'revoked %s it reads nowhere any more within seconds, and does not come back',
  async (_where, at) => {
    const { cookie, session } = await letIn();
    const readings = [await readAt(one, cookie), await readAt(two, cookie)];
    const answer = await fetch(`${at().url}/v1/sessions/${session}`, { method: 'DELETE', headers: admin });
    expect(answer.status, await answer.text()).toBe(200);
    await until('both have ended', 5_000, () => Promise.resolve(readings.every(({ hasEnded }) => hasEnded())));
    for (const { url } of [one, two])
      expect((await fetch(`${url}/v1/alerts`, { headers: { cookie } })).status).toBe(401);
  },
  120_000,
);
