import { describe, expect, it } from 'vitest';
import { PartitionTime } from '../core/watermark.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { InputTime } from './input-time.ts';

const IDLE_AFTER = 1000;

function setUp(): { clock: ManualClock; input: InputTime; source: { isCaughtUp: boolean } } {
  const clock = new ManualClock(50_000);
  const source = { isCaughtUp: true };
  const time = new PartitionTime(100);
  const input = new InputTime({
    ...{ time, clock, idleAfterMs: IDLE_AFTER },
    source: { caughtUp: () => source.isCaughtUp },
  });
  return { clock, input, source };
}

describe('time of an input', () => {
  it('follows events, and after idle_after the clock, at its pace, until an event comes', () => {
    const { clock, input } = setUp();
    expect(input.observe(700, { seq: 1, stored: 50_000 })).toBe(600);
    clock.advanceBy(IDLE_AFTER - 1);
    expect([input.pass(clock.now(), false), input.isIdle]).toEqual([undefined, false]);
    clock.advanceBy(1);
    expect([input.pass(clock.now(), false), input.isIdle]).toEqual([1600, true]);
    expect([input.observe(1500, { seq: 2, stored: clock.now() }), input.isIdle]).toEqual([1600, false]);
    expect([input.pass(clock.now(), false), input.isIdle]).toEqual([undefined, false]);
  });

  it('is not silent while something read is not run, or the source may hold more', () => {
    const { clock, input, source } = setUp();
    clock.advanceBy(IDLE_AFTER);
    expect([input.pass(clock.now(), true), input.isIdle]).toEqual([undefined, false]);
    source.isCaughtUp = false;
    expect([input.pass(clock.now(), false), input.isIdle]).toEqual([undefined, false]);
  });

  it('wants to be looked at when silence begins, when the source may be caught up, when somebody waits, and no oftener', () => {
    const { clock, input, source } = setUp();
    input.observe(700, { seq: 1, stored: clock.now() });
    const wakeIn = (due: number): number => input.wakeAt(clock.now(), due) - clock.now();
    expect(wakeIn(Infinity)).toBe(IDLE_AFTER);
    clock.advanceBy(IDLE_AFTER);
    source.isCaughtUp = false;
    expect(wakeIn(Infinity)).toBe(250);
    source.isCaughtUp = true;
    expect(wakeIn(Infinity)).toBe(Infinity);
    expect(wakeIn(9600)).toBe(8000);
    expect(wakeIn(1601)).toBe(50);
  });

  it('goes on soon after a start when the silence is older than idle_after, and after all of it when it is not', () => {
    const started = (lastArrival: number, idleAfterMs: number): InputTime =>
      new InputTime({
        ...{ clock: new ManualClock(50_000), idleAfterMs, source: { caughtUp: () => true } },
        time: new PartitionTime(100, { maxTs: 700, watermark: 600, lastArrival }),
      });
    const idleAt = (input: InputTime): number | undefined =>
      [50_001, 50_999, 51_000, 52_999, 53_000, 59_999, 60_000].find((now) => input.pass(now, false) !== undefined);
    expect(idleAt(started(40_000, 10_000))).toBe(53_000);
    expect(idleAt(started(40_001, 10_000))).toBe(60_000);
    expect(idleAt(started(0, 1000))).toBe(51_000);
    const silent = started(0, 10_000);
    silent.pass(53_000, false);
    expect(silent.state().watermark).toBe(53_000 - 100);
  });
});
