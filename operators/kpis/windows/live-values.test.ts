import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Millis } from '../../../engine/core/types.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import { KeyEntry } from '../keys/key-entry.ts';
import { LivePace, type LiveSource } from './live-values.ts';
import type { KpiCollector } from '../output/report.ts';

const PAUSE = 250;
const out = {} as KpiCollector;

/** Keys a, b, … with a version each; `shown` is what a board would get. */
function bench(count: number): {
  pace: LivePace;
  change: (key: number) => void;
  shown: { key: number; version: number; at: Millis }[];
  wake: (now: Millis) => void;
  rolled: () => void;
} {
  const entries = Array.from({ length: count }, (_, i) => new KeyEntry(i, [`k${i}`]));
  const versions = entries.map(() => 0);
  const shown: { key: number; version: number; at: Millis }[] = [];
  const directory = { queue: [] as KeyEntry[] };
  let now = 0;
  const change = (key: number): void => {
    versions[key] = (versions[key] ?? 0) + 1;
    const entry = entries[key]!;
    if (entry.queued) return;
    entry.queued = true;
    directory.queue.push(entry);
  };
  const source: LiveSource = {
    directory: directory as unknown as KeyDirectory,
    show: (entry) => {
      shown.push({ key: entry.serial, version: versions[entry.serial] ?? 0, at: now });
      return 1;
    },
    roll: () => {
      entries.forEach((_, i) => change(i));
      return Infinity;
    },
  };
  const pace = new LivePace([source], PAUSE);
  return {
    pace,
    change,
    shown,
    wake: (time) => {
      now = time;
      pace.wake(time, time, 0, out);
    },
    rolled: () => pace.clock(0),
  };
}

describe('live values', () => {
  it('of a quiet key are shown at once, of a busy one once a pause, the last state always', () => {
    const { pace, change, shown, wake } = bench(1);
    expect(pace.wakeAt()).toBeUndefined();
    change(0);
    expect(pace.wakeAt()).toBeLessThan(1_000);
    wake(1_000);
    change(0);
    change(0);
    wake(1_010);
    expect(shown).toEqual([{ key: 0, version: 1, at: 1_000 }]);
    const next = pace.wakeAt() ?? 0;
    expect(next).toBeGreaterThanOrEqual(1_250);
    expect(next).toBeLessThanOrEqual(1_250 + PAUSE / 16 + 1);
    wake(next);
    expect(shown).toEqual([
      { key: 0, version: 1, at: 1_000 },
      { key: 0, version: 3, at: next },
    ]);
    expect(pace.wakeAt()).toBeUndefined();
  });

  it('take a bounded time a call: what is left asks for the next one', () => {
    const { pace, change, shown, wake } = bench(5_000);
    for (let i = 0; i < 5_000; i++) change(i);
    wake(1_000);
    expect(shown.length).toBeLessThanOrEqual(2_000);
    expect(pace.wakeAt()).toBe(1_001);
    for (let at = 1_001; shown.length < 5_000; at++) wake(at);
    expect(new Set(shown.map(({ key }) => key)).size).toBe(5_000);
    expect(pace.wakeAt()).toBeUndefined();
  });

  it('of keys whose window moved on are shown without a new event', () => {
    const { shown, wake, rolled } = bench(3);
    rolled();
    wake(1_000);
    expect(shown.map(({ key }) => key)).toEqual([0, 1, 2]);
  });

  it('whatever changes when: never twice within a pause, and every last state is shown within a pause and a slot', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 120 })), { maxLength: 60 }),
        (steps) => {
          const { pace, change, shown, wake } = bench(4);
          const changed = new Map<number, Millis>();
          let now = 10_000;
          const runTo = (time: Millis): void => {
            for (let at = pace.wakeAt(); at !== undefined && at <= time; at = pace.wakeAt())
              wake((now = Math.max(at, now)));
            now = time;
          };
          for (const [key, gap] of steps) {
            runTo(now + gap);
            change(key);
            changed.set(key, now);
          }
          runTo(now + 10 * PAUSE);
          for (const [key, at] of changed) {
            const of = shown.filter((show) => show.key === key);
            of.slice(1).forEach((show, i) => expect(show.at - (of[i]?.at ?? 0)).toBeGreaterThanOrEqual(PAUSE));
            expect(of.at(-1)?.version).toBe(steps.filter(([k]) => k === key).length);
            expect((of.find((show) => show.at >= at)?.at ?? Infinity) - at).toBeLessThanOrEqual(PAUSE + PAUSE / 16 + 1);
          }
        },
      ),
    );
  });
});
