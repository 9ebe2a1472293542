/**
 * What brokers and networks do (catalogue case 29), under load: the server is killed and restarted, stands still again and again,
 * the way to it is cut or held, the consumer is deleted. Output goes on within 3 s of connectivity, and the streams hold what an undisturbed
 * engine leaves: nothing lost, nothing twice, in order.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { connectionOf } from '../../../adapters/nats/nats-connection.ts';
import { startCutProxy, type CutProxy } from '../../rig/cut-proxy.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { readiness, ready, type Lab } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { until } from '../../rig/read-metrics.ts';
import { readStream } from '../../rig/read-streams.ts';
import { onThisMachine } from '../../rig/busy-machine.ts';

const RESUMED_WITHIN_MS = 3_000;

let lab: Lab;
let proxy: CutProxy;
let engine: EngineProcess;

const faults = faultFixture('broker faults', 1_500);
const { messages } = faults;
afterEach(() => proxy.close());

/** An engine that reaches its broker through the proxy, with load, well into its work. */
async function underLoad(perSecond: number): Promise<{ readonly published: Promise<void> }> {
  lab = await faults.lab();
  proxy = await startCutProxy(lab.server.port);
  engine = await lab.engine(lab.config('engine', `nats://127.0.0.1:${proxy.port}`));
  await ready(engine);
  const published = lab.publish(messages, perSecond);
  await until('work', 10_000, async () => lab.output.count() > 300);
  return { published };
}

/** Longest time without output from `since` on, until it flows. */
async function resumed(what: string, since: number): Promise<number> {
  await until(`output after ${what}`, 15_000, async () => lab.output.arrival(since, 150) !== undefined);
  const took = lab.output.longestGap(since, 150);
  process.stdout.write(`${what}: output again after ${Math.round(took)} ms\n`);
  return took;
}

async function expectCalm(published: Promise<void>): Promise<void> {
  await published;
  await faults.expectCalm(lab, engine);
  const input = (await readStream(lab.nc, 'CX_EVENTS_0')).map(({ headers }) => headers['nats-msg-id']);
  expect(input).toEqual(messages.map(({ headers }) => headers['Nats-Msg-Id']));
}

describe('a broker that fails under load', () => {
  it('killed and restarted, twice', async () => {
    const { published } = await underLoad(250);
    for (let kill = 0; kill < 2; kill++) {
      const pid = lab.server.pid();
      if (pid === undefined) throw new Error('no server');
      process.kill(pid, 'SIGKILL');
      await until('the server is back', 10_000, async () => {
        const now = lab.server.pid();
        return now !== undefined && now !== pid;
      });
      await connectionOf(lab.nc, AbortSignal.timeout(120_000));
      expect(await resumed('a restart of the server', performance.now())).toBeLessThan(
        onThisMachine(RESUMED_WITHIN_MS),
      );
    }
    await expectCalm(published);
  });

  it.each([
    ['cut', 20_000],
    ['hold', 5_000],
  ] as const)(
    '%s off for %i ms',
    async (how, ms) => {
      const { published } = await underLoad(250);
      proxy[how]();
      const from = performance.now();
      await until('red', ms, async () => !(await readiness(engine)).ok);
      await new Promise((resume) => setTimeout(resume, Math.max(0, ms - (performance.now() - from))));
      proxy.mend();
      expect(await resumed(`${how} for ${ms} ms`, performance.now())).toBeLessThan(onThisMachine(RESUMED_WITHIN_MS));
      await expectCalm(published);
    },
    300_000,
  );

  it('that stands still for most of the time, then works again', async () => {
    const { published } = await underLoad(250);
    const pid = lab.server.pid() ?? 0;
    for (let pulse = 0; pulse < 12; pulse++) {
      process.kill(pid, 'SIGSTOP');
      await new Promise((resume) => setTimeout(resume, 350));
      process.kill(pid, 'SIGCONT');
      await new Promise((resume) => setTimeout(resume, 60));
    }
    await expectCalm(published);
    expect(engine.log()).not.toContain('the partition failed');
  });

  it('with its consumer deleted, twice', async () => {
    const { published } = await underLoad(250);
    for (let round = 0; round < 2; round++) {
      const names: string[] = [];
      await until('a consumer', 5_000, async () => {
        names.length = 0;
        for await (const { name } of lab.jsm.consumers.list('CX_EVENTS_0')) names.push(name);
        return names.length > 0;
      });
      for (const name of names) await lab.jsm.consumers.delete('CX_EVENTS_0', name);
      expect(await resumed('the deletion of the consumer', performance.now())).toBeLessThan(
        onThisMachine(RESUMED_WITHIN_MS),
      );
    }
    await expectCalm(published);
  });
});
