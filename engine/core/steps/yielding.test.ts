import { describe, expect, it } from 'vitest';
import { yieldToLoop } from '../../runtime/bell.ts';
import { yieldsAfter } from './yielding.ts';

describe('yieldsAfter', () => {
  it('hands the loop over at first, and once it was held for long enough since', async () => {
    const clock = { now: 1000, yields: 0 };
    const maybeYield = yieldsAfter(
      () => clock.now,
      () => {
        clock.yields += 1;
        return Promise.resolve();
      },
      4,
    );
    await maybeYield();
    expect(clock.yields).toBe(1);
    clock.now += 3;
    expect(maybeYield()).toBeUndefined();
    clock.now += 1;
    const first = maybeYield();
    expect(first).toBeInstanceOf(Promise);
    // Whoever else works waits for the same yield, however little it has done.
    expect(maybeYield()).toBe(first);
    await first;
    expect(clock.yields).toBe(2);
    expect(maybeYield()).toBeUndefined();
  });

  it('lets timers and sockets go on', async () => {
    const maybeYield = yieldsAfter(() => 0, yieldToLoop, 0);
    let seen = false;
    setImmediate(() => (seen = true));
    await maybeYield();
    expect(seen).toBe(true);
  });
});
