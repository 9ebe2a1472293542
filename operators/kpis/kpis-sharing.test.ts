/** KPIs of the same source, filter, keys and step share one table of slices, and tell what each alone would. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import type { OutputMessage } from '../../engine/core/types.ts';
import type { KpiConfig } from './kpis-config.ts';
import type { MeasureConfig } from '../measures/measures.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import type { CxEnvelope } from '../shared/messages.ts';
import { kpisOperator } from './kpis.ts';
import { layoutOf } from './layout.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const zone = 'Asia/Shanghai';
const MEASURES: readonly MeasureConfig[] = [
  { kind: 'count' },
  { kind: 'nps', value: 'data.score' },
  { kind: 'mean', value: 'data.score' },
  { kind: 'max', value: 'data.score' },
  { kind: 'quantile', value: 'data.score', q: 0.5 },
  { kind: 'distinct', value: 'data.score' },
  { kind: 'top', value: 'data.score', k: 2 },
];
const WINDOWS: readonly WindowConfig[] = [
  { kind: 'tumbling', sizeMs: 10 },
  { kind: 'sliding', sizeMs: 20, slideMs: 10 },
  { kind: 'sliding', sizeMs: 50, slideMs: 10 },
  { kind: 'sliding', sizeMs: 360, slideMs: 10 },
];
/** Each measure over each window, with latenesses of their own. */
const KPIS = WINDOWS.flatMap((window, i) =>
  MEASURES.map((measure, j) =>
    specimenKpi({
      id: `k${i}_${j}`,
      measure,
      window,
      by: [['store']],
      allowedLatenessMs: [0, 15, 60][(i + j) % 3] ?? 0,
    }),
  ),
);

let seed = 3;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
/** Out of order by up to 40, of which 20 are waited for: some are late for some KPIs. */
const EVENTS: readonly CxEnvelope[] = Array.from({ length: 400 }, (_, i) =>
  specimenEvent(1_000_000 + i * 2 - random(40), {
    store: `s${random(3)}`,
    ...(random(5) > 0 && { score: random(11) }),
  }),
);

function played(kpis: readonly KpiConfig[], events = EVENTS): Rehearsal {
  const rehearsal = new Rehearsal(kpisOperator(kpis, { zone, liveEveryMs: 250, compile: compileExpression }), 20);
  for (const event of events) rehearsal.event(event);
  return rehearsal;
}
/** Windows leave in order of time; which of their keys is first is left open. */
function inOrder(messages: readonly OutputMessage[]): unknown {
  return messages.map((message) => JSON.stringify(message)).sort();
}
function tables(kpis: readonly KpiConfig[]): number {
  return layoutOf(kpis, zone).reduce((sum, read) => sum + read.tables.length, 0);
}

describe('KPIs of the same source, filter and keys', () => {
  it('share one table: an event is one row of one slice, however many windows and measures are over it', () => {
    expect(tables(KPIS)).toBe(1);
    const within = EVENTS.slice(0, 1);
    expect(played(KPIS, within).operator.size?.()).toMatchObject({ keys: 1, slices: 1, rows: 1 });
    // The longest window and lateness decide how many slices are kept; nothing is kept twice.
    const longest = KPIS.filter(({ window }) => 'sizeMs' in window && window.sizeMs === 360);
    const { slices, rows, keys } = played(KPIS).operator.size?.() ?? {};
    expect({ slices, rows, keys }).toEqual({
      slices: played(longest).operator.size?.()['slices'],
      rows: played(longest).operator.size?.()['rows'],
      keys: 3,
    });
  });
  it('tell what each alone would: values, revisions, what is late; which key of an instant comes first may differ', () => {
    const together = played(KPIS);
    together.end();
    for (const kpi of KPIS) {
      const alone = played([kpi]);
      alone.end();
      const own = together.outputs.messages.filter(({ subject }) => subject.endsWith(`.${kpi.id}`));
      expect(own.length).toBeGreaterThan(50);
      expect(inOrder(own)).toEqual(inOrder(alone.outputs.messages));
      expect(together.outputs.counters[`kpi_late_${kpi.id}`]).toBe(alone.outputs.counters[`kpi_late_${kpi.id}`]);
    }
    expect(
      Object.keys(together.outputs.counters).filter((name) => name.startsWith('kpi_late_')).length,
    ).toBeGreaterThan(3);
  });
  it.each<[string, Partial<KpiConfig>]>([
    ['source', { from: ['cx.case.opened'] }],
    ['filter', { where: 'data.score > 3' }],
    ['keys', { by: [['store', 'region']] }],
    ['step', { window: { kind: 'sliding', sizeMs: 30, slideMs: 15 } }],
    ['limit of keys', { maxKeys: 7 }],
  ])('do not with one of another %s', (_, fields) => {
    expect(
      tables([
        ...KPIS,
        specimenKpi({ ...KPIS[0], id: 'other', window: { kind: 'tumbling', sizeMs: 10 }, by: [['store']], ...fields }),
      ]),
    ).toBe(2);
  });
});
