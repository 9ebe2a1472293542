/**
 * The golden replay (catalogue case 25): the recorded stream gives the same final output, byte by byte, from a file, calm, and
 * killed by kill -9 again and again, in 1, 2 and 4 partitions. Real nats-servers, real processes. `EARSHOT_GOLDEN=write` writes
 * final.ndjson again from the file run; `EARSHOT_KILLS=<n>` kills each of the three runs so often.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { makeLogger } from '../../adapters/process/log.ts';
import { startNatsServer, type NatsServer } from '../../adapters/embedded-server/nats-server.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { partitionOf } from '../../core/partition/partition-of.ts';
import type { JsonObject } from '../../core/types.ts';
import { familyOf } from '../../../operators/events/types/event-types.ts';
import { subjectKeyOf } from '../../../operators/events/subject-key.ts';
import { spawnCli, startEngineProcess } from '../rig/engine-process.ts';
import { readMetrics, until } from '../rig/read-metrics.ts';
import { readStream } from '../rig/read-streams.ts';
import { finalOutput, type Said } from './final-output.ts';
import { dice } from '../dice.ts';

const folder = join(packageRoot(), 'engine', 'testing', 'golden');
const GOLDEN = join(folder, 'final.ndjson');
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const KILLS = process.env['EARSHOT_KILLS'];
const STREAMS = ['CX_KPI', 'CX_ALERTS', 'CX_ACTIONS', 'CX_CLOCKS', 'CX_LATE', 'CX_DLQ', 'CX_ENRICHED'];

const lines = readFileSync(join(folder, 'recording.ndjson'), 'utf8').split('\n').slice(0, -1);
const recording = lines.map((body, i) => ({ subject: subjectOf(body, i), body }));

/** As `earshot replay` publishes it; garbage goes somewhere too. */
function subjectOf(body: string, i: number): string {
  try {
    const { type, data } = JSON.parse(body) as { type: string; data: JsonObject };
    return `cx.events.${data['channel'] as string}.${familyOf(type) ?? ''}.${subjectKeyOf(data)}`;
  } catch {
    return `cx.events.app.feedback.broken-${i}`;
  }
}

