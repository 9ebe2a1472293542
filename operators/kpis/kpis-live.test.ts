/** Values of windows that are still filling, through the operator; their pace by itself is live.test.ts. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { KpiConfig } from './kpis-config.ts';
import { kpisOperator, type KpisOptions } from './kpis.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const options = { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression };
const second = { kind: 'tumbling', sizeMs: 1000 } as const;

function rehearse(kpis: readonly KpiConfig[], more: Partial<KpisOptions> = {}, outOfOrdernessMs = 0): Rehearsal {
  return new Rehearsal(kpisOperator(kpis, { ...options, ...more }), outOfOrdernessMs);
}
function shown(rehearsal: Rehearsal): (readonly [string, unknown, unknown])[] {
  return rehearsal.outputs.shown.splice(0).map(({ key, value }) => {
    const { value: number, n } = value as { value: number | null; n: number };
    return [key, number, n] as const;
  });
}

describe('live values', () => {
  it('show changed keys at most once a pause, and an empty window once', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [['store']] })]);
    rehearsal.event(specimenEvent(100, { store: 'a' }));
    rehearsal.event(specimenEvent(150, { store: 'b' }));
    rehearsal.wake(5000);
    expect(shown(rehearsal)).toEqual([
      ['store=a', 1, 1],
      ['store=b', 1, 1],
    ]);
    expect(rehearsal.operator.wakeAt?.()).toBeUndefined();
    rehearsal.event(specimenEvent(200, { store: 'a' }));
    rehearsal.wake(5001);
    expect(rehearsal.operator.wakeAt?.()).toBe(5250);
    rehearsal.wake(5249);
    expect(shown(rehearsal)).toEqual([]);
    rehearsal.wake(5250);
    expect(shown(rehearsal)).toEqual([['store=a', 2, 2]]);
    // The next window begins: what was shown of the last one goes, once.
    rehearsal.event(specimenEvent(1100, { store: 'a' }));
    rehearsal.wake(6000);
    expect(shown(rehearsal).sort()).toEqual([
      ['store=a', 1, 1],
      ['store=b', null, 0],
    ]);
    rehearsal.advance(99_000);
    rehearsal.wake(7000);
    expect(shown(rehearsal)).toEqual([['store=a', null, 0]]);
    rehearsal.wake(8000);
    expect(shown(rehearsal)).toEqual([]);
  });

  it('of a sliding window follow the newest event, ahead of the watermark, and lose what falls out', () => {
    const kpi = specimenKpi({ window: { kind: 'sliding', sizeMs: 1000, slideMs: 100 } });
    const rehearsal = rehearse([kpi], {}, 500);
    rehearsal.event(specimenEvent(50));
    rehearsal.event(specimenEvent(750));
    rehearsal.wake(0);
    expect(shown(rehearsal)).toEqual([['', 2, 2]]);
    expect(rehearsal.outputs.values.at(-1)).toMatchObject({ final: false, window: { start: -200, end: 800 }, at: 750 });
    rehearsal.event(specimenEvent(1120, {}, { type: 'cx.page.viewed' }));
    rehearsal.wake(1000);
    expect(shown(rehearsal)).toEqual([['', 1, 1]]);
    rehearsal.advance(5000);
    rehearsal.wake(2000);
    expect(shown(rehearsal)).toEqual([['', null, 0]]);
  });

  it.each([
    ['tumbling', second],
    ['sliding', { kind: 'sliding', sizeMs: 2000, slideMs: 1000 } as const],
    ['to date', { kind: 'cumulative', period: 'day', everyMs: 1000 } as const],
  ])('of an event that its sender dated ahead are shown and judged once their time has come: %s', (_, window) => {
    const rehearsal = rehearse([specimenKpi({ window, by: [['store']] })], {}, 2000);
    const ahead = specimenEvent(10_000, { store: 'a' });
    rehearsal.event({ ...ahead, arrived: 9999 });
    rehearsal.wake(0);
    rehearsal.event(specimenEvent(9999, { store: 'b' }));
    rehearsal.wake(1000);
    expect(shown(rehearsal)).toEqual([['store=b', 1, 1]]);
    rehearsal.outputs.values.length = 0;
    rehearsal.event(specimenEvent(10_000, {}, { type: 'cx.page.viewed' }));
    rehearsal.wake(2000);
    expect(shown(rehearsal)).toContainEqual(['store=a', 1, 1]);
    expect(rehearsal.outputs.values).toContainEqual(expect.objectContaining({ keyId: 'store=a', n: 1, final: false }));
  });

  it('of an empty window are shown once, whatever changes before it', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [['store']] })], {}, 1000);
    rehearsal.event(specimenEvent(100, { store: 'a' }));
    rehearsal.wake(0);
    expect(shown(rehearsal)).toEqual([['store=a', 1, 1]]);
    rehearsal.event(specimenEvent(1100, { store: 'b' }));
    rehearsal.wake(1000);
    expect(shown(rehearsal).sort()).toEqual([
      ['store=a', null, 0],
      ['store=b', 1, 1],
    ]);
    // In time for the window before, which is shown no more.
    rehearsal.event(specimenEvent(500, { store: 'a' }));
    rehearsal.wake(2000);
    expect(shown(rehearsal)).toEqual([]);
  });

  it('are judged at once, and an empty one once, though boards see neither before their pause is over', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [['store']] })], {}, 5000);
    const judged = (): unknown[] =>
      rehearsal.outputs.values
        .splice(0)
        .flatMap((value) => (value.keyId === 'store=a' ? [value.n] : []))
        .filter((n, i, all) => n !== all[i - 1]);
    rehearsal.event(specimenEvent(100, { store: 'a' }));
    rehearsal.wake(5000);
    rehearsal.event(specimenEvent(1100, { store: 'b' }));
    rehearsal.wake(5300);
    expect([judged(), shown(rehearsal).filter(([key]) => key === 'store=a')]).toEqual([
      [1, 0],
      [
        ['store=a', 1, 1],
        ['store=a', null, 0],
      ],
    ]);
    rehearsal.event(specimenEvent(1150, { store: 'a' }));
    rehearsal.wake(5310);
    rehearsal.event(specimenEvent(2100, { store: 'b' }));
    rehearsal.wake(5320);
    rehearsal.wake(5330);
    rehearsal.wake(6000);
    rehearsal.wake(7000);
    expect([judged(), shown(rehearsal).filter(([key]) => key === 'store=a')]).toEqual([[1, 0], []]);
  });

  it('of a rate are of what has passed of the window, a second at least; a sliding one has passed', () => {
    const measure = { kind: 'rate', perMs: 1000 } as const;
    const tumbling = rehearse([specimenKpi({ measure, window: { kind: 'tumbling', sizeMs: 10_000 } })]);
    tumbling.event(specimenEvent(20_100));
    tumbling.wake(0);
    expect(shown(tumbling)).toEqual([['', 1, 1]]);
    tumbling.event(specimenEvent(24_000));
    tumbling.wake(1000);
    expect(shown(tumbling)).toEqual([['', 0.5, 2]]);
    const sliding = rehearse([specimenKpi({ measure, window: { kind: 'sliding', sizeMs: 10_000, slideMs: 1000 } })]);
    sliding.event(specimenEvent(20_100));
    sliding.wake(0);
    expect(shown(sliding)).toEqual([['', 0.1, 1]]);
  });

  it('stay with the events when a control comes from another time', () => {
    const rehearsal = rehearse([specimenKpi({ window: second })]);
    rehearsal.event(specimenEvent(100));
    rehearsal.take({ ...specimenEvent(9_000_000, {}, { type: 'earshot.alert.acked' }), isControl: true });
    rehearsal.wake(5000);
    expect(shown(rehearsal)).toEqual([['', 1, 1]]);
    expect(rehearsal.outputs.counters['events_processed']).toBe(2);
  });

  it('of each kind of window and measure equal what a final value over the same events says', () => {
    const windows = [
      { kind: 'sliding', sizeMs: 70, slideMs: 20 },
      { kind: 'cumulative', period: 'day', everyMs: 20 },
      { kind: 'tumbling', sizeMs: 500 },
      { kind: 'session', gapMs: 30 },
    ] as const;
    const measures = [
      { kind: 'sum', value: 'data.x' },
      { kind: 'max', value: 'data.x' },
      { kind: 'distinct', value: 'data.x' },
    ] as const;
    for (const window of windows) {
      for (const measure of measures) {
        const rehearsal = rehearse([specimenKpi({ window, measure })], { liveEveryMs: 1 }, 40);
        let seed = 5;
        const events = Array.from({ length: 120 }, (_, i) => {
          seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
          return { ts: i * 5 - (seed % 30), x: seed % 50 };
        });
        events.forEach(({ ts, x }, i) => {
          rehearsal.event(specimenEvent(ts, { x }));
          rehearsal.outputs.values.length = 0;
          rehearsal.wake(i * 10);
          const live = rehearsal.outputs.values.at(-1);
          const { start, end } = live?.window ?? { start: 0, end: 0 };
          const inside = events
            .slice(0, i + 1)
            .filter((event) => event.ts >= start && event.ts < end)
            .map((event) => event.x);
          const expected = {
            sum: inside.reduce((sum, value) => sum + value, 0),
            max: Math.max(...inside),
            distinct: new Set(inside).size,
          }[measure.kind];
          expect([window.kind, i, live?.value, live?.n]).toEqual([window.kind, i, expected, inside.length]);
        });
      }
    }
  });

  it('are made a few thousand a call, and the rest follows in the next', () => {
    const rehearsal = rehearse([specimenKpi({ window: { kind: 'tumbling', sizeMs: 60_000 }, by: [['store']] })], {
      liveFor: new Set(),
    });
    for (let i = 0; i < 5000; i++) rehearsal.event(specimenEvent(i, { store: `s${i}` }));
    rehearsal.wake(0);
    const first = rehearsal.outputs.shown.length;
    expect(first).toBeLessThanOrEqual(2001);
    expect(rehearsal.operator.wakeAt?.()).toBe(1);
    rehearsal.event(specimenEvent(5001, { store: 's0' }));
    for (let now = 1; now < 5; now++) rehearsal.wake(now);
    expect(rehearsal.outputs.shown).toHaveLength(5000);
    // What changed meanwhile waits until a pause after it was shown, to the nearest sixteenth of one.
    rehearsal.wake(240);
    expect(rehearsal.outputs.shown).toHaveLength(5000);
    rehearsal.wake(255);
    expect(rehearsal.outputs.shown.slice(5000).map(({ key }) => key)).toEqual(['store=s0']);
    expect(rehearsal.outputs.values).toEqual([]);
  });

  it('go to the stream and to the next operator only where that is asked for', () => {
    const kpis = ['quiet', 'streamed'].map((id) =>
      specimenKpi({ id, window: second, liveToStream: id === 'streamed' }),
    );
    const rehearsal = rehearse(kpis, { liveFor: new Set(['quiet']) });
    rehearsal.event(specimenEvent(1));
    rehearsal.wake(0);
    expect(rehearsal.outputs.values.map(({ kpi }) => kpi)).toEqual(['quiet']);
    expect(rehearsal.outputs.messages.map(({ subject }) => subject)).toEqual(['cx.kpi.streamed']);
    expect(rehearsal.outputs.shown.map(({ topic }) => topic).sort()).toEqual(['kpi/quiet', 'kpi/streamed']);
  });

  it('come back to the boards after a restore', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [[], ['store']] })]);
    rehearsal.event(specimenEvent(1, { store: 'a' }));
    rehearsal.wake(0);
    rehearsal.commit();
    rehearsal.crash();
    shown(rehearsal);
    expect(rehearsal.operator.wakeAt?.()).toBeLessThan(0);
    rehearsal.wake(10);
    expect(shown(rehearsal)).toEqual([
      ['', 1, 1],
      ['store=a', 1, 1],
    ]);
  });
});
