import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_OF_TIME } from './types.ts';
import { InputMinimum, InputsTime, PartitionTime } from './watermark.ts';

describe('PartitionTime', () => {
  it('follows the highest event time less the bound, event by event', () => {
    const time = new PartitionTime(100);
    expect([500, 300, 700, 650].map((ts) => time.observe(ts))).toEqual([400, 400, 600, 600]);
  });

  it('never goes back, restored or not (law 1, case 17: FLINK #25637)', () => {
    const step = fc.oneof(
      fc.record({ ts: fc.integer({ min: -10_000, max: 10_000 }), stored: fc.integer({ min: 0, max: 20_000 }) }),
      fc.record({ now: fc.integer({ min: 0, max: 20_000 }) }),
      fc.constant({ restart: true }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let time = new PartitionTime(50);
        for (const one of steps) {
          const before = time.watermark;
          if ('restart' in one) time = new PartitionTime(50, time.state());
          else if ('now' in one) time.idle(one.now);
          else {
            time.arrived(one.stored);
            time.observe(one.ts);
          }
          expect(time.watermark).toBeGreaterThanOrEqual(before);
        }
      }),
    );
  });

  //  events   100 .... 1000                        (event time)
  //  stored   5100     6000        silent …        (wall clock, 5 s ahead: a slow replay)
  it('goes on at the pace of the wall clock when idle, from the last arrival', () => {
    const time = new PartitionTime(100);
    time.arrived(6000);
    time.observe(1000);
    expect(time.idle(6000)).toBe(900);
    expect(time.idle(6500)).toBe(1400);
    time.arrived(6600);
    expect(time.observe(1600)).toBe(1500);
  });

  it('never gets ahead of the wall clock by idleness', () => {
    const time = new PartitionTime(100);
    time.arrived(1000);
    time.observe(1500);
    expect(time.watermark).toBe(1400);
    expect(time.idle(1550)).toBe(1450);
    expect(time.idle(3000)).toBe(2900);
  });

  it('is not taken back by a newer event that idleness is ahead of', () => {
    const time = new PartitionTime(100);
    time.arrived(1000);
    time.observe(1000);
    expect(time.idle(5000)).toBe(4900);
    expect(time.observe(1001)).toBe(4900);
  });

  it('does not stand still again because an old event came after idleness', () => {
    const time = new PartitionTime(0);
    time.arrived(1000);
    time.observe(1000);
    expect(time.idle(5000)).toBe(5000);
    time.arrived(5000);
    time.observe(1200);
    expect(time.idle(6000)).toBe(6000);
  });

  it('catches up after a restart hours later, because the last arrival is saved', () => {
    const before = new PartitionTime(100);
    before.arrived(1000);
    before.observe(1000);
    expect(new PartitionTime(100, before.state()).idle(7_200_000)).toBe(7_199_900);
  });

  it('has no time to go on from before the first event', () => {
    expect(new PartitionTime(100).idle(1_000_000)).toBe(START_OF_TIME);
    expect(new PartitionTime(100).idleReaches(5)).toBeUndefined();
  });

  it('tells when idleness will have reached a time', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.integer({ min: 1, max: 5000 }), (ts, stored, ahead) => {
        const time = new PartitionTime(100);
        time.arrived(stored);
        time.observe(ts);
        const due = time.watermark + ahead;
        const at = time.idleReaches(due)!;
        expect(new PartitionTime(100, time.state()).idle(at - 1)).toBeLessThan(due);
        expect(time.idle(at)).toBeGreaterThanOrEqual(due);
      }),
    );
  });
});

/** Cases 9–13 are Flink's StatusWatermarkValveTest; `a15` is watermark 15 at input a, `-b` b idle, `+b` b active again. */
function play(inputs: number, script: string): readonly (number | null)[] {
  const minimum = new InputMinimum(inputs);
  return script.split(' ').map((step) => {
    const kind = step[0]!;
    if (kind === '-') return minimum.idle(indexOf(step[1]!)) ?? null;
    if (kind === '+') {
      minimum.active(indexOf(step[1]!));
      return null;
    }
    return minimum.advance(indexOf(kind), Number(step.slice(1))) ?? null;
  });
}
const indexOf = (letter: string): number => letter.charCodeAt(0) - 97;

