import { expect, it } from 'vitest';
import { FairStart } from './fair-start.ts';

it('lets so many begin in one iteration of the loop, the rest in their order in those after it', async () => {
  const iterations: (() => void)[] = [];
  const requests = new FairStart(2, (work) => iterations.push(work));
  const begun: number[] = [];
  const all = [0, 1, 2, 3, 4].map(async (i) => {
    const start = requests.next();
    if (start !== undefined) await start;
    begun.push(i);
  });
  expect([begun, requests.waiting, iterations.length]).toEqual([[0, 1], 3, 1]);
  iterations.shift()?.();
  // One that comes now does not go before those that wait.
  const late = requests.next()?.then(() => begun.push(5));
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3]);
  iterations.shift()?.();
  await Promise.all([...all, late]);
  expect([begun, requests.waiting]).toEqual([[0, 1, 2, 3, 4, 5], 0]);
  iterations.shift()?.();
  expect(iterations).toEqual([]);
  expect(requests.next()).toBeUndefined();
});

it('waits for real iterations of the loop', async () => {
  const requests = new FairStart(1);
  expect(requests.next()).toBeUndefined();
  let others = false;
  setImmediate(() => (others = true));
  await requests.next();
  await requests.next();
  expect(others).toBe(true);
});
