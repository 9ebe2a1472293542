/** A running engine says what is amiss though it works: a device whose clock runs ahead, a hook that reaches nobody. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { configForm } from '../../app/config/config.ts';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import type { HealthMessage } from '../../core/wire.ts';
import { until } from '../rig/read-metrics.ts';
import { webhookReceiver, type WebhookReceiver } from '../rig/webhook-receiver.ts';

let receiver: WebhookReceiver;
let folder: string;
let engine: LiveEngine;
const logger = recordingLogger();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-degraded-'));
  receiver = await webhookReceiver();
  receiver.answers(400);
  const file = join(folder, 'earshot.yaml');
  writeFileSync(
    file,
    `
nats: {embedded: {store: "${join(folder, 'store')}"}}
http: {port: 0}
scoring: {sentiment: null}
time: {idle_after: 500ms}
kpis:
  - id: volume
    title: {zh-CN: 量, en: Volume}
    from: cx.page.viewed
    measure: {kind: count}
    window: {kind: tumbling, size: 1s}
  - id: misspelt
    title: {zh-CN: 错, en: Misspelt}
    from: cx.page.viewed
    where: data.pgae == "/"
    measure: {kind: count}
    window: {kind: tumbling, size: 1s}
rules:
  - {id: much, kpi: volume, fire: value > 0, recover: value < 0, on: live, severity: critical, owner: care}
hooks:
  - {id: desk, kind: webhook, url: "${receiver.url}/s3cret", allow: [127.0.0.0/8]}
`,
  );
  const { signal } = new AbortController();
  const config = await loadConfig(file, configForm(compileExpression));
  engine = await startEngine({ config, logger, demo: null, signal });
});

afterEach(async () => {
  await engine.stop();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(source: string, at: number, count = 1): Promise<void> {
  const data = { channel: 'web', page: '/', customer: { id: 'c' } };
  const messages = Array.from({ length: count }, (_, i) => {
    const id = `${source}${String(i)}`;
    const event = { specversion: '1.0', id, source, type: 'cx.page.viewed', time: new Date(at).toISOString() };
    return {
      subject: 'cx.events.web.page.c',
      headers: { 'content-type': 'application/cloudevents+json', 'Nats-Msg-Id': id },
      data: Buffer.from(JSON.stringify({ ...event, data })),
    };
  });
  await engine.publisher.publish(messages, new AbortController().signal);
}

it('in /readyz, which stays 200, in the metrics and in the log, and never says where a hook sends to', async () => {
  const readiness = async (): Promise<HealthMessage['ready']> =>
    (await (await fetch(`${engine.url}/readyz`)).json()) as HealthMessage['ready'];
  expect((await readiness()).degraded).toBeUndefined();
  await publish('/honest', Date.now());
  await publish('/kiosk', Date.now() + 240_000);
  await until('both are in /readyz', 20_000, async () => (await readiness()).degraded?.length === 2);
  const { ok, degraded } = await readiness();
  expect([ok, degraded]).toMatchObject([
    true,
    [
      { code: 'clock_ahead', values: { sources: 1 }, about: [expect.stringMatching(/^\/kiosk \(2[34]\d s\)$/)] },
      { code: 'hook', values: { hooks: 1 }, about: ['desk (rejected)'] },
    ],
  ]);
  expect(JSON.stringify(degraded)).not.toMatch(/s3cret|127\.0\.0\.1/);
  const metrics = async () => (await fetch(`${engine.url}/metrics`)).text();
  expect(await metrics()).toMatch(/earshot_source_ahead_seconds\{partition="0",source="\/kiosk"\} 2[34]\d/);
  // Counters are those of the last commit.
  await until('the event is counted', 20_000, async () =>
    (await metrics()).includes('earshot_events_ahead_total{partition="0"} 1\n'),
  );
  const lines = () => logger.lines.map((line) => JSON.stringify(line)).filter((line) => line.includes('"about"'));
  await until('both are in the log', 20_000, () => Promise.resolve(lines().length === 2));
  for (const about of ['/kiosk (', 'desk (rejected)']) expect(lines().join('\n')).toContain(about);
});

it('names an expression that gave no result in a thousand events by its place, in /readyz, the metrics and the log', async () => {
  await publish('/honest', Date.now(), 1000);
  const readiness = async (): Promise<string> => (await fetch(`${engine.url}/readyz`)).text();
  await until('it is in /readyz', 20_000, async () => (await readiness()).includes('expression_silent'));
  const { degraded } = JSON.parse(await readiness()) as HealthMessage['ready'];
  expect(degraded).toContainEqual(
    expect.objectContaining({ code: 'expression_silent', values: { expressions: 1 }, about: ['kpis[misspelt].where'] }),
  );
  const metrics = await (await fetch(`${engine.url}/metrics`)).text();
  expect(metrics).toContain('earshot_expression_without_result_total{place="kpis[misspelt].where"} 1000\n');
  const inLog = () => logger.lines.some((line) => JSON.stringify(line).includes('kpis[misspelt].where'));
  await until('it is in the log', 20_000, () => Promise.resolve(inLog()));
  expect(JSON.stringify(degraded) + metrics + JSON.stringify(logger.lines)).not.toContain('pgae');
});
