/** What cleaning leaves out: which KPIs count it all the same, and that KPIs of both kinds are kept apart. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../engine/app/config/config.ts';
import { EngineError } from '../../engine/core/errors.ts';
import { at } from '../../engine/core/must.ts';
import { END_OF_TIME, observe } from '../../engine/testing/verify-operator.ts';
import type { KpiConfig } from './kpis-config.ts';
import { kpisOperator } from './kpis.ts';
import { layoutOf } from './layout.ts';
import { fingerprintOf } from './saved/migrate.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const window = { kind: 'tumbling', sizeMs: 1000 } as const;
const options = { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression };
const marked = { enrichment: { quality: { flood: true, left_out: ['flood'] } } };

function read(fields: object): { readonly kpis: readonly KpiConfig[]; readonly faults: readonly string[] } {
  const kpi = {
    id: 'k',
    from: 'cx.survey.answered',
    measure: { kind: 'count' },
    window: { kind: 'tumbling', size: '1s' },
  };
  const parsed = parseConfig({ kpis: [{ ...kpi, ...fields }] }, compileExpression);
  return 'config' in parsed
    ? { kpis: parsed.config.kpis, faults: [] }
    : { kpis: [], faults: parsed.faults.map(({ message }) => message) };
}

describe('what cleaning leaves out', () => {
  it('counts in the KPIs alone that ask for it, of the same events beside one another', () => {
    const kpis = [
      specimenKpi({ id: 'clean', window }),
      specimenKpi({ id: 'all', window, quality: 'any' }),
      specimenKpi({ id: 'visits', window: { kind: 'session', gapMs: 100 } }),
    ];
    const script = [specimenEvent(0), specimenEvent(10, {}, marked), specimenEvent(20, {}, marked)];
    const output = observe(kpisOperator(kpis, options), [
      ...script.map((event) => ({ event })),
      { watermark: END_OF_TIME },
    ]);
    const sent = output.flatMap((one) => ('send' in one ? [one.send.data as { kpi: string; n: number }] : []));
    expect(Object.fromEntries(sent.map(({ kpi, n }) => [kpi, n]))).toEqual({ clean: 1, all: 3, visits: 1 });
  });

  it('counts where the filter reads the marks itself', () => {
    expect(at(read({ where: 'has(enrichment.quality.flood)' }).kpis, 0).quality).toBe('any');
    expect(at(read({ where: 'data.score > 3' }).kpis, 0).quality).toBeUndefined();
    expect(at(read({ quality: 'any' }).kpis, 0).quality).toBe('any');
    expect(read({ where: 'has(enrichment.quality.flood)', quality: 'clean' }).kpis[0]?.quality).toBeUndefined();
  });

  it('is a fault where only a measure reads the marks, which it would never see', () => {
    const measure = { kind: 'ratio', of: 'has(enrichment.quality.flood)', per: 'true' };
    expect(read({ measure }).faults).toEqual([
      'the measure reads enrichment.quality, and what cleaning leaves out is not counted here: write `quality: any` beside it',
    ]);
    expect(read({ measure, quality: 'any' }).faults).toEqual([]);
  });

  it('changes nothing of what is saved of KPIs that were there before', () => {
    const before = '{"allowedLatenessMs":0,"by":[[]],"from":["cx.survey.answered"],"id":"k","maxKeys":100000,';
    for (const quality of [undefined, 'any'] as const) {
      const where = quality === undefined ? null : 'enrichment.quality.masked > 1';
      const kpi = specimenKpi({ window, where, ...(quality === undefined ? null : { quality }) });
      const { kpis } = fingerprintOf([kpi], 'UTC') as { kpis: readonly string[] };
      expect(at(kpis, 0)).toContain(`${before}"measure"`);
      expect(at(kpis, 0)).not.toContain('quality":');
      expect(at(at(layoutOf([kpi], 'UTC'), 0).tables, 0).id).not.toContain('any');
    }
  });

  it('cannot be asked for by a KPI that has counted without it, unless it is reset', () => {
    const clean = kpisOperator([specimenKpi({ window })], options);
    const all = kpisOperator([specimenKpi({ window, quality: 'any' })], options);
    const migrate = (): unknown => all.migrate?.([], clean.fingerprint);
    expect(migrate).toThrow(EngineError);
    expect(migrate).toThrow('quality');
  });
});
