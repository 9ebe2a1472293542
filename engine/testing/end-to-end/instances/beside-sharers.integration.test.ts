/** What may not happen beside an instance that shares the partitions and runs them is refused, and disturbs nobody. Needs `npm run build`. */
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnCli } from '../../rig/engine-process.ts';
import { startLab, type Lab } from '../../rig/fault-lab.ts';

let lab: Lab;
let file: string;
beforeAll(async () => {
  lab = await startLab(2);
  file = lab.config('sharers');
  appendFileSync(file, 'instances: share\n');
});
afterAll(() => lab.close());

async function runWith(...args: readonly string[]): Promise<{ readonly code: number | null; readonly log: string }> {
  const child = spawnCli(['run', '--config', file, ...args]);
  let log = '';
  child.stdout?.resume();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, log };
}

it('a reset and a fill are refused, each with what to do', async () => {
  const engine = await lab.engine(file);
  for (const args of [['--reset', 'kpi=csat'], ['--reset', 'state'], ['--backfill']]) {
    const { code, log } = await runWith(...args);
    expect([code, log], args.join(' ')).toEqual([2, expect.stringContaining('INSTANCES_RUN')]);
    expect(log).toContain(`${args.join(' ')} beside an instance that shares the partitions`);
  }
  expect(engine.log()).not.toMatch(/handed over|given up|started again/);
  engine.kill('SIGTERM');
  expect(await engine.ended).toBe(0);
}, 240_000);

it('alone it is done, and others share afterwards', async () => {
  const first = await lab.engine(file, '--reset', 'kpi=csat', '--backfill');
  const second = await lab.engine(file);
  for (const engine of [first, second]) {
    engine.kill('SIGTERM');
    expect(await engine.ended).toBe(0);
  }
}, 240_000);
