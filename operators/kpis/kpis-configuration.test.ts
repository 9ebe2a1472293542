/** Which KPIs are accepted, and what becomes of saved state when they change. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { EngineError } from '../../engine/core/errors.ts';
import type { State } from '../../engine/core/types.ts';
import type { KpiConfig } from './kpis-config.ts';
import { kpisOperator } from './kpis.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const options = { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression };
const second = { kind: 'tumbling', sizeMs: 1000 } as const;

describe('configuration', () => {
  it('is checked when the operator is described', () => {
    const codeOf = (kpi: KpiConfig): string => {
      try {
        kpisOperator([kpi], options);
        return 'none';
      } catch (thrown) {
        return thrown instanceof EngineError ? thrown.code : 'other';
      }
    };
    expect(codeOf(specimenKpi({ window: second, where: 'data.x ==' }))).toBe('EXPRESSION_INVALID');
    expect(codeOf(specimenKpi({ window: second, measure: { kind: 'sum', value: '1 +' } }))).toBe('EXPRESSION_INVALID');
    expect(codeOf(specimenKpi({ window: { kind: 'sliding', sizeMs: 10, slideMs: 20 } }))).toBe('WINDOW_INVALID');
    expect(codeOf(specimenKpi({ window: { kind: 'session', gapMs: 0 } }))).toBe('WINDOW_INVALID');
  });

  it('may gain and lose KPIs over saved state; the rest goes on as if nothing had happened', () => {
    const csat = specimenKpi({
      id: 'csat',
      window: second,
      measure: { kind: 'csat', value: 'data.score' },
      by: [[], ['store']],
    });
    const slow = specimenKpi({
      id: 'slow',
      window: { kind: 'sliding', sizeMs: 3000, slideMs: 1000 },
      measure: { kind: 'max', value: 'data.score' },
      allowedLatenessMs: 5000,
    });
    const visits = specimenKpi({ id: 'visits', window: { kind: 'session', gapMs: 3000 }, allowedLatenessMs: 1000 });
    const spread = specimenKpi({
      id: 'spread',
      window: second,
      measure: { kind: 'quantile', value: 'data.score', q: 0.5 },
    });
    const fresh = specimenKpi({ id: 'fresh', window: second, measure: { kind: 'sum', value: 'data.score' } });
    const before = kpisOperator([csat, spread, slow, visits], options);
    const after = kpisOperator(
      [fresh, visits, slow, spread, { ...csat, title: { 'zh-CN': '新', en: 'new' } }],
      options,
    );

    const first = new Rehearsal(before);
    for (const [ts, score] of [
      [100, 5],
      [900, 2],
      [1500, 4],
      [200, 3],
    ] as const)
      first.event(specimenEvent(ts, { score, store: 'a' }));
    const saved = [...(first.operator.snapshot?.() ?? [])];
    const migrated = after.migrate?.(saved, JSON.parse(JSON.stringify(before.fingerprint)) as State) ?? [];
    const operator = after.create({ partition: 0 }, migrated);
    const second_ = new Rehearsal(after);
    second_.operator = operator;
    second_.watermark = first.watermark;
    for (const rehearsal of [first, second_]) {
      rehearsal.outputs.values.length = 0;
      rehearsal.event(specimenEvent(1700, { score: 1, store: 'a' }));
      rehearsal.end();
    }
    const byId = (rehearsal: Rehearsal, without: string): unknown =>
      rehearsal.outputs.values
        .filter(({ kpi }) => kpi !== without)
        .map(({ kpi, keyId, window, value, n, revision }) =>
          [kpi, keyId, window.start, window.end, value, n, revision].join(' '),
        )
        .sort();
    expect(byId(second_, 'fresh')).toEqual(byId(first, 'fresh'));
    expect(second_.outputs.values.filter(({ kpi }) => kpi === 'fresh').map(({ value, n }) => [value, n])).toEqual([
      [1, 1],
    ]);
    // And back: a KPI that is gone leaves nothing.
    expect(before.migrate?.(migrated, after.fingerprint)).toHaveLength(migrated.length);
  });

  it('is refused over state that is not its own', () => {
    const def = kpisOperator([specimenKpi({ window: second })], options);
    const codeOf = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (thrown) {
        return thrown instanceof EngineError ? `${thrown.code}: ${thrown.message}` : thrown;
      }
    };
    expect(codeOf(() => def.migrate?.([], undefined))).toContain('STATE_MISMATCH');
    expect(codeOf(() => def.create({ partition: 0 }, ['text']))).toContain('STATE_MISMATCH');
    expect(codeOf(() => def.create({ partition: 0 }, [Uint8Array.of(99)]))).toContain('its format is 99');
    const elsewhere = kpisOperator([specimenKpi({ window: { kind: 'cumulative', period: 'day', everyMs: 1000 } })], {
      ...options,
      zone: 'UTC',
    });
    const here = kpisOperator([specimenKpi({ window: { kind: 'cumulative', period: 'day', everyMs: 1000 } })], options);
    expect(codeOf(() => here.migrate?.([], elsewhere.fingerprint))).toContain(
      'the zone changed from UTC to Asia/Shanghai',
    );
  });
});
