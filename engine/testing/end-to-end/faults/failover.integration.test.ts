/**
 * Two engines on one broker: one works, the other stands by. The worker is killed, or stands still for longer than its lease
 * and then goes on (catalogue cases 25 and 26): the other takes over, and the streams hold what one undisturbed engine leaves.
 */
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../adapters/commits/commit-codec.ts';
import { readToEnd } from '../../../adapters/streams/stream-reader.ts';
import type { EngineProcess } from '../../rig/engine-process.ts';
import { allRead, differences, readiness, ready, type Lab } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { readMetrics, until } from '../../rig/read-metrics.ts';
import { onThisMachine } from '../../rig/busy-machine.ts';

const faults = faultFixture('failover', 2_400);
const { messages } = faults;
const half = messages.length / 2;
/** The lease, its margin, and what it takes to start where the other stopped. */
const TAKEN_OVER_WITHIN_MS = 5_000;

let lab: Lab;

/** One engine that works and one that stands by. */
async function two(): Promise<readonly [EngineProcess, EngineProcess]> {
  lab = await faults.lab();
  const config = lab.config('both');
  const owner = await lab.engine(config);
  await ready(owner);
  const other = await lab.engine(config);
  await until('the other stands by', 5_000, async () =>
    (await readiness(other)).reasons.some((reason) => reason.includes('stands by')),
  );
  expect(await readiness(other)).toEqual({
    ok: false,
    reasons: [expect.stringMatching(/^partition 0: another instance runs it \(\S+ \d+\), this one stands by$/)],
  });
  return [owner, other];
}

/** Epochs of the commits, in their order, of what the chain still holds. */
async function epochs(): Promise<readonly number[]> {
  const found: number[] = [];
  const { logger, signal } = {
    logger: { info: ignore, warn: ignore, error: ignore },
    signal: new AbortController().signal,
  };
  await readToEnd(lab.nc, { stream: 'CX_STATE', filter: 'cx.state.0', after: 0, logger }, signal, (batch) => {
    for (const { data } of batch) {
      const record = decodeRecord(data, 0);
      if (record.kind === 'commit') found.push(record.commit.epoch);
    }
    return undefined;
  });
  return found;
}
function ignore(): void {
  // nothing of the log is looked at
}

describe('two engines on one broker', () => {
  it('the other takes over when the owner is killed (kill -9) under load', async () => {
    const [owner, other] = await two();
    const published = lab.publish(messages, 400);
    await until('work', 10_000, async () => lab.output.count() > half / 2);
    const killedAt = performance.now();
    owner.kill('SIGKILL');
    await owner.ended;
    const before = lab.output.count();
    await until('output again', 10_000, async () => lab.output.count() > before + 50);
    const gap = lab.output.longestGap(killedAt, lab.output.count());
    process.stdout.write(`failover: output again after ${Math.round(gap)} ms\n`);
    expect(gap).toBeLessThan(onThisMachine(TAKEN_OVER_WITHIN_MS));
    await published;
    await allRead(other, messages.length, 15_000);
    expect(await readiness(other)).toEqual({ ok: true, reasons: [] });
    // Where it stands still itself for longer than its lease it takes over once more.
    expect((await readMetrics(other.url))('earshot_owner_epoch')).toBeGreaterThanOrEqual(2);
    await faults.expectCalm(lab, other);
  });

  it('the other takes over at once when the owner is asked to stop', async () => {
    const [owner, other] = await two();
    owner.kill('SIGTERM');
    expect(await owner.ended).toBe(0);
    const ended = performance.now();
    await ready(other);
    expect(performance.now() - ended).toBeLessThan(onThisMachine(1_500));
  });

  it('an owner that stood still for longer than its lease writes nothing more, and stands by', async () => {
    const [zombie, other] = await two();
    const published = lab.publish(messages, 250);
    await until('work', 10_000, async () => lab.output.count() > half / 2);
    const stoppedAt = performance.now();
    zombie.kill('SIGSTOP');
    await until('output again', 10_000, async () => lab.output.arrival(stoppedAt + 1_000, 50) !== undefined);
    const gap = lab.output.longestGap(stoppedAt, lab.output.count());
    process.stdout.write(`zombie: output again after ${Math.round(gap)} ms\n`);
    expect(gap).toBeLessThan(onThisMachine(TAKEN_OVER_WITHIN_MS));
    const ofTheOther = lab.output.count();
    zombie.kill('SIGCONT');
    await until('the zombie stands by', 10_000, async () => {
      const { reasons } = await readiness(zombie);
      return reasons.some((reason) => reason.includes('this one stands by'));
    });
    expect((await readMetrics(zombie.url))('earshot_events_in_total')).toBe(0);
    await published;
    await allRead(other, messages.length, 15_000);
    // Sent is seen here even where the broker refuses it as known: nothing was sent a second time.
    const after = lab.output.ids.slice(ofTheOther);
    expect(after.filter((id, i) => lab.output.ids.indexOf(id) < ofTheOther + i)).toEqual([]);
    const written = await epochs();
    expect(written).toEqual([...written].sort((a, b) => a - b));
    expect(written.at(-1)).toBe(2);
    // And the zombie is good for another life.
    other.kill('SIGTERM');
    expect(await other.ended).toBe(0);
    await ready(zombie);
    expect((await readMetrics(zombie.url))('earshot_partition_restarts_total')).toBe(1);
    zombie.kill('SIGTERM');
    expect(await zombie.ended).toBe(0);
    expect(differences(await lab.streams(), faults.calm())).toEqual([]);
  });
});
