/** Extremes of windows that are corrected: what of theirs lies before the running window counts by its best, not by its last. */
import { expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { kpisOperator } from '../kpis.ts';
import { Rehearsal } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const SECOND = 1000;

it.each([
  ['max', 1, 'at its best in the middle', [5, 8, 6, 2, 2, 2], [8, 8, 8, 6]],
  ['max', 1, 'at its best in the oldest', [8, 5, 6, 2, 2, 2], [8, 8, 6, 6]],
  ['min', -1, 'at its best in the middle', [5, 8, 6, 2, 2, 2], [8, 8, 8, 6]],
  // Events that answered nothing have a row of the slice as well: another KPI counts them.
  ['max', -1, 'next to rows without a value', [null, null, 6, 8, 8, 8], [3, 3, 3, 3]],
  ['min', 1, 'next to rows without a value', [null, null, 6, 8, 8, 8], [3, 3, 3, 3]],
] as const)('%s (times %d) of windows of four seconds, %s', (kind, sign, _, seconds, expected) => {
  const window = { kind: 'sliding', sizeMs: 4 * SECOND, slideMs: SECOND } as const;
  const kpis = [
    specimenKpi({ id: 'best', window, measure: { kind, value: 'data.x' }, allowedLatenessMs: 60 * SECOND }),
    specimenKpi({ id: 'all', window, allowedLatenessMs: 60 * SECOND }),
  ];
  const rehearsal = new Rehearsal(kpisOperator(kpis, { zone: 'UTC', liveEveryMs: 250, compile: compileExpression }));
  seconds.forEach((x, i) => {
    rehearsal.event(specimenEvent(i * SECOND + 100, x === null ? {} : { x: sign * x }));
  });
  rehearsal.advance(6 * SECOND);
  rehearsal.outputs.values.length = 0;
  rehearsal.event(specimenEvent(2 * SECOND + 500, { x: sign * 3 }));
  const corrected = rehearsal.outputs.values.filter(({ kpi }) => kpi === 'best');
  expect(corrected.map(({ window: { end } }) => end / SECOND)).toEqual([3, 4, 5, 6]);
  expect(corrected.map(({ value }) => (value ?? NaN) * sign)).toEqual(expected);
});
