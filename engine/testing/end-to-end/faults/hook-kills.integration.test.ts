/**
 * Two instances and one broker, kill -9 at random during deliveries: every alert is said to begin and to end, what is repeated
 * has the same id, and nothing begins after its end. Three kills here; EARSHOT_HOOK_KILLS=50 for many. Needs `npm run build`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBroker, type BrokerFixture } from '../../../adapters/testing/broker.fixture.ts';
import { must } from '../../../core/must.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import { startEngineProcess, type EngineProcess } from '../../rig/engine-process.ts';
import { until } from '../../rig/read-metrics.ts';
import { webhookReceiver, type WebhookReceiver } from '../../rig/webhook-receiver.ts';

const KILLS = Number(process.env['EARSHOT_HOOK_KILLS'] ?? 3);
const ALERTS = 12;

let folder: string;
let broker: BrokerFixture;
let receiver: WebhookReceiver;
const engines: EngineProcess[] = [];

function start(): Promise<EngineProcess> {
  return startEngineProcess({ args: ['run', '--config', join(folder, 'earshot.yaml')] });
}

/** Each change is in the stream when this resolves. */
async function publish(state: 'firing' | 'resolved', round: number): Promise<void> {
  const js = jetstream(broker.nc);
  for (let i = 0; i < ALERTS; i++) {
    const message = alertMessage(`r${round}a${i}`, { state, severity: 'major' });
    await js.publish('cx.alerts.major.csat_low', JSON.stringify(message));
  }
}

/** What was accepted of an alert, in order: `firing <id>`, `resolved <id>`. */
function accepted(): ReadonlyMap<string, readonly string[]> {
  const said = new Map<string, string[]>();
  for (const { body, headers } of receiver.received) {
    const { status, alerts } = JSON.parse(body) as { status: string; alerts: { labels: Record<string, string> }[] };
    for (const { labels } of alerts) {
      const alert = must(labels['channel']);
      const list = said.get(alert) ?? [];
      list.push(`${status} ${String(headers['webhook-id'])}`);
      said.set(alert, list);
    }
  }
  return said;
}

function isSaid(round: number, status: string): boolean {
  const said = accepted();
  return Array.from({ length: ALERTS }, (_, i) => said.get(`r${round}a${i}`)).every((list) =>
    list?.some((line) => line.startsWith(status)),
  );
}

/** One of the two, at random within what the deliveries take; another starts in its place. */
async function killOne(round: number): Promise<void> {
  await sleep(Math.random() * 60);
  const victim = (round >> 1) % engines.length;
  const engine = must(engines[victim]);
  engine.kill('SIGKILL');
  await engine.ended;
  engines[victim] = await start();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-kills-'));
  broker = await startBroker();
  receiver = await webhookReceiver();
  writeFileSync(
    join(folder, 'earshot.yaml'),
    `nats: {servers: ["${broker.server.url}"]}
http: {port: 0}
scoring: {sentiment: null}
hooks:
  - {id: good, kind: webhook, url: "${receiver.url}", allow: [127.0.0.0/8]}
`,
  );
  engines.push(...(await Promise.all([start(), start()])));
});

afterEach(async () => {
  for (const engine of engines.splice(0)) {
    engine.kill('SIGKILL');
    await engine.ended;
  }
  await receiver.close();
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Of each thread: what it gives way by, 0 to 19. */
function nicesOf(pid: number): readonly number[] {
  const tasks = `/proc/${String(pid)}/task`;
  // A name in parentheses, then the third field and so on: the nineteenth is what is asked for.
  const fields = (task: string): readonly string[] =>
    must(
      readFileSync(join(tasks, task, 'stat'), 'latin1')
        .split(') ')
        .at(-1),
    ).split(' ');
  return readdirSync(tasks).map((task) => Number(fields(task)[16]));
}

it.runIf(process.platform === 'linux')('hooks give way to windows and boards, which give way to nobody', async () => {
  const levels = [getPriority(), getPriority() + 5];
  const isSo = (pid: number): boolean => levels.every((level) => nicesOf(pid).includes(level));
  await until('each has both', 30_000, () => Promise.resolve(engines.every(({ pid }) => isSo(pid))));
  for (const { pid } of engines) expect([...new Set(nicesOf(pid))].toSorted((a, b) => a - b)).toEqual(levels);
});

it(
  `44: two instances, ${String(KILLS)} kills at random: nothing is lost, repeats have the same id, the order is kept`,
  async () => {
    for (let round = 0; round < KILLS; round++) {
      // During the beginnings and during the ends in turn; an alert that ends before its beginning may have arrived says its end alone.
      const isEarly = round % 2 === 1;
      const begins = publish('firing', round);
      if (isEarly) await killOne(round);
      await begins;
      await until('all are said', 60_000, () => Promise.resolve(isSaid(round, 'firing')));
      const ends = publish('resolved', round);
      if (!isEarly) await killOne(round);
      await ends;
      await until(`round ${round} is said to its end`, 60_000, () => Promise.resolve(isSaid(round, 'resolved')));
    }
    const said = accepted();
    expect(said.size).toBe(KILLS * ALERTS);
    for (const [alert, lines] of said) {
      const ids = (status: string): Set<string> => new Set(lines.filter((line) => line.startsWith(status)));
      expect(ids('firing').size, `${alert} begins under one id: ${lines.join(', ')}`).toBe(1);
      expect(ids('resolved').size, `${alert} ends under one id: ${lines.join(', ')}`).toBe(1);
      const ended = lines.findIndex((line) => line.startsWith('resolved'));
      expect(
        lines.slice(ended).every((line) => line.startsWith('resolved')),
        `${alert}: ${lines.join(', ')}`,
      ).toBe(true);
    }
  },
  120_000 + KILLS * 90_000,
);
