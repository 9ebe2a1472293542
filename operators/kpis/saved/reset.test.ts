/** A KPI whose meaning changed is reset when that is asked for, and takes nothing of the others with it. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import type { State } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { kpisOperator } from '../kpis.ts';
import { Rehearsal } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const window = { kind: 'tumbling', sizeMs: 1000 } as const;
const kept = specimenKpi({ id: 'kept', window, measure: { kind: 'sum', value: 'data.score' } });

/** Three events, a restart with `now` in place of `before` and `reset` given, one more event: what each KPI says. */
function restarted(before: KpiConfig, now: KpiConfig, reset: readonly string[]): unknown {
  const first = new Rehearsal(kpisOperator([before, kept], options));
  for (const [ts, score] of [
    [100, 5],
    [600, 2],
    [900, 4],
  ] as const)
    first.event(specimenEvent(ts, { score }));
  const saved = [...(first.operator.snapshot?.() ?? [])];
  const after = kpisOperator([kept, now], { ...options, reset: new Set(reset) });
  const fingerprint = JSON.parse(JSON.stringify(kpisOperator([before, kept], options).fingerprint)) as State;
  const second = new Rehearsal(after);
  second.operator = after.create({ partition: 0 }, after.migrate?.(saved, fingerprint));
  second.watermark = first.watermark;
  second.event(specimenEvent(950, { score: 1 }));
  second.end();
  return second.outputs.values.map(({ kpi, value, n }) => `${kpi} ${String(value)} of ${String(n)}`).sort();
}

const changes: readonly (readonly [string, KpiConfig, KpiConfig, string])[] = [
  [
    'another measure',
    specimenKpi({ id: 'k', window, measure: { kind: 'max', value: 'data.score' } }),
    specimenKpi({ id: 'k', window, measure: { kind: 'min', value: 'data.score' } }),
    'k 1 of 1',
  ],
  [
    'another filter',
    specimenKpi({ id: 'k', window, measure: { kind: 'count' } }),
    specimenKpi({ id: 'k', window, measure: { kind: 'count' }, where: 'data.score < 3' }),
    'k 1 of 1',
  ],
  [
    'a session of another measure',
    specimenKpi({ id: 'k', window: { kind: 'session', gapMs: 5000 }, measure: { kind: 'mean', value: 'data.score' } }),
    specimenKpi({ id: 'k', window: { kind: 'session', gapMs: 5000 }, measure: { kind: 'max', value: 'data.score' } }),
    'k 1 of 1',
  ],
];

describe('a reset', () => {
  it.each(changes)('with %s drops what the KPI held and nothing else', (_, before, now, emitted) => {
    expect(restarted(before, now, ['k'])).toEqual([emitted, 'kept 12 of 4']);
  });

  it.each(changes)('is needed with %s, for that KPI', (_, before, now) => {
    expect(() => restarted(before, now, [])).toThrow(/the KPI k was written under another configuration: its \w+/);
    expect(() => restarted(before, now, ['kept'])).toThrow(/the KPI k /);
  });

  it('is not needed where drift is held against another reference', () => {
    const drift = (reference: readonly number[]): KpiConfig =>
      specimenKpi({
        id: 'k',
        window,
        measure: { kind: 'psi', kpi: 'k', value: 'data.score', min: 0, max: 10, bins: 2, reference },
      });
    // 1, 2 and 4 in the lower half, 5 in the upper one.
    expect(restarted(drift([1, 9]), drift([30, 10]), [])).toEqual(['k 0 of 4', 'kept 12 of 4']);
  });

  it('drops nothing of a KPI that fits', () => {
    const fits = specimenKpi({ id: 'k', window, measure: { kind: 'count' } });
    expect(restarted(fits, fits, ['k', 'kept'])).toEqual(['k 4 of 4', 'kept 12 of 4']);
  });
});
