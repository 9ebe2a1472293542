/**
 * Two engines that share four partitions, on two threads each, and a broker that says nothing: to one of them, which is taken over from
 * and finds out when it is heard again; or to both, who wait and go on with the state they have.
 */
import { appendFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCutProxy } from '../../rig/cut-proxy.ts';
import { onThisMachine } from '../../rig/busy-machine.ts';
import { changesOf, idsOf, lastWords, twice } from '../../rig/comparable-outputs.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { eventsIn, faultInput, OUTPUTS, startLab, type Lab, type Output } from '../../rig/fault-lab.ts';
import { until } from '../../rig/read-metrics.ts';
import type { Stored } from '../../rig/read-streams.ts';

const PARTITIONS = 4;
const messages = faultInput(33, 2_400, PARTITIONS);
type Streams = Record<Output, readonly Stored[]>;

let lab: Lab;
let calm: Streams;
afterEach(() => lab.close());

function shared(name: string, natsUrl?: string): string {
  const file = lab.config(name, natsUrl);
  appendFileSync(file, 'instances: share\n');
  return file;
}

/** Of the closing events. */
const END = Date.UTC(2026, 2, 3, 1);

interface Status {
  readonly partitions: readonly {
    readonly partition: number;
    readonly health: { readonly state: string };
    readonly watermark: number;
  }[];
}
async function partitionsOf({ url }: EngineProcess): Promise<Status['partitions']> {
  return ((await (await fetch(`${url}/v1/status`)).json()) as Status).partitions;
}
async function runningOn(engine: EngineProcess): Promise<readonly number[]> {
  return (await partitionsOf(engine))
    .filter(({ health }) => health.state === 'running')
    .map(({ partition }) => partition);
}
/** Three and two of five, the one that combines among them. */
async function areSharing(engines: readonly EngineProcess[]): Promise<boolean> {
  const running = await Promise.all(engines.map(runningOn));
  return running.flat().length === PARTITIONS + 1 && running.every((own) => own.length > 1);
}
async function end(engines: readonly EngineProcess[]): Promise<Streams> {
  await until('all events committed', 60_000, async () => {
    const read = await Promise.all(engines.map(eventsIn));
    return read.reduce((sum, count) => sum + count, 0) >= messages.length;
  });
  await until('the last windows are closed', 60_000, async () => {
    const all = (await Promise.all(engines.map(partitionsOf))).flat();
    return all.some(({ partition, watermark }) => partition === 65_536 && watermark > END - 60_000);
  });
  for (const engine of engines) {
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  }
  return lab.streams();
}
const taken = (engine: EngineProcess): number => engine.log().split('"partition taken"').length - 1;

function expectCalm(found: Streams): void {
  for (const stream of OUTPUTS) expect(twice(found[stream]), stream).toBe(0);
  expect(idsOf(found.CX_ENRICHED)).toEqual(idsOf(calm.CX_ENRICHED));
  expect(lastWords(found.CX_KPI)).toEqual(lastWords(calm.CX_KPI));
  expect(changesOf(found.CX_ALERTS)).toEqual(changesOf(calm.CX_ALERTS));
}

describe('two engines that share, and a broker that says nothing', () => {
  beforeAll(async () => {
    lab = await startLab(PARTITIONS);
    const engine = await lab.engine(lab.config('calm'));
    await lab.publish(messages, 3_000);
    calm = await end([engine]);
    await lab.close();
  });

  it('to one: the other takes over what it had, and nothing is said twice when it is heard again', async () => {
    lab = await startLab(PARTITIONS, 2);
    const proxy = await startCutProxy(Number(new URL(lab.server.url).port));
    try {
      const near = await lab.engine(shared('near'));
      const far = await lab.engine(shared('far', `nats://127.0.0.1:${String(proxy.port)}`));
      await until('both share', 10_000, () => areSharing([near, far]));
      const published = lab.publish(messages, 150);
      await until('work', 10_000, async () => (await eventsIn(near)) > 100);
      const heldAt = performance.now();
      proxy.hold();
      await until('all is taken', 10_000, async () => (await runningOn(near)).length === PARTITIONS + 1);
      const ms = performance.now() - heldAt;
      process.stdout.write(`instances: all of one that was cut off is taken after ${String(Math.round(ms))} ms\n`);
      expect(ms).toBeLessThan(onThisMachine(5_000));
      await new Promise((wake) => setTimeout(wake, 2_000));
      proxy.mend();
      await until('both share again', 20_000, () => areSharing([near, far]));
      await published;
      expectCalm(await end([near, far]));
    } finally {
      await proxy.close();
    }
  });

  it('to both: they wait, and go on with what they have', async () => {
    lab = await startLab(PARTITIONS, 2);
    const both = [await lab.engine(shared('one')), await lab.engine(shared('two'))];
    await until('both share', 10_000, () => areSharing(both));
    const published = lab.publish(messages, 150);
    await until('work', 10_000, async () => lab.output.count() > 100);
    const before = both.map(taken);
    const pid = lab.server.pid();
    if (pid === undefined) throw new Error('the nats-server runs');
    process.kill(pid, 'SIGSTOP');
    await new Promise((wake) => setTimeout(wake, 8_000));
    process.kill(pid, 'SIGCONT');
    const had = lab.output.count();
    await until('output again', 20_000, async () => lab.output.count() > had + 50);
    await published;
    const after = both.map(taken);
    const found = await end(both);
    for (const engine of both) expect(engine.log()).not.toMatch(/COMMIT_FENCED|LEASE_LOST|it is started again/);
    expect(after).toEqual(before);
    expectCalm(found);
  });
});
