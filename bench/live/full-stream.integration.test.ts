/**
 * An output stream refuses what is too much (`discard: new`): the engine says so and holds its input back; when there is room again
 * it publishes all of it: nothing lost, nothing twice.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  allRead,
  calmStreams,
  differences,
  eventsIn,
  faultInput,
  readiness,
  ready,
  startLab,
  type Lab,
  type Output,
} from './fault-lab.ts';
import { readMetrics, until } from './metrics.ts';
import type { Stored } from './streams.ts';

const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const messages = faultInput(SEED, 3_000);
const RESUMED_WITHIN_MS = 3_000;

let calm: Record<Output, readonly Stored[]>;
let lab: Lab;
beforeAll(async () => {
  process.stdout.write(`full stream: EARSHOT_SEED=${SEED}\n`);
  calm = await calmStreams(messages);
}, 60_000);
afterEach(() => lab.close());

/** Refuses beyond so many messages, now; -1: takes all. */
async function limit(stream: string, most: number): Promise<void> {
  const { config } = await lab.jsm.streams.info(stream);
  await lab.jsm.streams.update(stream, { ...config, max_msgs: most });
}

describe('an output stream that is full', () => {
  it.each([
    ['CX_KPI', 'cx.kpi'],
    ['CX_ENRICHED', 'cx.enriched'],
  ] as const)(
    '%s: red with the reason, input held back, then all of it',
    async (stream, family) => {
      lab = await startLab();
      const engine = await lab.engine(lab.config('engine'));
      await ready(engine);
      const fed = lab.feed(messages, 800);
      await until('work', 10_000, async () => lab.output.count() > 300);
      const { state } = await lab.jsm.streams.info(stream);
      await limit(stream, state.messages + 5);
      await until('red with the reason', 10_000, async () => {
        const { ok, reasons } = await readiness(engine);
        return !ok && reasons.some((reason) => reason.includes(family) && reason.includes('maximum messages exceeded'));
      });
      await fed;
      const held = await eventsIn(engine);
      const { state: full } = await lab.jsm.streams.info(stream);
      expect(full.messages).toBe(state.messages + 5);
      // Everything is stored, and little of it has been let in since.
      expect(held).toBeLessThan(messages.length - 1_000);
      const metrics = await readMetrics(engine.url);
      expect(metrics('earshot_queue_depth')).toBeGreaterThan(0);
      expect(metrics('earshot_partition_restarts_total')).toBe(0);

      await limit(stream, -1);
      const freed = performance.now();
      await until('progress', 10_000, async () => (await eventsIn(engine)) > held);
      const took = performance.now() - freed;
      process.stdout.write(`${stream} has room: input goes on after ${Math.round(took)} ms\n`);
      expect(took).toBeLessThan(RESUMED_WITHIN_MS);
      await allRead(engine, messages.length, 15_000);
      await ready(engine);
      engine.kill('SIGTERM');
      expect(await engine.ended).toBe(0);
      expect(differences(await lab.streams(), calm)).toEqual([]);
    },
    40_000,
  );
});
