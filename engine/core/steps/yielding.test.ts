import { describe, expect, it } from 'vitest';
import { nextTurn } from '../../runtime/bell.ts';
import { turnsAfter } from './yielding.ts';

describe('turnsAfter', () => {
  it('hands the loop over at first, and once it was held for long enough since', async () => {
    const clock = { now: 1000, turns: 0 };
    const turn = turnsAfter(
      () => clock.now,
      () => {
        clock.turns += 1;
        return Promise.resolve();
      },
      4,
    );
    await turn();
    expect(clock.turns).toBe(1);
    clock.now += 3;
    expect(turn()).toBeUndefined();
    clock.now += 1;
    const first = turn();
    expect(first).toBeInstanceOf(Promise);
    // Whoever else works waits for the same turn, however little it has done.
    expect(turn()).toBe(first);
    await first;
    expect(clock.turns).toBe(2);
    expect(turn()).toBeUndefined();
  });

  it('lets timers and sockets go on', async () => {
    const turn = turnsAfter(() => 0, nextTurn, 0);
    let seen = false;
    setImmediate(() => (seen = true));
    await turn();
    expect(seen).toBe(true);
  });
});
