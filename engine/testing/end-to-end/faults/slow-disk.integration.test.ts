/**
 * A slow disk under the broker: every write to the files of the engine's own streams is delayed in the kernel (strace injects
 * the delay, so the case is skipped where strace cannot be used). Commits and outputs get slow, the input is held back, the
 * health says so, and afterwards the streams hold what an undisturbed engine leaves.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readiness, ready, type Lab } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { until } from '../../rig/read-metrics.ts';

const SLOW = ['CX_STATE', 'CX_ENRICHED', 'CX_KPI', 'CX_ALERTS'];
const PER_WRITE_MS = 400;

function canDelay(): boolean {
  const { status } = spawnSync('strace', ['-qq', '-e', 'trace=none', '-o', '/dev/null', 'true']);
  return status === 0;
}

describe.skipIf(!canDelay())('a broker on a slow disk (needs strace)', () => {
  const faults = faultFixture('slow disk', 2_000);
  const { messages } = faults;
  let strace: ChildProcess | undefined;
  afterEach(() => void strace?.kill('SIGTERM'));

  /** Every write to the streams' files takes so much longer, until the result is called. */
  async function slowDown(lab: Lab): Promise<() => Promise<void>> {
    const streams = join(lab.store, 'jetstream', '$G', 'streams');
    const files = SLOW.flatMap((stream) => {
      const folder = join(streams, stream, 'msgs');
      return readdirSync(folder)
        .filter((file) => file.endsWith('.blk'))
        .map((file) => join(folder, file));
    });
    const delay = `inject=write,pwrite64:delay_enter=${PER_WRITE_MS * 1000}`;
    const paths = files.flatMap((file) => ['-P', file]);
    const tracer = spawn(
      'strace',
      [
        '-f',
        '-qq',
        '-p',
        String(lab.server.pid()),
        ...paths,
        '-e',
        'trace=write,pwrite64',
        '-e',
        delay,
        '-o',
        '/dev/null',
      ],
      { stdio: 'ignore' },
    );
    strace = tracer;
    const ended = new Promise<void>((resolve) => tracer.once('exit', () => resolve()));
    return async () => {
      tracer.kill('SIGTERM');
      await ended;
    };
  }

  it('is red while it is slow, holds the input back, and then has lost and repeated nothing', async () => {
    const lab = await faults.lab();
    const engine = await lab.engine(lab.config('engine'));
    await ready(engine);
    const published = lab.publish(messages, 300);
    await until('work', 10_000, async () => lab.output.count() > 200);
    const fast = await slowDown(lab);
    // Either what waits is reported, or the lease was lost to it: nobody else has it, and nobody says so.
    await until('red', 15_000, async () => {
      const { ok, reasons } = await readiness(engine);
      expect(reasons.filter((reason) => reason.includes('another instance'))).toEqual([]);
      return !ok && reasons.some((reason) => /has waited for|is lost|its lease/.test(reason));
    });
    await published;
    // All is stored in the input by now, which is not slow; the engine has let in what it may hold.
    expect(lab.output.count()).toBeLessThan(messages.length - 200);
    await fast();
    await faults.expectCalm(lab, engine);
  });
});
