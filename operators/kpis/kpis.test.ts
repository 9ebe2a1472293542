import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/cel.ts';
import { EngineError } from '../../engine/core/errors.ts';
import type { State } from '../../engine/core/types.ts';
import type { KpiConfig } from '../config.ts';
import { kpisOperator, type KpisOptions } from './kpis.ts';
import { Rehearsal } from './rehearsal.ts';
import { specimenEvent, specimenKpi } from './specimens.ts';

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

describe('sharing', () => {
  it('an event is kept once for all KPIs of the same input, filter, keys and step', () => {
    const sizes = [1000, 2000, 60_000, 3_600_000];
    const kpis = sizes.flatMap((sizeMs, i) =>
      [{ kind: 'nps', value: 'data.score' } as const, { kind: 'count' } as const].map((measure) =>
        specimenKpi({
          id: `k${i}${measure.kind}`,
          measure,
          window: { kind: 'sliding', sizeMs, slideMs: 1000 },
          by: [['store']],
        }),
      ),
    );
    const rehearsal = rehearse(kpis);
    for (let i = 0; i < 10; i++) rehearsal.event(specimenEvent(i * 100, { store: 'a', score: i }));
    expect(rehearsal.operator.size?.()).toMatchObject({ keys: 1, slices: 1, rows: 1 });
  });
});
