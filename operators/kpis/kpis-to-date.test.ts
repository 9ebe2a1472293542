/** Late events and windows to date: each end of the period that holds the event has a lateness of its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { kpisOperator } from './kpis.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const HOUR = 3_600_000;
const MIDNIGHT = Date.parse('2026-03-02T00:00:00+08:00');
const LATENESS = 2;
const DAY_TO_DATE = specimenKpi({
  id: 'k',
  window: { kind: 'cumulative', period: 'day', everyMs: 6 * HOUR },
  allowedLatenessMs: LATENESS * HOUR,
});

/** Events in the order they come, in hours since midnight; the watermark is the latest of them. */
function played(hours: readonly number[]): Rehearsal {
  const def = kpisOperator([DAY_TO_DATE], { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression });
  const rehearsal = new Rehearsal(def);
  for (const hour of hours) rehearsal.event(specimenEvent(MIDNIGHT + hour * HOUR));
  rehearsal.end();
  return rehearsal;
}
function emitted(rehearsal: Rehearsal): (readonly [end: number, count: number | null, revision: number])[] {
  return rehearsal.outputs.values.map(({ window, value, revision }) => [
    (window.end - MIDNIGHT) / HOUR,
    value,
    revision,
  ]);
}

describe('a late event in a day to date, emitted every six hours, two hours late at most', () => {
  it.each<[string, readonly number[], readonly (readonly [number, number, number])[], number]>([
    [
      'revises the end that has passed',
      [1, 7, 2],
      [
        [6, 1, 0],
        [6, 2, 1],
        [12, 3, 0],
        [18, 3, 0],
        [24, 3, 0],
      ],
      0,
    ],
    [
      'counts from the next end on, where that one is past correcting',
      [1, 9, 2],
      [
        [6, 1, 0],
        [12, 3, 0],
        [18, 3, 0],
        [24, 3, 0],
      ],
      0,
    ],
    [
      'at the very end of the lateness is past correcting',
      [1, 8, 2],
      [
        [6, 1, 0],
        [12, 3, 0],
        [18, 3, 0],
        [24, 3, 0],
      ],
      0,
    ],
    [
      'revises the later of two ends that have passed',
      [1, 13, 2],
      [
        [6, 1, 0],
        [12, 1, 0],
        [12, 2, 1],
        [18, 3, 0],
        [24, 3, 0],
      ],
      0,
    ],
    [
      'of yesterday revises the whole day, and not today',
      [1, 25, 2],
      [
        [6, 1, 0],
        [12, 1, 0],
        [18, 1, 0],
        [24, 1, 0],
        [24, 2, 1],
        [30, 1, 0],
        [36, 1, 0],
        [42, 1, 0],
        [48, 1, 0],
      ],
      0,
    ],
    [
      'of yesterday, past its lateness, is late',
      [1, 26, 20],
      [
        [6, 1, 0],
        [12, 1, 0],
        [18, 1, 0],
        [24, 1, 0],
        [30, 1, 0],
        [36, 1, 0],
        [42, 1, 0],
        [48, 1, 0],
      ],
      1,
    ],
    [
      'alone in yesterday is its first value',
      [25, 20],
      [
        [24, 1, 0],
        [30, 1, 0],
        [36, 1, 0],
        [42, 1, 0],
        [48, 1, 0],
      ],
      0,
    ],
  ])('%s', (_, hours, expected, late) => {
    const rehearsal = played(hours);
    expect(emitted(rehearsal)).toEqual(expected);
    expect(rehearsal.outputs.counters['events_late'] ?? 0).toBe(late);
    expect(rehearsal.outputs.messages.filter(({ subject }) => subject === 'cx.late.k')).toHaveLength(late);
  });

  it('counts, in any order, in each end that could still be reported again when it came', () => {
    const hours = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 })), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(hours, (steps) => {
        let newest = 0;
        const stream = steps.map(([gap, back], i) => (newest += gap) - (i % 2 === 0 ? 0 : back));
        const counts = new Map<number, number>();
        let watermark = -Infinity;
        let late = 0;
        for (const hour of stream) {
          const midnight = (Math.floor(hour / 24) + 1) * 24;
          for (let end = (Math.floor(hour / 6) + 1) * 6; end <= midnight; end += 6) {
            if (end + LATENESS > watermark) counts.set(end, (counts.get(end) ?? 0) + 1);
            // Ends of a day with data are emitted until it is over.
            else counts.set(end, counts.get(end) ?? 0);
          }
          if (midnight + LATENESS <= watermark) late += 1;
          watermark = Math.max(watermark, hour);
        }
        const rehearsal = played(stream);
        const last = new Map(emitted(rehearsal).map(([end, count]) => [end, count]));
        expect([...last].sort()).toEqual([...counts].filter(([, count]) => count > 0).sort());
        expect(rehearsal.outputs.counters['events_late'] ?? 0).toBe(late);
      }),
      { numRuns: 2000 },
    );
  });
});
