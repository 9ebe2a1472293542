import { afterEach, beforeEach, expect, it } from 'vitest';
import { OneAtATime } from './one-at-a-time.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

it('one works after the other, also after one that failed', async () => {
  const line = new OneAtATime();
  const done: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = line.run(async () => {
    await held;
    done.push('first');
    throw new Error('cut off');
  });
  const second = line.run(() => Promise.resolve(done.push('second')));
  await Promise.resolve();
  expect(done).toEqual([]);
  release();
  await expect(first).rejects.toThrow('cut off');
  expect(await second).toBe(2);
  expect(done).toEqual(['first', 'second']);
});

it('of one that failed, and after which nobody asks, whoever asked hears and nobody else', async () => {
  const line = new OneAtATime();
  await expect(line.run(() => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
