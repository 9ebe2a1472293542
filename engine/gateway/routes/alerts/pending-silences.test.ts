import { describe, expect, it } from 'vitest';
import type { Json } from '../../../core/types.ts';
import { PendingSilences } from './pending-silences.ts';

const until = (second: number): string => new Date(second * 1000).toISOString();
const silence = (id: string, second: number): Json => ({ silence: id, until: until(second) });

function setUp(): { silences: PendingSilences; held: Map<string, Json>; at: (second: number) => void } {
  const held = new Map<string, Json>();
  let now = 0;
  return {
    silences: new PendingSilences(
      () => now,
      () => held,
    ),
    held,
    at: (second) => void (now = second * 1000),
  };
}

describe('silences in force', () => {
  it('are those the engine holds, whoever took them', () => {
    const { silences, held } = setUp();
    held.set('s1', silence('s1', 10));
    expect(silences.list()).toEqual([silence('s1', 10)]);
    expect(silences.get('s1')).toEqual(silence('s1', 10));
    held.delete('s1');
    expect(silences.list()).toEqual([]);
  });

  it('include at once what was just taken, once', () => {
    const { silences, held } = setUp();
    silences.add('s1', 10_000, silence('s1', 10));
    expect(silences.list()).toEqual([silence('s1', 10)]);
    held.set('s1', silence('s1', 10));
    expect(silences.list()).toEqual([silence('s1', 10)]);
    // Taken back elsewhere: this gateway does not hold on to it.
    held.delete('s1');
    expect(silences.list()).toEqual([]);
  });

  it('leave out at once what was taken back, before the engine has', () => {
    const { silences, held } = setUp();
    held.set('s1', silence('s1', 10));
    silences.remove('s1');
    expect(silences.get('s1')).toBeUndefined();
    held.delete('s1');
    expect(silences.list()).toEqual([]);
    held.set('s1', silence('s1', 20));
    expect(silences.list()).toEqual([silence('s1', 20)]);
  });

  it('end by the clock, even while event time stands still', () => {
    const { silences, held, at } = setUp();
    held.set('s1', silence('s1', 10));
    silences.add('s2', 11_000, silence('s2', 11));
    at(10);
    expect(silences.list()).toEqual([silence('s2', 11)]);
    at(11);
    expect(silences.list()).toEqual([]);
  });

  it('are bounded', () => {
    const { silences } = setUp();
    for (let i = 0; i < 999; i += 1) silences.add(`s${i}`, 10_000, silence(`s${i}`, 10));
    expect(silences.full).toBe(false);
    silences.add('last', 10_000, silence('last', 10));
    expect(silences.full).toBe(true);
  });
});
