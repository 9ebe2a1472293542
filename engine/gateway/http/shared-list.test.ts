import { describe, expect, it, vi } from 'vitest';
import { FRESH_MS, listed, SharedLists } from './shared-list.ts';

const textOf = async (bytes: Promise<Uint8Array>): Promise<string> => new TextDecoder().decode(await bytes);

function stage(maybeYield: () => Promise<void> | undefined = () => undefined): {
  lists: SharedLists;
  clock: { now: number };
} {
  const clock = { now: 0 };
  return { lists: new SharedLists(maybeYield, () => clock.now), clock };
}

describe('shared lists', () => {
  it('puts one together for all who ask within a moment, another one later', async () => {
    const { lists, clock } = stage();
    let made = 0;
    const parts = (): string[] => ['[', String(++made), ']'];
    const [a, b] = await Promise.all([lists.of('x', parts), lists.of('x', parts)]);
    expect(b).toBe(a);
    clock.now += FRESH_MS - 1;
    expect(await lists.of('x', parts)).toBe(a);
    expect([lists.has('x'), lists.has('y')]).toEqual([true, false]);
    clock.now += 1;
    expect(lists.has('x')).toBe(false);
    expect(await textOf(lists.of('x', parts))).toBe('[2]');
    expect(await textOf(lists.of('y', parts))).toBe('[3]');
  });

  it('hands the loop over between parts, and puts together one at a time', async () => {
    let running = 0;
    let most = 0;
    let yields = 0;
    const { lists } = stage(() => new Promise((resolve) => setImmediate(() => resolve(void (yields += 1)))));
    function* parts(): Generator<string> {
      most = Math.max(most, ++running);
      yield* ['a', '满意', 'c'];
      running -= 1;
    }
    const texts = await Promise.all(['x', 'y', 'z'].map((name) => textOf(lists.of(name, parts))));
    expect(texts).toEqual(['a满意c', 'a满意c', 'a满意c']);
    expect(most).toBe(1);
    expect(yields).toBe(9);
  });

  it('keeps a few, whatever is asked for', async () => {
    const { lists } = stage();
    for (let i = 0; i < 20; i++) await lists.of(`list ${i}`, () => [String(i)]);
    expect(lists.queue()).toEqual({ queue: 'http_lists', depth: 4, limit: 4 });
  });

  it('forgets one nobody asks for, and one that failed', async () => {
    vi.useFakeTimers();
    try {
      const { lists } = stage();
      await lists.of('x', () => ['1']);
      await vi.advanceTimersByTimeAsync(FRESH_MS);
      expect(lists.queue().depth).toBe(0);
      const broken = (): string[] => {
        throw new Error('no');
      };
      await expect(lists.of('x', broken)).rejects.toThrow('no');
      expect(lists.queue().depth).toBe(0);
      expect(await textOf(lists.of('x', () => ['2']))).toBe('2');
    } finally {
      vi.useRealTimers();
    }
  });

  it('sets commas between items', () => {
    expect([...listed([1, 2, 3], String)].join('')).toBe('1,2,3');
    expect([...listed([], String)].join('')).toBe('');
  });
});
