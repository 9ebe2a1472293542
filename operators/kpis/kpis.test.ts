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

describe('messages', () => {
  it('a final value is what the contract shows', () => {
    const kpi = specimenKpi({
      id: 'csat',
      where: 'data.metric == "csat"',
      measure: { kind: 'csat', value: 'data.score' },
      window: { kind: 'sliding', sizeMs: 10_000, slideMs: 5000 },
      by: [['region', 'channel']],
    });
    const rehearsal = rehearse([kpi]);
    const start = Date.parse('2026-03-02T01:15:00Z');
    for (const score of [5, 4, 2, 'x', 9])
      rehearsal.event(specimenEvent(start + 1, { metric: 'csat', score, region: '华东' }));
    rehearsal.event(specimenEvent(start + 5200, { metric: 'nps', score: 1, region: '华东' }));
    expect(rehearsal.outputs.messages).toEqual([
      {
        subject: 'cx.kpi.csat',
        type: 'cx.kpi.changed',
        time: start + 5000,
        data: {
          kpi: 'csat',
          key: { region: '华东', channel: 'app' },
          window: { start: '2026-03-02T01:14:55.000Z', end: '2026-03-02T01:15:05.000Z' },
          value: (2 / 3) * 100,
          n: 3,
          interval: [expect.closeTo(20.77, 2), expect.closeTo(93.85, 2)],
          revision: 0,
          final: true,
          watermark: '2026-03-02T01:15:05.200Z',
        },
      },
    ]);
    expect(rehearsal.outputs.values[0]).toMatchObject({
      keyId: 'channel=app,region=华东',
      at: start + 5000,
      final: true,
    });
  });

  it('of a list in one event the first 250 labels count', () => {
    const measure = { kind: 'distinct', value: 'data.list' } as const;
    const rehearsal = rehearse([specimenKpi({ window: second, measure })]);
    rehearsal.event(specimenEvent(1, { list: Array.from({ length: 5000 }, (_, i) => `label ${i}`) }));
    rehearsal.end();
    expect(rehearsal.outputs.values).toMatchObject([{ value: 250, n: 1 }]);
  });

  it('an event that lacks a dimension counts under "", and customer fields are found', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [['tier', 'store']] })]);
    rehearsal.event(specimenEvent(1, { customer: { tier: 'vip' }, store: 7 }));
    rehearsal.event(specimenEvent(2, { store: null }));
    rehearsal.end();
    expect(rehearsal.outputs.values.map(({ keyId, key }) => [keyId, key])).toEqual([
      ['store=7,tier=vip', { tier: 'vip', store: '7' }],
      ['store=,tier=', { tier: '', store: '' }],
    ]);
  });

  it('top carries its items as detail', () => {
    const rehearsal = rehearse([
      specimenKpi({ window: second, measure: { kind: 'top', value: 'enrichment.issues.map(i, i.label)', k: 1 } }),
    ]);
    const issues = [
      { label: 'delivery', confidence: 1 },
      { label: 'wait_time', confidence: 1 },
    ];
    rehearsal.event(specimenEvent(1, {}, { enrichment: { issues } }));
    rehearsal.event(specimenEvent(2, {}, { enrichment: { issues: issues.slice(0, 1) } }));
    rehearsal.end();
    expect(rehearsal.outputs.messages[0]?.data).toMatchObject({
      value: 2,
      n: 2,
      detail: [{ item: 'delivery', count: 2, error: 0 }],
    });
  });

  it('an event that measures nothing leaves no key behind', () => {
    const rehearsal = rehearse([
      specimenKpi({ window: second, measure: { kind: 'mean', value: 'data.score' }, by: [['store']] }),
    ]);
    rehearsal.event(specimenEvent(1, { store: 'a', score: 'none' }));
    expect(rehearsal.operator.size?.()['keys']).toBe(0);
    rehearsal.end();
    expect(rehearsal.outputs.messages).toEqual([]);
    expect(rehearsal.outputs.counters).toEqual({ events_processed: 1 });
  });
});

