import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit } from './concurrency-limit.ts';

describe('limit', () => {
  it('lets so many in, so many wait in their order, and sends the rest away', async () => {
    const limit = new ConcurrencyLimit('t', 2, 2);
    const inside: number[] = [];
    const leave = new Map<number, (failure?: Error) => void>();
    const enter = (who: number): Promise<unknown> =>
      limit.pass(
        () =>
          new Promise((resolve, reject) => {
            inside.push(who);
            leave.set(who, (failure) => (failure === undefined ? resolve(who) : reject(failure)));
          }),
      );
    const results = [1, 2, 3, 4, 5].map(enter);
    expect(await results[4]).toBe('full');
    expect([inside, limit.queue()]).toEqual([[1, 2], { queue: 't', depth: 4, limit: 4, refused: 1 }]);
    leave.get(2)?.();
    expect(await results[1]).toBe(2);
    await Promise.resolve();
    expect(inside).toEqual([1, 2, 3]);
    // One that fails hands its place over too.
    leave.get(1)?.(new Error('no'));
    await expect(results[0]).rejects.toThrow('no');
    await Promise.resolve();
    expect([inside, limit.queue().depth]).toEqual([[1, 2, 3, 4], 2]);
    leave.get(3)?.();
    leave.get(4)?.();
    await Promise.all(results.slice(2));
    expect(limit.queue().depth).toBe(0);
  });
});
