/**
 * Kill -9 at random moments (catalogue case 25), with scoring, over a workload that is another one each time: the streams out hold
 * exactly what an undisturbed run gives, message by message, and the counts add up. The recorded one is in engine/testing/golden.
 * The input is the workload, with duplicates, late and malformed events strewn in; a real nats-server, real scoring, real processes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type NatsServer } from '../../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../../adapters/process/package-root.ts';
import { makeLogger } from '../../../adapters/process/log.ts';
import type { JsonObject } from '../../../core/types.ts';
import { workload } from '../../../app/demo/generator.ts';
import { loadTexts } from '../../../app/demo/texts.ts';
import { publishMessages, type Message } from '../../rig/disturbed-input.ts';
import { spawnCli, startEngineProcess } from '../../rig/engine-process.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { dice } from '../../dice.ts';
import { contentOf, readStream, type Stored } from '../../rig/read-streams.ts';

const KILLS = 20;
const EVENTS = 4_000;
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const START = Date.UTC(2026, 2, 2, 1);
const OUTPUTS = ['CX_ENRICHED', 'CX_KPI', 'CX_ALERTS', 'CX_DLQ', 'CX_LATE'] as const;
type Output = (typeof OUTPUTS)[number];

const config = (natsUrl: string): string => `
nats: {servers: ["${natsUrl}"]}
http: {port: 0}
time: {idle_after: 1h, allowed_lateness: 20s}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 1m, slide: 5s}, by: [[], [region, channel]]}
  - {id: negative, title: {zh-CN: 负面, en: Negative}, from: [cx.feedback.posted, cx.interaction.message], where: enrichment.sentiment != null, measure: {kind: ratio, of: enrichment.sentiment.label == "negative"}, window: {kind: sliding, size: 15s, slide: 1s}, by: [[], [channel]]}
  - {id: wait, title: {zh-CN: 等待, en: Wait}, from: cx.interaction.call, measure: {kind: mean, value: data.wait_s}, window: {kind: tumbling, size: 10s}}
rules:
  - {id: csat_low, kpi: csat, by: [region, channel], fire: value < 60, recover: value >= 70, for: 5s, min_n: 5, severity: critical}
`;

/** The workload with an incident, strewn with repeats, late ones and garbage; ends with an event that closes all windows. */
function input(): Message[] {
  const roll = dice(SEED);
  const incident = { from: START + 5_000, to: START + 15_000, region: 'east', channel: 'app' };
  const make = workload(
    { seed: SEED, start: START, perSecond: 200, incidents: [incident], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const messages: Message[] = [];
  for (let i = 0; i < EVENTS; i++) {
    const { subject, event } = make(i);
    const shifted = (ms: number): JsonObject => ({
      ...event,
      time: new Date(Date.parse(event['time'] as string) - ms).toISOString(),
    });
    const kind = roll(60);
    const sent = kind === 0 ? shifted(8_000) : kind === 1 && i > 2_000 ? shifted(120_000) : event;
    messages.push({ subject, body: kind === 2 ? '{"specversion":"1.0",' : JSON.stringify(sent) });
    if (kind === 3) messages.push({ subject, body: JSON.stringify(sent) });
  }
  const last = make(EVENTS);
  messages.push({
    subject: last.subject,
    body: JSON.stringify({ ...last.event, time: new Date(START + 7_200_000).toISOString() }),
  });
  return messages;
}

describe('recovery', () => {
  const messages = input();
  const folder = mkdtempSync(join(tmpdir(), 'earshot-recovery-'));
  const logger = makeLogger('json', () => undefined, Date.now);
  const servers: NatsServer[] = [];
  const connections: NatsConnection[] = [];
  const found: Record<'calm' | 'killed', Partial<Record<Output, Stored[]>>> = { calm: {}, killed: {} };
  const counts: Record<'calm' | 'killed', Record<string, number>> = { calm: {}, killed: {} };
  const epochs = { calm: 0, killed: 0 };

  async function broker(name: string): Promise<{ nc: NatsConnection; file: string }> {
    const server = await startNatsServer({ store: join(folder, name), logger });
    servers.push(server);
    const nc = await connect({ servers: server.url });
    connections.push(nc);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, config(server.url));
    return { nc, file };
  }

  /** Runs the engine until everything is in, stops it with a signal it may answer, and keeps what it left. */
  async function finish(run: 'calm' | 'killed', nc: NatsConnection, file: string): Promise<void> {
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    await until(
      'all events read',
      60_000,
      async () => (await readMetrics(engine.url))('earshot_events_in_total') >= messages.length,
    );
    const metrics = await readMetrics(engine.url);
    for (const name of ['in', 'processed', 'duplicate', 'late', 'rejected'])
      counts[run][name] = metrics(`earshot_events_${name}_total`);
    epochs[run] = metrics('earshot_owner_epoch');
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    for (const stream of OUTPUTS) found[run][stream] = await readStream(nc, stream);
  }

  beforeAll(async () => {
    process.stdout.write(`recovery: EARSHOT_SEED=${SEED}\n`);
    const calm = await broker('calm');
    const first = await startEngineProcess({ args: ['run', '--config', calm.file] });
    await publishMessages(calm.nc, messages);
    await until(
      'all events read',
      60_000,
      async () => (await readMetrics(first.url))('earshot_events_in_total') >= messages.length,
    );
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    await finish('calm', calm.nc, calm.file);

    const killed = await broker('killed');
    const roll = dice(SEED + 1);
    const chunk = Math.ceil(messages.length / KILLS);
    // The streams must exist before anything is published: the first run makes them.
    const maker = await startEngineProcess({ args: ['run', '--config', killed.file] });
    await until(
      'it owns its partition',
      30_000,
      async () => (await readMetrics(maker.url))('earshot_owner_epoch') === 1,
    );
    maker.kill('SIGKILL');
    await maker.ended;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawnCli(['run', '--config', killed.file]);
      child.stdout?.resume();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      let said = '';
      const working = new Promise<void>((resolve) => {
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (said.includes(kill % 4 === 1 ? '"partition leased"' : '"took over"')) resolve();
        });
      });
      await publishMessages(killed.nc, messages.slice(kill * chunk, (kill + 1) * chunk));
      // Some before they have connected; some from the moment on at which they begin to take over; half once they have, in their work.
      if (kill % 4 > 0) await Promise.race([working, ended]);
      await new Promise((resolve) => setTimeout(resolve, roll(kill % 4 > 0 ? 400 : 800)));
      child.kill('SIGKILL');
      await ended;
    }
    await finish('killed', killed.nc, killed.file);
  });

  afterAll(async () => {
    for (const nc of connections) await nc.close();
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('was sent everything, in both runs', async () => {
    for (const nc of connections) {
      const { state } = await (await jetstreamManager(nc)).streams.info('CX_EVENTS_0');
      expect(state.messages).toBe(messages.length);
    }
    expect(found.calm.CX_ALERTS?.length).toBeGreaterThan(1);
    expect(found.calm.CX_DLQ?.length).toBeGreaterThan(10);
    expect(found.calm.CX_LATE?.length).toBeGreaterThan(5);
  });

  it('was killed well into its work often enough', () => {
    // A broker that a slow machine keeps waiting may cost a lease, and with it an epoch.
    expect(epochs.calm).toBeGreaterThanOrEqual(2);
    expect(epochs.killed).toBeGreaterThan(KILLS / 2);
  });

  it.each(OUTPUTS)('%s holds exactly what the calm run gives, nothing twice', (stream) => {
    const calm = (found.calm[stream] ?? []).map(contentOf).sort();
    const killed = (found.killed[stream] ?? []).map(contentOf).sort();
    expect(killed.length).toBe(calm.length);
    expect(killed).toEqual(calm);
    const ids = (found.killed[stream] ?? []).map((message) => message.headers['nats-msg-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps the order of what follows from the input alone', () => {
    expect((found.killed.CX_ENRICHED ?? []).map(contentOf)).toEqual((found.calm.CX_ENRICHED ?? []).map(contentOf));
  });

  it('counts add up: in = processed + duplicate + late + rejected, the same in both runs', () => {
    expect(counts.killed).toEqual(counts.calm);
    const { in: all = 0, processed = 0, duplicate = 0, late = 0, rejected = 0 } = counts.killed;
    expect(all).toBe(messages.length);
    expect(processed + duplicate + late + rejected).toBe(all);
    expect(Math.min(duplicate, late, rejected)).toBeGreaterThan(0);
  });
});
