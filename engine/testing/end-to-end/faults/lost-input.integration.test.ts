/** Input that is removed before it was read: it is reported, counted message by message, and the engine goes on with what comes next. */
import { afterEach, describe, expect, it } from 'vitest';
import { startCutProxy, type CutProxy } from '../../rig/cut-proxy.ts';
import { faultInput, ready, startLab, type Lab } from '../../rig/fault-lab.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';

const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const messages = faultInput(SEED, 900);
const third = Math.floor(messages.length / 3);

describe('an input stream that is purged under the engine', () => {
  let lab: Lab;
  let proxy: CutProxy;
  afterEach(async () => {
    await lab.close();
    await proxy.close();
  });

  it('has its gap reported and counted, and what comes next read', async () => {
    process.stdout.write(`lost input: EARSHOT_SEED=${SEED}\n`);
    lab = await startLab();
    proxy = await startCutProxy(lab.server.port);
    const engine = await lab.engine(lab.config('engine', `nats://127.0.0.1:${proxy.port}`));
    await ready(engine);
    const metric = async (name: string): Promise<number> => (await readMetrics(engine.url))(`earshot_${name}`);
    await lab.publish(messages.slice(0, third), 2_000);
    await until('the first third', 10_000, async () => (await metric('committed_position')) === third);
    proxy.cut();
    await lab.publish(messages.slice(third, 2 * third), 2_000);
    await lab.jsm.streams.purge('CX_EVENTS_0');
    proxy.mend();
    await lab.publish(messages.slice(2 * third), 2_000);
    await until('the last third', 15_000, async () => (await metric('committed_position')) === messages.length);
    expect(await metric('events_missing_total')).toBe(third);
    expect(await metric('events_in_total')).toBe(messages.length - third);
    const log = engine.log();
    expect(log).toContain('"code":"SOURCE_GAP"');
    expect(log).toContain(`"expected":${third + 1},"next":${2 * third + 1}`);
    await ready(engine);
    // And counted once: it is of the state.
    engine.kill('SIGKILL');
    await engine.ended;
    const next = await lab.engine(lab.config('next'));
    await ready(next);
    expect((await readMetrics(next.url))('earshot_events_missing_total')).toBe(third);
  });
});