describe('golden replay', () => {
  const store = mkdtempSync(join(tmpdir(), 'earshot-golden-'));
  const logger = makeLogger('json', () => undefined, Date.now);
  const servers: NatsServer[] = [];
  const connections: NatsConnection[] = [];
  process.stdout.write(`golden: EARSHOT_SEED=${SEED}\n`);

  afterAll(async () => {
    for (const nc of connections) await nc.close();
    for (const server of servers) await server.stop();
    rmSync(store, { recursive: true, force: true });
  });

  async function broker(name: string, partitions: number): Promise<{ nc: NatsConnection; file: string }> {
    const server = await startNatsServer({ store: join(store, name), partitions, logger });
    servers.push(server);
    const nc = await connect({ servers: server.url });
    connections.push(nc);
    const file = join(store, `${name}.yaml`);
    const head = `nats: {servers: ["${server.url}"]}\nhttp: {port: 0}\npartitions: ${partitions}\ncommit: {every: 50ms}\n`;
    writeFileSync(file, head + readFileSync(join(folder, 'golden.yaml'), 'utf8'));
    return { nc, file };
  }

  async function publish(nc: NatsConnection, from: number, to: number): Promise<void> {
    const structured = headers();
    structured.set('content-type', 'application/cloudevents+json');
    for (const { subject, body } of recording.slice(from, to)) nc.publish(subject, body, { headers: structured });
    await nc.flush();
  }

  interface Outcome {
    readonly output: readonly string[];
    readonly counts: Readonly<Record<string, number>>;
    /** How often partitions changed hands, all of them together. */
    readonly takeOvers: number;
  }

  /** Runs the engine until it has said all; what the streams hold then. */
  async function finish(nc: NatsConnection, file: string, partitions: number): Promise<Outcome> {
    const engine = await startEngineProcess({ args: ['run', '--config', file] });
    const counts: Record<string, number> = {};
    let takeOvers = 0;
    await until('all events read', 40_000, async () => {
      const metrics = await readMetrics(engine.url);
      for (const name of ['in', 'processed', 'duplicate', 'late', 'rejected'])
        counts[name] = metrics(`earshot_events_${name}_total`);
      takeOvers = metrics('earshot_owner_epoch') - (partitions === 1 ? 1 : partitions + 1);
      return (counts['in'] ?? 0) >= recording.length;
    });
    // What one stage has sent another takes a commit of each.
    let before = -1;
    await until('nothing more comes', 20_000, async () => {
      const { length } = await readStream(nc, 'CX_KPI');
      const isStill = length === before && length > 0;
      before = length;
      if (!isStill) await new Promise((resolve) => setTimeout(resolve, 500));
      return isStill;
    });
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
    const said: Said[] = [];
    for (const stream of STREAMS) {
      const stored = await readStream(nc, stream);
      const ids = stored.map((message) => message.headers['nats-msg-id']);
      expect(ids.length - new Set(ids).size, `${stream}: ids twice`).toBe(0);
      for (const { subject, headers: of, data } of stored) {
        said.push({ subject, type: of['ce-type'] ?? '', time: of['ce-time'] ?? '', data: data as JsonObject });
      }
    }
    return { output: finalOutput(said), counts, takeOvers };
  }

  /** Lives that each end by kill -9: most during the work that comes once all partitions are owned and their state is back. */
  async function killed(nc: NatsConnection, file: string, partitions: number, kills: number): Promise<void> {
    const maker = await startEngineProcess({ args: ['run', '--config', file] });
    await publish(nc, 0, 100);
    await until('a first commit', 10_000, async () => (await readMetrics(maker.url))('earshot_events_in_total') >= 100);
    maker.kill('SIGKILL');
    await maker.ended;
    const roll = dice(SEED + partitions);
    const runs = partitions === 1 ? 1 : partitions + 1;
    const chunk = (recording.length - 100) / kills;
    for (let kill = 0; kill < kills; kill++) {
      const child = spawnCli(['run', '--config', file]);
      child.stdout?.resume();
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      let log = '';
      const working = new Promise<void>((resolve) => {
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          log += text;
          if (log.split('"took over"').length > runs) resolve();
        });
      });
      const [from, to] = [100 + Math.round(kill * chunk), 100 + Math.round((kill + 1) * chunk)];
      const half = Math.round((from + to) / 2);
      await publish(nc, from, half);
      // One in eight at any moment from its start on.
      if (kill % 8 > 0) await Promise.race([working, ended]);
      const dies = new Promise<void>((resolve) => setTimeout(resolve, roll(kill % 8 > 0 ? 250 : 900)));
      await publish(nc, half, to);
      await dies;
      child.kill('SIGKILL');
      await ended;
    }
  }

  const golden = (): readonly string[] => readFileSync(GOLDEN, 'utf8').split('\n').slice(0, -1);

  it('is a stream with repeats, garbage, lateness, alerts, in each of 4 partitions', () => {
    expect(new Set(recording.map(({ subject }) => partitionOf(subject.split('.').at(-1) ?? '', 4))).size).toBe(4);
    const output = golden();
    const count = (family: string): number =>
      output.filter((line) => line.startsWith(`{"subject":"cx.${family}.`)).length;
    expect([count('kpi') > 300, count('alerts') > 5, count('late') > 5, count('dlq') > 10]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(new Set(lines).size).toBeLessThan(lines.length);
  });

  it('from a file', () => {
    const args = ['process', '--config', join(folder, 'golden.yaml'), '--input', join(folder, 'recording.ndjson')];
    const cli = join(packageRoot(), 'dist', 'earshot.js');
    const run = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    expect(run.status).toBe(0);
    const output = finalOutput(
      run.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Said),
    );
    if (process.env['EARSHOT_GOLDEN'] === 'write') writeFileSync(GOLDEN, `${output.join('\n')}\n`);
    expect(output).toEqual(golden());
  });

  describe.each([
    [1, 30],
    [2, 8],
    [4, 12],
  ])('in %i partitions', (partitions, usual) => {
    const kills = Number(KILLS ?? usual);
    let calm: Outcome | undefined;

    it('calm', async () => {
      const { nc, file } = await broker(`calm-${partitions}`, partitions);
      const maker = await startEngineProcess({ args: ['run', '--config', file] });
      await publish(nc, 0, recording.length);
      maker.kill('SIGTERM');
      expect(await maker.ended).toBe(0);
      calm = await finish(nc, file, partitions);
      expect(calm.output).toEqual(golden());
      const { in: all = 0, processed = 0, duplicate = 0, late = 0, rejected = 0 } = calm.counts;
      expect([all, processed + duplicate + late + rejected]).toEqual([recording.length, recording.length]);
    });

    it(`killed ${kills} times`, async () => {
      const { nc, file } = await broker(`killed-${partitions}`, partitions);
      await killed(nc, file, partitions, kills);
      const outcome = await finish(nc, file, partitions);
      process.stdout.write(`golden: ${kills} kills in ${partitions} partitions, ${outcome.takeOvers} take-overs\n`);
      // So many found their partitions owned, usually five of six: the kills came into the work.
      expect(outcome.takeOvers).toBeGreaterThan(kills / 2);
      expect(outcome.output).toEqual(golden());
      expect(outcome.counts).toEqual(calm?.counts);
    }, 400_000);
  });
});
