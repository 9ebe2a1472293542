import { expect, it } from 'vitest';
import { FairStart } from './fair-start.ts';

it('lets so many begin a turn, the rest in their order in the turns after it', async () => {
  const turns: (() => void)[] = [];
  const requests = new FairStart(2, (work) => turns.push(work));
  const begun: number[] = [];
  const all = [0, 1, 2, 3, 4].map(async (i) => {
    const turn = requests.next();
    if (turn !== undefined) await turn;
    begun.push(i);
  });
  expect([begun, requests.waiting, turns.length]).toEqual([[0, 1], 3, 1]);
  turns.shift()?.();
  // One that comes now does not go before those that wait.
  const late = requests.next()?.then(() => begun.push(5));
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3]);
  turns.shift()?.();
  await Promise.all([...all, late]);
  expect([begun, requests.waiting]).toEqual([[0, 1, 2, 3, 4, 5], 0]);
  turns.shift()?.();
  expect(turns).toEqual([]);
  expect(requests.next()).toBeUndefined();
});

it('waits for real turns of the loop', async () => {
  const requests = new FairStart(1);
  expect(requests.next()).toBeUndefined();
  let others = false;
  setImmediate(() => (others = true));
  await requests.next();
  await requests.next();
  expect(others).toBe(true);
});