describe('limits', () => {
  it('a late event in a sliding window that has stood still leaves it again', () => {
    const sliding = { kind: 'sliding', sizeMs: 30, slideMs: 10 } as const;
    const kpi = specimenKpi({ window: sliding, allowedLatenessMs: 10, by: [['store']] });
    const rehearsal = rehearse([kpi], {}, 20);
    // At watermark −18 all windows that hold −50 are closed, the last within the lateness, and nothing else is in them.
    for (const [ts, store] of [
      [2, 'a'],
      [-50, 'b'],
      [22, 'a'],
    ] as const)
      rehearsal.event(specimenEvent(ts, { store }));
    rehearsal.advance(1000);
    expect(rehearsal.outputs.values.map(({ keyId, window, n }) => [keyId, window.end, n])).toEqual([
      ['store=b', -20, 1],
      ...[10, 20].map((end) => ['store=a', end, 1]),
      ['store=a', 30, 2],
      ...[40, 50].map((end) => ['store=a', end, 1]),
    ]);
    expect(rehearsal.operator.dueAt?.()).toBeUndefined();
  });

  it('past max_keys new keys fold into ~other, and are counted; freed places are used again', () => {
    const rehearsal = rehearse([specimenKpi({ window: second, by: [['store']], maxKeys: 2 })]);
    for (const store of ['a', 'b', 'c', 'd', 'a']) rehearsal.event(specimenEvent(1, { store }));
    rehearsal.commit();
    rehearsal.crash();
    rehearsal.event(specimenEvent(2, { store: 'c' }));
    rehearsal.advance(1000);
    rehearsal.event(specimenEvent(1001, { store: 'c' }));
    rehearsal.end();
    expect(rehearsal.outputs.values.map(({ keyId, value }) => [keyId, value])).toEqual([
      ['store=a', 2],
      ['store=b', 1],
      ['store=~other', 3],
      ['store=c', 1],
    ]);
    expect(rehearsal.outputs.counters['kpi_keys_folded']).toBe(3);
  });

  it('a session is final at its end, and an event on time at that very instant still goes on with it', () => {
    const rehearsal = rehearse([specimenKpi({ window: { kind: 'session', gapMs: 10 }, by: [['store']] })]);
    // The other store brings the watermark to 10, the end of the first session, before its next event comes.
    for (const [ts, store] of [
      [0, 'a'],
      [10, 'b'],
      [10, 'a'],
    ] as const) {
      rehearsal.event(specimenEvent(ts, { store }));
      // Restored at that very instant too.
      rehearsal.commit();
      rehearsal.crash();
    }
    rehearsal.end();
    const said = rehearsal.outputs.values.filter(({ keyId, final }) => final && keyId === 'store=a');
    expect(
      said.map(({ window, n, revision, retracted }) => [window.start, window.end, n, revision, retracted ?? false]),
    ).toEqual([
      [0, 10, 1, 0, false],
      [0, 10, 0, 1, true],
      [0, 20, 2, 0, false],
    ]);
    expect(rehearsal.outputs.counters['events_late']).toBeUndefined();
  });

  it('sessions fold too', () => {
    const rehearsal = rehearse([specimenKpi({ window: { kind: 'session', gapMs: 10 }, by: [['store']], maxKeys: 1 })]);
    for (const store of ['a', 'b', 'c']) rehearsal.event(specimenEvent(1, { store }));
    rehearsal.end();
    expect(rehearsal.outputs.values.map(({ keyId, n }) => [keyId, n])).toEqual([
      ['store=a', 1],
      ['store=~other', 2],
    ]);
  });
});

describe('quotes', () => {
  const kpi = specimenKpi({ window: second, from: ['cx.feedback.posted'] });
  const posted = (ts: number, text: string, label?: 'negative' | 'positive'): ReturnType<typeof specimenEvent> => {
    const sentiment = label === undefined ? null : { label, score: 0, intensity: label, confidence: 1 };
    return specimenEvent(ts, { text }, { type: 'cx.feedback.posted', enrichment: { sentiment } });
  };
  it('are the newest three that speak against it, of the window itself, and survive a crash', () => {
    const rehearsal = rehearse([kpi], { samplesFor: new Set(['k']) });
    rehearsal.event(posted(1, '太慢了', 'negative'));
    rehearsal.event(posted(5, 'unscored'));
    rehearsal.event(posted(2, '很好', 'positive'));
    rehearsal.event(posted(4, 'rude', 'negative'));
    rehearsal.commit();
    rehearsal.event(posted(9, 'lost', 'negative'));
    rehearsal.crash();
    rehearsal.event(posted(3, 'late', 'negative'));
    rehearsal.event(posted(2001, 'next', 'negative'));
    expect(rehearsal.outputs.values.map(({ samples }) => samples)).toEqual([['unscored', 'rude', 'late']]);
    expect(JSON.stringify(rehearsal.outputs.messages)).not.toContain('rude');
  });
  it('are kept only where somebody asks for them', () => {
    const rehearsal = rehearse([kpi]);
    rehearsal.event(posted(1, '太慢了', 'negative'));
    rehearsal.end();
    expect(rehearsal.outputs.values[0]?.samples).toBeUndefined();
  });
});