describe('InputMinimum', () => {
  it.each<[string, number, string, readonly (number | null)[]]>([
    ['9: idle inputs', 3, 'a15 b10 -c b18 a20', [null, null, 10, 15, 18]],
    ['10: idle one by one', 3, 'a25 b10 c17 -b -c', [null, null, 10, 17, 25]],
    ['11: all idle flushes the highest', 3, 'a10 b5 c3 -a -b -c', [null, null, 3, null, null, 10]],
    ['12: resumes unaligned', 3, 'a10 b7 c3 -c +c c5 c9 b12', [null, null, 3, 7, null, null, null, 9]],
    ['13: all active ones unaligned', 3, 'a10 b7 -c +c -a -b', [null, null, 7, null, null, null]],
    ['17: a lower watermark is ignored', 1, 'a10 a5 a11', [10, null, 11]],
    ['an idle input cannot move time', 2, 'a10 -b b50 a12', [null, 10, null, 12]],
    ['an idle input cannot hold time back', 2, 'a10 -b b11 a12', [null, 10, null, 12]],
    [
      'one that came back where time stands holds it back',
      2,
      'a10 b10 -b +b a20 b15',
      [null, 10, null, null, null, 15],
    ],
    ['a lower watermark is not remembered either', 2, 'a10 b20 a5 -a', [null, 10, null, 20]],
    // Of the valve itself: what is flushed is what the one that held time back hid, not what another had reported before.
    [
      'the last to fall idle did not hold time back',
      3,
      'a30 b12 c3 -c +c -a -b -c',
      [null, null, 3, 12, null, null, null, null],
    ],
  ])('case %s', (_, inputs, script, expected) => {
    expect(play(inputs, script)).toEqual(expected);
  });

  it('says when all are idle', () => {
    const minimum = new InputMinimum(2);
    minimum.idle(0);
    expect(minimum.isIdle).toBe(false);
    minimum.idle(1);
    expect(minimum.isIdle).toBe(true);
  });
});

describe('InputsTime', () => {
  const reported = (input: number, watermark: number, isIdle = false) => ({ input, watermark, isIdle });

  it('is the lowest of what the inputs tell, and waits for each to have reported', () => {
    const time = new InputsTime(2);
    expect(time.report(reported(0, 10))).toBe(START_OF_TIME);
    expect(time.report(reported(1, 7))).toBe(7);
    expect(time.report(reported(1, 20))).toBe(10);
    expect(time.observe()).toBe(10);
  });

  it('leaves idle ones out, and goes on with the furthest when all are idle', () => {
    const time = new InputsTime(3);
    time.report(reported(2, START_OF_TIME, true));
    time.report(reported(0, 10));
    expect(time.report(reported(1, 30))).toBe(10);
    expect(time.report(reported(0, 12, true))).toBe(30);
    expect(time.report(reported(1, 31, true))).toBe(31);
    expect(time.report(reported(0, 13, true))).toBe(31);
    expect(time.report(reported(1, 32, true))).toBe(32);
    expect(time.report(reported(0, 33, true))).toBe(33);
  });

  it('starts from nothing after a commit by which no input had reported anything', () => {
    for (const time of [new InputsTime(2), new InputsTime(2, new PartitionTime(0).state())]) {
      expect(time.state().lastArrival).toBe(START_OF_TIME);
      time.arrived(5000);
      expect(time.report(reported(0, 10))).toBe(START_OF_TIME);
      expect(time.report(reported(1, 7))).toBe(7);
      expect(time.state()).toMatchObject({ watermark: 7, lastArrival: 5000 });
    }
  });

  it('is the same after a restart, one that is behind included', () => {
    const time = new InputsTime(2);
    time.report(reported(0, 10));
    time.report(reported(1, 5, true));
    time.report(reported(1, 6));
    const again = new InputsTime(2, time.state());
    for (const one of [time, again]) {
      expect(one.report(reported(0, 20))).toBe(20);
      expect(one.report(reported(1, 25))).toBe(20);
      expect(one.report(reported(0, 30))).toBe(25);
    }
  });
});
