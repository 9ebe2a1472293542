/**
 * Engines that start, stop and are replaced at the same moment, on one broker that has never seen one: each comes up, and each
 * partition is run by one of them. EARSHOT_ROUNDS makes more of it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../../app/engine.ts';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import { loadConfig } from '../../../adapters/config/config-file.ts';
import { startNatsServer, type NatsServer } from '../../../adapters/embedded-server/nats-server.ts';
import { configForm } from '../../../app/config/config.ts';
import { faultConfig } from '../../rig/fault-lab.ts';
import { until } from '../../rig/read-metrics.ts';

const ROUNDS = Number(process.env['EARSHOT_ROUNDS'] ?? 4);
const PARTITIONS = 2;

describe('engines that start and stop at the same moment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-at-once-'));
  const logger = recordingLogger();
  const { signal } = new AbortController();
  let server: NatsServer | undefined;
  let running: LiveEngine[] = [];
  afterEach(async () => {
    await Promise.all(running.map((engine) => engine.stop()));
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(natsUrl: string): Promise<LiveEngine> {
    const file = join(folder, 'engine.yaml');
    writeFileSync(file, faultConfig(natsUrl, '', PARTITIONS));
    const config = await loadConfig(file, configForm(compileExpression));
    const engine = await startEngine({ config, logger, demo: null, signal });
    engine.failed.catch((thrown: unknown) => logger.error('failed', { error: String(thrown) }));
    return engine;
  }

  /** How many engines run each partition. */
  async function runners(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { url } of running) {
      const answer = await fetch(`${url}/v1/status`);
      const { partitions } = (await answer.json()) as {
        partitions: { partition: number; health: { state: string } }[];
      };
      for (const { partition, health } of partitions) {
        if (health.state === 'running') counts[partition] = (counts[partition] ?? 0) + 1;
      }
    }
    return counts;
  }
  const eachByOne = (): Promise<void> =>
    until('each partition is run by one', 20_000, async () => {
      const counts = Object.values(await runners());
      return counts.length === PARTITIONS + 1 && counts.every((count) => count === 1);
    });

  it(
    'all come up, and each partition is run by one',
    async () => {
      logger.lines.length = 0; // of an attempt before this one
      for (let round = 0; round < ROUNDS; round++) {
        server = await startNatsServer({
          store: join(folder, String(round)),
          partitions: PARTITIONS,
          logger: recordingLogger(),
        });
        const { url } = server;
        running = await Promise.all([1, 2, 3, 4].map(() => start(url)));
        await eachByOne();
        // Two go, and two come in their place.
        const [gone, kept] = [running.slice(0, 2), running.slice(2)];
        const [, , ...come] = await Promise.all([...gone.map((engine) => engine.stop()), start(url), start(url)]);
        running = [...kept, ...come.filter((engine) => engine !== undefined)];
        await eachByOne();
        await Promise.all(running.map((engine) => engine.stop()));
        running = [];
        await server.stop();
      }
      // Warnings are of what mends itself, as a lease that a slow machine renews too late.
      const wrong = logger.lines.filter(({ level }) => level === 'error');
      expect(wrong).toEqual([]);
    },
    20_000 + ROUNDS * 20_000,
  );
});
