/**
 * The same workload in 1, 2 and 4 partitions, and in 2 with kill -9 at random moments (EARSHOT_KILLS=<n> times): the last word on every window and every
 * change of an alert are the same. A real nats-server with the mapping of `earshot nats-config`, real processes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLogger } from '../../adapters/process/log.ts';
import { startNatsServer, type NatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { partitionOf } from '../../core/partition/partition-of.ts';
import { workload } from '../../app/demo/generator.ts';
import { loadTexts } from '../../app/demo/texts.ts';
import { dice } from '../dice.ts';
import { closingEvents } from '../rig/closing-events.ts';
import { publishMessages, type Message } from '../rig/disturbed-input.ts';
import { spawnCli, startEngineProcess } from '../rig/engine-process.ts';
import { changesOf, idsOf, lastWords, twice } from '../rig/comparable-outputs.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream, type Stored } from '../rig/read-streams.ts';

const KILLS = Number(process.env['EARSHOT_KILLS'] ?? 8);
const EVENTS = 3_000;
const MOST = 4;
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const START = Date.UTC(2026, 2, 2, 1);
const END = START + 7_200_000;
const STREAMS = ['CX_KPI', 'CX_ALERTS', 'CX_LATE', 'CX_ENRICHED'] as const;
type Name = (typeof STREAMS)[number];

const config = (natsUrl: string, partitions: number): string => `
nats: {servers: ["${natsUrl}"]}
http: {port: 0}
partitions: ${partitions}
scoring: {sentiment: null}
time: {idle_after: 1h, allowed_lateness: 20s}
kpis:
  - {id: csat, title: {zh-CN: 满意度, en: CSAT}, from: cx.survey.answered, where: data.metric == "csat", measure: {kind: csat, value: data.score}, window: {kind: sliding, size: 1m, slide: 5s}, by: [[], [region, channel]]}
  - {id: voices, title: {zh-CN: 声音, en: Voices}, from: [cx.feedback.posted, cx.interaction.message], measure: {kind: distinct, value: subjectKey}, window: {kind: sliding, size: 15s, slide: 1s}, by: [[], [channel]]}
  - {id: wait, title: {zh-CN: 等待, en: Wait}, from: cx.interaction.call, measure: {kind: quantile, value: data.wait_s, q: 0.9}, window: {kind: tumbling, size: 10s}}
  - {id: talks, title: {zh-CN: 会话, en: Talks}, from: cx.interaction.message, measure: {kind: count}, window: {kind: session, gap: 500ms}, by: [[region]]}
rules:
  - {id: csat_low, kpi: csat, by: [region, channel], fire: value < 75, recover: value >= 80, for: 2s, min_n: 3, severity: critical}
`;

/** The workload with an incident, strewn with repeats and with events that are far too late. */
function input(): Message[] {
  const roll = dice(SEED);
  const incident = { from: START + 4_000, to: START + 10_000, region: 'east', channel: 'app' };
  const make = workload(
    { seed: SEED, start: START, perSecond: 200, incidents: [incident], disorderMs: 800 },
    loadTexts(packageRoot()),
  );
  const messages: Message[] = [];
  for (let i = 0; i < EVENTS; i++) {
    const { subject, event } = make(i);
    const kind = roll(50);
    const time = Date.parse(event['time'] as string) - (kind === 0 && i > EVENTS / 2 ? 200_000 : 0);
    const body = JSON.stringify({ ...event, time: new Date(time).toISOString() });
    messages.push({ subject, body });
    if (kind === 1) messages.push({ subject, body });
  }
  messages.push(...closingEvents(make(EVENTS).event, END, MOST));
  return messages;
}

interface Outcome {
  readonly found: Record<Name, Stored[]>;
  readonly counts: Readonly<Record<string, number>>;
}

