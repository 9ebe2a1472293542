import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, must } from '../../../engine/core/must.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import { KeyEntry } from '../keys/key-entry.ts';
import { LivePace, type LiveSource } from './live-values.ts';
import type { KpiCollector } from '../output/report.ts';

const PAUSE = 250;
const out = {} as KpiCollector;

/** Keys wait in slots of so long. */
const SLOT = 25;

/** Keys a, b, … with a version each; `shown` is what a board would get, `judged` what rules would. */
function bench(
  count: number,
  isJudged = false,
): {
  pace: LivePace;
  change: (key: number) => void;
  shown: { key: number; version: number; at: Millis }[];
  judged: { key: number; version: number; at: Millis }[];
  wake: (now: Millis) => void;
  rolled: () => void;
} {
  const entries = Array.from({ length: count }, (_, i) => new KeyEntry(i, [`k${i}`]));
  const versions = entries.map(() => 0);
  const shown: { key: number; version: number; at: Millis }[] = [];
  const judged: { key: number; version: number; at: Millis }[] = [];
  const presently = (entry: KeyEntry): { key: number; version: number; at: Millis } => ({
    key: entry.serial,
    version: at(versions, entry.serial),
    at: now,
  });
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
    isJudged,
    show: (entry) => {
      shown.push(presently(entry));
      if (isJudged) judged.push(presently(entry));
      return 1;
    },
    judge: (entry) => {
      judged.push(presently(entry));
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
    judged,
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
    expect(next).toBeLessThanOrEqual(1_250 + SLOT);
    wake(next);
    expect(shown).toEqual([
      { key: 0, version: 1, at: 1_000 },
      { key: 0, version: 3, at: next },
    ]);
    expect(pace.wakeAt()).toBeUndefined();
  });

  it('of a key that goes on changing are shown every pause exactly, however late its wake-ups come', () => {
    const { pace, change, shown, wake } = bench(1);
    change(0);
    wake(1_003);
    for (let i = 0; i < 5; i++) {
      change(0);
      wake(at(shown, shown.length - 1).at + 1);
      wake(must(pace.wakeAt()) + 4);
    }
    expect(shown.map(({ at: time }) => time)).toEqual([1_003, 1_279, 1_529, 1_779, 2_029, 2_279]);
  });

  it('that rules judge go to them at the first wake-up after each change, without the pause that boards wait for', () => {
    const { pace, change, shown, judged, wake } = bench(2, true);
    change(0);
    change(1);
    wake(1_000);
    for (const time of [1_001, 1_002, 1_040]) {
      change(0);
      change(0);
      expect(pace.wakeAt()).toBeLessThan(time);
      wake(time);
    }
    expect(shown.map(({ key, at: time }) => [key, time])).toEqual([
      [0, 1_000],
      [1, 1_000],
    ]);
    expect(judged.filter(({ key }) => key === 0)).toEqual([
      { key: 0, version: 1, at: 1_000 },
      { key: 0, version: 3, at: 1_001 },
      { key: 0, version: 5, at: 1_002 },
      { key: 0, version: 7, at: 1_040 },
    ]);
    expect(judged.filter(({ key }) => key === 1)).toHaveLength(1);
    // Boards are shown the same key once its pause is over, and only then.
    expect(pace.wakeAt()).toBe(1_250);
    wake(1_250);
    expect(shown.slice(2)).toEqual([{ key: 0, version: 7, at: 1_250 }]);
    expect(pace.wakeAt()).toBeUndefined();
  });

  it('that rules judge take a bounded time a call too', () => {
    const { pace, change, judged, wake } = bench(5_000, true);
    for (let i = 0; i < 5_000; i++) change(i);
    for (let time = 1_000; time < 1_005; time++) wake(time);
    judged.length = 0;
    for (let i = 0; i < 5_000; i++) change(i);
    wake(1_010);
    expect(judged.length).toBeLessThanOrEqual(2_000);
    expect(pace.wakeAt()).toBe(1_011);
    for (let time = 1_011; time < 1_015; time++) wake(time);
    expect(new Set(judged.map(({ key }) => key)).size).toBe(5_000);
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
            expect((of.find((show) => show.at >= at)?.at ?? Infinity) - at).toBeLessThanOrEqual(PAUSE + SLOT);
          }
        },
      ),
    );
  });
});
