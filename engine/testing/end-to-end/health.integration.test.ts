/**
 * What an orchestrator and a subscriber of `health` learn while the broker is away, comes back, and a partition ends for
 * good: away is not ready, and no reason to restart; only what a new process mends is.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type LiveEngine } from '../../app/engine.ts';
import { recordingLogger } from '../../adapters/testing/broker.fixture.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { loadConfig } from '../../adapters/config/config-file.ts';
import { LiveClient } from '../../gateway/testing/gateway.fixture.ts';
import type { HealthMessage } from '../../core/wire.ts';
import { configForm } from '../../app/config/config.ts';
import { startCutProxy, type CutProxy } from '../rig/cut-proxy.ts';
import { faultInput, startLab, type Lab } from '../rig/fault-lab.ts';
import { until } from '../rig/read-metrics.ts';

const messages = faultInput(7, 1_500);

describe('health of an engine', () => {
  let lab: Lab;
  let proxy: CutProxy;
  let engine: LiveEngine;
  let client: LiveClient;
  /** Why the engine failed for good, once it has. */
  let failure: unknown;

  beforeAll(async () => {
    lab = await startLab();
    proxy = await startCutProxy(lab.server.port);
    const file = lab.config('engine', `nats://127.0.0.1:${proxy.port}`);
    const config = await loadConfig(file, configForm(compileExpression));
    const { signal } = new AbortController();
    engine = await startEngine({ config, logger: recordingLogger(), demo: null, signal });
    engine.failed.catch((thrown: unknown) => (failure = thrown));
    client = await new LiveClient(engine.url).open();
    client.say({ op: 'sub', id: 1, topics: ['health'] });
  });
  afterAll(async () => {
    client.socket.terminate();
    await engine.stop();
    await proxy.close();
    await lab.close();
  });

  async function probe(path: '/healthz' | '/readyz'): Promise<{ status: number } & HealthMessage['ready']> {
    const answer = await fetch(engine.url + path);
    return { status: answer.status, ...((await answer.json()) as HealthMessage['ready']) };
  }
  const readiness = (): HealthMessage['ready'] | undefined =>
    [...client.of('snapshot'), ...client.of('delta')].flatMap(({ health }) => health?.ready ?? []).at(-1);

  async function untilReady(): Promise<void> {
    await until('ready', 15_000, async () => (await probe('/readyz')).ok);
    await until('the news that it is ready', 3_000, () => Promise.resolve(readiness()?.ok === true));
    expect(readiness()).toEqual({ ok: true, reasons: [] });
  }

  it('is alive and not ready while the broker is away, and ready again after', async () => {
    await untilReady();
    proxy.cut();
    await until('the news that it is not ready', 10_000, async () => {
      expect(await probe('/healthz')).toEqual({ status: 200, ok: true, reasons: [] });
      return readiness()?.reasons.includes('not connected to NATS') === true;
    });
    const { status, reasons } = await probe('/readyz');
    expect([status, reasons.includes('not connected to NATS')]).toEqual([503, true]);
    // Long enough for the partition to be started again and again.
    for (const end = Date.now() + 3_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
      expect(await probe('/healthz')).toEqual({ status: 200, ok: true, reasons: [] });
    }
    proxy.mend();
    await untilReady();
  });

  it('is to be restarted when a partition has ended for good', async () => {
    await lab.publish(messages.slice(0, 750), 2_000);
    await until('outputs', 10_000, async () => (await lab.jsm.streams.info('CX_KPI')).state.messages > 0);
    await lab.jsm.streams.purge('CX_STATE');
    await lab.publish(messages.slice(750, 800), 2_000);
    await until('the end of the partition', 15_000, () => Promise.resolve(failure !== undefined));
    expect(failure).toMatchObject({ code: 'STATE_LOST' });
    const dead = await probe('/healthz');
    expect(dead).toMatchObject({ status: 503, ok: false });
    expect(dead.reasons).toEqual([expect.stringMatching(/^partition 0 has ended for good: .*\(STATE_LOST\)$/)]);
    await until('the news that it has failed', 3_000, () => Promise.resolve(readiness()?.ok === false));
    await until('the news why', 3_000, async () => {
      const { ok, reasons } = await probe('/readyz');
      return JSON.stringify(readiness()) === JSON.stringify({ ok, reasons });
    });
    expect(readiness()?.reasons).toContain('partition 0 is failed');
  });
});