describe('partitions', () => {
  const messages = input();
  const folder = mkdtempSync(join(tmpdir(), 'earshot-partitions-'));
  const logger = makeLogger('json', () => undefined, Date.now);
  const servers: NatsServer[] = [];
  const connections: NatsConnection[] = [];
  const outcomes: Record<string, Outcome> = {};

  async function broker(name: string, partitions: number): Promise<{ nc: NatsConnection; file: string }> {
    const server = await startNatsServer({ store: join(folder, name), partitions, logger });
    servers.push(server);
    const nc = await connect({ servers: server.url });
    connections.push(nc);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, config(server.url, partitions));
    return { nc, file };
  }

  /** Runs the engine until the last windows are out, and keeps what it left. */
  async function finish(nc: NatsConnection, file: string, first?: readonly Message[]): Promise<Outcome> {
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    if (first !== undefined) await publishMessages(nc, first);
    const counts: Record<string, number> = {};
    await until('all events read', 40_000, async () => {
      const metrics = await readMetrics(engine.url);
      for (const name of ['in', 'processed', 'duplicate', 'late', 'rejected'])
        counts[name] = metrics(`earshot_events_${name}_total`);
      return (counts['in'] ?? 0) >= messages.length;
    });
    // What one stage has sent another takes a commit of each.
    let before = -1;
    await until('nothing more comes', 20_000, async () => {
      const { length } = await readStream(nc, 'CX_KPI');
      const isStill = length === before && length > 0;
      before = length;
      if (!isStill) await new Promise((resolve) => setTimeout(resolve, 600));
      return isStill;
    });
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    const found = {} as Record<Name, Stored[]>;
    for (const stream of STREAMS) found[stream] = await readStream(nc, stream);
    return { found, counts };
  }

  beforeAll(async () => {
    process.stdout.write(`partitions: EARSHOT_SEED=${SEED}\n`);
    for (const partitions of [1, 2, 4]) {
      const { nc, file } = await broker(`calm-${partitions}`, partitions);
      outcomes[`calm ${partitions}`] = await finish(nc, file, messages);
    }
    const { nc, file } = await broker('killed', 2);
    const maker = await startEngineProcess({ args: ['run', '--config', file] });
    maker.kill('SIGKILL');
    await maker.ended;
    const roll = dice(SEED + 1);
    const chunk = Math.ceil(messages.length / KILLS);
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawnCli(['run', '--config', file]);
      child.stdout?.resume();
      child.stderr?.resume();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await publishMessages(nc, messages.slice(kill * chunk, (kill + 1) * chunk));
      await new Promise((resolve) => setTimeout(resolve, 600 + roll(1_400)));
      child.kill('SIGKILL');
      await ended;
    }
    outcomes['killed 2'] = await finish(nc, file);
  });

  afterAll(async () => {
    for (const nc of connections) await nc.close();
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const found = (run: string, stream: Name): readonly Stored[] => outcomes[run]?.found[stream] ?? [];

  it('spread the events over all partitions', () => {
    const keys = new Set(messages.map(({ subject }) => partitionOf(subject.split('.').at(-1) ?? '', MOST)));
    expect(keys.size).toBe(MOST);
    expect(found('calm 1', 'CX_ALERTS').length).toBeGreaterThan(1);
    expect(found('calm 1', 'CX_LATE').length).toBeGreaterThan(5);
    expect(lastWords(found('calm 1', 'CX_KPI')).length).toBeGreaterThan(500);
  });

  it.each(['calm 2', 'calm 4', 'killed 2'])('%s: the last revision of every window is that of one partition', (run) => {
    expect(lastWords(found(run, 'CX_KPI'))).toEqual(lastWords(found('calm 1', 'CX_KPI')));
  });

  it.each(['calm 2', 'calm 4', 'killed 2'])('%s: alerts change as in one partition', (run) => {
    expect(changesOf(found(run, 'CX_ALERTS'))).toEqual(changesOf(found('calm 1', 'CX_ALERTS')));
  });

  it.each(['calm 2', 'calm 4', 'killed 2'])('%s: every event is enriched once, and late for the same KPIs', (run) => {
    for (const stream of ['CX_ENRICHED', 'CX_LATE'] as const) {
      expect(idsOf(found(run, stream))).toEqual(idsOf(found('calm 1', stream)));
      expect(twice(found(run, stream))).toBe(0);
    }
    expect(outcomes[run]?.counts).toEqual(outcomes['calm 1']?.counts);
  });
});
