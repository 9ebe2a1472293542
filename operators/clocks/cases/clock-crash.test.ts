/** Clocks under the real driver: killed at every moment, silent, and down for hours (cases 22, 23, 48 in part, 49, 50, 51). */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../engine/core/types.ts';
import { crashAt } from '../../../engine/testing/crashing.ts';
import { ManualClock } from '../../../engine/testing/manual-clock.ts';
import { Crash, MemoryBroker, type Fault } from '../../../engine/testing/memory.ts';
import { Live, offer, start, wall } from '../testing/live-clocks.ts';

/** Runs until the input has been read; true: it was killed. */
async function run(broker: MemoryBroker, fault?: Fault): Promise<boolean> {
  const clock = new ManualClock(Date.UTC(2026, 2, 2, 6));
  const end = { isOver: false, failure: null as unknown };
  start(broker, clock, true, new AbortController().signal, fault).done.then(
    () => (end.isOver = true),
    (thrown: unknown) => Object.assign(end, { isOver: true, failure: thrown }),
  );
  while (!end.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceBy(7);
  }
  if (!(end.failure instanceof Crash)) expect(end.failure).toBeNull();
  return end.failure instanceof Crash;
}

/** Ids name the commit that sent them, of which an engine that was killed makes more: each has one, and what it says is compared whole. */
function contents(broker: MemoryBroker): readonly string[] {
  const stored = ['CX_CLOCKS', 'CX_ACTIONS'].flatMap((stream) => broker.outputs.get(stream) ?? []);
  expect(new Set(stored.map(({ message }) => message.id)).size).toBe(stored.length);
  return stored.map(({ message }) => {
    const { late_by_s: _, ...data } = message.data as JsonObject;
    return JSON.stringify({ ...message, id: '', data });
  });
}

describe('clocks, killed', () => {
  it.each([
    ['18', 'O(tier=vip)10:00 Z10:03 Z10:08 Z10:12 A10:25 Z10:30'],
    ['20', 'O(tier=vip)10:00 Z10:10:05 A10:09:58 Z10:30'],
    ['25', 'O10:00 U(priority=urgent)10:20 A10:35 Z10:40'],
  ])('51: at every moment of case %s, then restarted, say the same, and nothing twice', async (_, script) => {
    const offered = (): MemoryBroker => {
      const broker = new MemoryBroker({ duplicateWindow: 0 });
      script.split(' ').forEach((word, i) => offer(broker, word, i));
      return broker;
    };
    const calm = offered();
    await run(calm);
    expect(contents(calm).length).toBeGreaterThan(3);
    let moment = 1;
    for (; ; moment++) {
      const broker = offered();
      if (!(await run(broker, crashAt(moment)))) break;
      await run(broker);
      expect(contents(broker), `moment ${String(moment)}`).toEqual(contents(calm));
    }
    expect(moment).toBeGreaterThan(15);
  });
});

describe('clocks, live', () => {
  it('22, 23: a breach is reported in silence, in time; a reply that comes after it, within the lateness, withdraws it', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:10:02.500');
    expect(live.said().filter((text) => text.startsWith('breached'))).toEqual([]);
    await live.until('10:10:03.500');
    const breaches = live.said().filter((text) => text.startsWith('breached'));
    expect(breaches).toHaveLength(1);
    const late = Number(/^breached 10:10:00 late (\S+)$/.exec(breaches[0] ?? '')?.[1]);
    expect(late).toBeGreaterThan(2.5);
    expect(late).toBeLessThanOrEqual(3.5);
    await live.until('10:10:20.000');
    live.event('A10:09:30');
    await live.until('10:10:40.000');
    expect(
      live
        .said()
        .slice(-2)
        .map((text) => text.replace(/ late \S+/, '')),
    ).toEqual(['breached 10:10:00 withdrawn', 'stopped 10:09:30']);
    expect(live.outcomes().slice(-1)).toEqual(['stopped 10:09:30 e570 met']);
    await live.stop();
  });

  it('11: what nothing stops is breached and expires in silence, by the pace of the wall clock', async () => {
    const live = new Live('10:00:00.500');
    live.event('O10:00:00');
    await live.until('12:00:10', 60_000);
    await live.untilDay(90, 6 * 3_600_000);
    expect(live.outcomes()).toEqual(['breached 12:00:00 e7200 miss', 'expired 05-31 10:00:00 e7776000 miss']);
    await live.stop();
  });

  it('49: what fell due while the engine was down is reported once, in its order, and says how late', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:04:00', 1000);
    await live.stop();
    expect(live.said()).toEqual([]);
    live.clock.advanceTo(wall('13:00:00'));
    live.start();
    await live.until('13:00:20');
    const said = live.said().map((text) => {
      const [, name = '', late = ''] = /^(.*) late ([0-9.]+)$/.exec(text) ?? [];
      return { name, late: Number(late) };
    });
    expect(said.map(({ name }) => name)).toEqual([
      'warning 50 10:05:00',
      'warning 75 10:07:30',
      'warning 90 10:09:00',
      'breached 10:10:00',
    ]);
    [10_500, 10_350, 10_260, 10_200].forEach((late, i) => {
      expect(said[i]?.late).toBeGreaterThanOrEqual(late);
      expect(said[i]?.late).toBeLessThanOrEqual(late + 5);
    });
    await live.stop();
  });

  it('50: a reply that came during the stop counts before what fell due after it: no breach', async () => {
    const live = new Live('10:00:00.500');
    live.event('O(tier=vip)10:00:00');
    await live.until('10:04:00', 1000);
    await live.stop();
    live.clock.advanceTo(wall('10:08:00.500'));
    live.event('A10:08:00');
    live.clock.advanceTo(wall('13:00:00'));
    live.start();
    await live.until('13:00:30');
    expect(live.said().map((text) => text.replace(/ late \S+/, ''))).toEqual([
      'warning 50 10:05:00',
      'warning 75 10:07:30',
      'stopped 10:08:00',
    ]);
    expect(live.outcomes()).toEqual(['stopped 10:08:00 e480 met']);
    await live.stop();
  });
});
