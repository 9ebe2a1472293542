/** A reference of drift learned from live events, and used by the next start: on a real engine with its broker. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngineProcess } from '../rig/engine-process.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'learned-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it('is kept in its file once enough was counted, and values are held against it after that', async () => {
  const file = join(folder, 'reference.json');
  const config = join(folder, 'earshot.yaml');
  writeFileSync(
    config,
    `nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
time: {out_of_orderness: 0ms}
scoring: {sentiment: null}
drift: {file: "${file}", learn: 100}
kpis:
  - id: drift
    from: cx.survey.answered
    measure: {kind: psi, value: data.score, min: 0, max: 10}
    window: {kind: tumbling, size: 1s}
`,
  );
  let sent = 0;
  // Whole seconds: each window holds twenty.
  const base = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  const post = async (url: string, score: (i: number) => number): Promise<void> => {
    const events = Array.from({ length: 50 }, () => ({
      specversion: '1.0',
      id: `e-${sent}`,
      source: '/s',
      type: 'cx.survey.answered',
      time: new Date(base + sent++ * 50).toISOString(),
      data: { channel: 'app', survey: 's', metric: 'nps', score: score(sent) },
    }));
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
    expect(response.status).toBe(202);
  };
  const drift = async (url: string): Promise<number | undefined> => {
    const found = /^earshot_drift_psi\{.*\} (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const learned = (): number =>
    existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { drift: { n: number } }).drift.n : 0;

  const first = await startEngineProcess({ args: ['run', '--config', config] });
  for (let i = 0; i < 4; i++) await post(first.url, (n) => n % 10);
  await expect.poll(learned, { timeout: 120_000 }).toBeGreaterThanOrEqual(100);
  expect(await drift(first.url)).toBeUndefined();
  first.kill('SIGINT');
  await first.ended;

  const second = await startEngineProcess({ args: ['run', '--config', config] });
  for (let i = 0; i < 2; i++) await post(second.url, (n) => n % 10);
  await expect.poll(() => drift(second.url), { timeout: 120_000 }).toBeLessThan(0.1);
  for (let i = 0; i < 2; i++) await post(second.url, () => 9.5);
  await expect.poll(() => drift(second.url), { timeout: 120_000 }).toBeGreaterThan(1);
  second.kill('SIGINT');
  await second.ended;
});
