/**
 * A stream that the engine writes to refuses what is too much (`discard: new`), an output stream or that of the state: the engine says so
 * and holds its input back; when there is space again it publishes all of it: nothing lost, nothing twice.
 */
import { describe, expect, it } from 'vitest';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { eventsIn, readiness, ready, type Lab } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { onThisMachine } from '../../rig/busy-machine.ts';

const RESUMED_WITHIN_MS = 3_000;

describe('a stream that is full', () => {
  const faults = faultFixture('full stream', 3_000);
  const { messages } = faults;

  /**
   * Refuses beyond a little more than it holds now: messages or bytes. Returns how to give it space again. A limit below what the stream
   * holds would make the broker delete the oldest, `discard: new` or not, so there is space for what comes until the limit holds.
   */
  async function fill(
    lab: Lab,
    stream: string,
    by: 'max_msgs' | 'max_bytes',
    space: number,
  ): Promise<() => Promise<void>> {
    const { config, state } = await lab.jsm.streams.info(stream);
    const most = space + (by === 'max_msgs' ? state.messages : state.bytes);
    const limited = await lab.jsm.streams.update(stream, { ...config, [by]: most });
    if (by === 'max_msgs') expect(limited.state.first_seq).toBe(state.first_seq);
    return async () => {
      await lab.jsm.streams.update(stream, config);
    };
  }

  it.each([
    ['CX_KPI', 'cx.kpi', 'max_msgs', 80, 'maximum messages exceeded'],
    ['CX_ENRICHED', 'cx.enriched', 'max_msgs', 400, 'maximum messages exceeded'],
    ['CX_STATE', 'commits', 'max_bytes', 20_000, 'maximum bytes exceeded'],
  ] as const)(
    '%s: red with the reason, input held back, then all of it',
    async (stream, what, by, space, why) => {
      const lab = await faults.lab();
      const engine = await lab.engine(lab.config('engine'));
      await ready(engine);
      const published = lab.publish(messages, 800);
      await until('work', 10_000, async () => lab.output.count() > 300);
      const freeSpace = await fill(lab, stream, by, space);
      await until('red with the reason', 10_000, async () => {
        const { ok, reasons } = await readiness(engine);
        return !ok && reasons.some((reason) => reason.includes(`${what}: `) && reason.includes(why));
      });
      await published;
      const held = await eventsIn(engine);
      // Everything is stored, and little of it has been let in since.
      expect(held).toBeLessThan(messages.length - 400);
      const { state } = await lab.jsm.streams.info(stream);
      const metrics = await readMetrics(engine.url);
      expect(metrics('earshot_queue_depth')).toBeGreaterThan(0);
      expect(metrics('earshot_partition_restarts_total')).toBe(0);
      expect((await lab.jsm.streams.info(stream)).state.last_seq).toBe(state.last_seq);

      await freeSpace();
      const freed = performance.now();
      await until('progress', 10_000, async () => (await eventsIn(engine)) > held);
      const took = performance.now() - freed;
      process.stdout.write(`${stream} has space: input goes on after ${Math.round(took)} ms\n`);
      expect(took).toBeLessThan(onThisMachine(RESUMED_WITHIN_MS));
      await faults.expectCalm(lab, engine);
    },
    300_000,
  );

  it('CX_STATE by its configured size, and the engine is killed: the next waits as well, and goes on once there is space', async () => {
    const lab = await faults.lab();
    const sized = (max: string): string =>
      lab.config('engine', lab.server.url, `streams: {CX_STATE: {max_bytes: ${max}}}`);
    const isRed = (engine: EngineProcess): Promise<void> =>
      until('red with the reason', 20_000, async () => {
        const { ok, reasons } = await readiness(engine);
        return !ok && reasons.some((reason) => reason.includes('commits: maximum bytes exceeded'));
      });
    const published = lab.publish(messages, 800);
    for (let life = 0; life < 2; life++) {
      const engine = await lab.engine(sized('64KiB'));
      await isRed(engine);
      engine.kill('SIGKILL');
      await engine.ended;
    }
    await published;
    const { state } = await lab.jsm.streams.info('CX_STATE');
    expect(state.bytes).toBeLessThanOrEqual(64 * 1024);
    await faults.expectCalm(lab, await lab.engine(sized('64MiB')));
  });
});
