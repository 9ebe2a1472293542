/**
 * Cases that the engines before us are tested with, by their names there; numbers are those of the catalogue they were
 * collected in. Their `WM(t)` means "nothing at or before t comes any more", ours "nothing before t": WM(t) is t + 1 here.
 * Windows accumulate: what other engines emit as a pane of its own is one more revision of the whole window here.
 * Where each case of the catalogue is held, those elsewhere included, says engine/testing/house/engine-cases.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { EngineError } from '../../engine/core/errors.ts';
import type { KpiConfig } from './kpis-config.ts';
import { kpisOperator } from './kpis.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const options = { zone: 'Asia/Shanghai', liveEveryMs: 250, compile: compileExpression };

class Trial {
  readonly rehearsal: Rehearsal;
  #seen = 0;

  constructor(kpi: KpiConfig, outOfOrdernessMs = Number.MAX_SAFE_INTEGER) {
    this.rehearsal = new Rehearsal(kpisOperator([kpi], options), outOfOrdernessMs);
  }
  event(ts: number, key = 'k', data: Record<string, string | number> = {}): this {
    this.rehearsal.event(specimenEvent(ts, { key, ...data }));
    return this;
  }
  watermark(ts: number): this {
    this.rehearsal.advance(ts + 1);
    return this;
  }
  /** What came out since the last look: `key:value@end-1`, with `r<revision>` from 1 on, `x` for a retraction. */
  look(): string[] {
    const values = this.rehearsal.outputs.values.slice(this.#seen);
    this.#seen = this.rehearsal.outputs.values.length;
    return values.map(({ key, value, window, revision, retracted }) =>
      retracted === true
        ? `${key['key'] ?? ''}:x@[${window.start},${window.end})`
        : `${key['key'] ?? ''}:${value}@${window.end - 1}${revision > 0 ? `r${revision}` : ''}`,
    );
  }
  get late(): number {
    return this.rehearsal.outputs.messages.filter(({ subject }) => subject === 'cx.late.k').length;
  }
}

function counting(window: KpiConfig['window'], allowedLatenessMs = 0): KpiConfig {
  return specimenKpi({ window, allowedLatenessMs, by: [['key']] });
}

describe('Flink, WindowOperatorTest', () => {
  it('1 testLateness: a late event within the lateness fires again, a later one is late', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 2000 }, 500));
    trial.event(500).watermark(1500).event(1300).watermark(2300);
    expect(trial.look()).toEqual(['k:2@1999']);
    trial.event(1997);
    expect(trial.look()).toEqual(['k:3@1999r1']);
    trial.watermark(6000).event(1998);
    expect(trial.look()).toEqual([]);
    expect(trial.late).toBe(1);
  });

  it('2 testSideOutputDueToLatenessTumbling: the boundary of lateness 0', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 2000 }));
    trial.event(1000).watermark(1985).event(1980).watermark(1999);
    expect(trial.look()).toEqual(['k:2@1999']);
    trial.event(1998);
    expect([trial.look(), trial.late]).toEqual([[], 1]);
    trial.event(2001).watermark(2999);
    expect(trial.look()).toEqual([]);
    trial.watermark(3999);
    expect(trial.look()).toEqual(['k:1@3999']);
  });

  it('3 testSideOutputDueToLatenessSliding: late for one window is not late for the next', () => {
    const trial = new Trial(counting({ kind: 'sliding', sizeMs: 3000, slideMs: 1000 }));
    trial.event(1000, 'k2').watermark(1999);
    expect(trial.look()).toEqual(['k2:1@1999']);
    trial.event(2000, 'k2').watermark(3000);
    expect(trial.look()).toEqual(['k2:2@2999']);
    trial.event(3001, 'k1').event(2400, 'k2').event(2400, 'k2').event(3001, 'k1').event(3900, 'k2').watermark(6000);
    expect(trial.look().sort()).toEqual(['k1:2@3999', 'k1:2@4999', 'k1:2@5999', 'k2:1@5999', 'k2:4@4999', 'k2:5@3999']);
    expect(trial.late).toBe(0);
    trial.event(3001, 'k1');
    expect([trial.look(), trial.late]).toEqual([[], 1]);
  });

  const session = (lateness: number): Trial => {
    const trial = new Trial(counting({ kind: 'session', gapMs: 3000 }, lateness));
    trial.event(1000).event(2000).watermark(4998).event(4500).event(8500).watermark(7400).event(7000).watermark(11501);
    expect(trial.look()).toEqual(['k:5@11499']);
    expect(trial.rehearsal.outputs.values[0]?.window).toEqual({ start: 1000, end: 11_500 });
    trial.event(11_600).watermark(14_600);
    expect(trial.look()).toEqual(['k:1@14599']);
    return trial;
  };
  it('4 testSideOutputDueToLatenessSessionZeroLateness: events bridge, closed sessions take none', () => {
    const trial = session(0);
    trial.event(10_000);
    expect([trial.look(), trial.late]).toEqual([[], 1]);
    trial.event(14_500).watermark(20_000);
    expect(trial.look()).toEqual(['k:1@17499']);
    expect(trial.rehearsal.operator.size?.()['sessions']).toBe(0);
  });
  it('5 testNotSideOutputDueToLatenessSessionWithLateness: a late event extends a closed session, and it fires at once', () => {
    // The lateness of the source (10 ms); with 10,000 the first session would still be there, as in the next case.
    const trial = session(10);
    trial.event(10_000);
    expect(trial.look()).toEqual(['k:x@[11600,14600)', 'k:2@14599']);
    expect(trial.rehearsal.outputs.values.at(-1)?.window).toEqual({ start: 10_000, end: 14_600 });
    trial.event(14_500).watermark(20_000);
    expect(trial.look()).toEqual(['k:x@[10000,14600)', 'k:3@17499']);
    expect(trial.rehearsal.outputs.values.at(-1)?.window).toEqual({ start: 10_000, end: 17_500 });
    trial.watermark(100_000);
    expect([trial.look(), trial.late]).toEqual([[], 0]);
  });
  it('5 …WithHugeLateness: a late event bridges two closed sessions, both are retracted', () => {
    const trial = session(10_000);
    trial.event(10_000);
    expect(trial.look()).toEqual(['k:x@[1000,11500)', 'k:x@[11600,14600)', 'k:7@14599']);
    trial.event(14_500).watermark(20_000);
    expect(trial.look()).toEqual(['k:x@[1000,14600)', 'k:8@17499']);
    trial.watermark(100_000);
    expect(trial.look()).toEqual([]);
    const retraction = trial.rehearsal.outputs.messages.find(
      ({ data }) => (data as Record<string, unknown>)['retracted'] === true,
    );
    expect(retraction?.data).toMatchObject({
      value: null,
      n: 0,
      interval: null,
      revision: 1,
      final: true,
      retracted: true,
    });
  });
});

describe('Kafka Streams', () => {
  it('6 shouldSupportFinalResultsForTimeWindows: the last revision is the final result, what is later is dropped and counted', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 2 }, 1), 0);
    for (const ts of [0, 1, 2, 1, 0, 5, 0]) trial.event(ts);
    expect(trial.look()).toEqual(['k:2@1', 'k:3@1r1', 'k:4@1r2', 'k:1@3']);
    expect(trial.late).toBe(1);
  });
  it('7 shouldSupportFinalResultsForSessionWindows', () => {
    const trial = new Trial(counting({ kind: 'session', gapMs: 5 }), 0);
    trial.event(0, 'k1').event(5, 'k1').event(1, 'k1').event(11, 'k2').event(5, 'k1').event(30, 'k1');
    // Their session [0, 5] ends with its last event, ours with the silence after it: [0, 10).
    expect(trial.look()).toEqual(['k1:3@9', 'k2:1@15']);
    expect(trial.late).toBe(1);
  });
  it('8 shouldLogAndMeterWhenSkippingExpiredWindowByGrace: each dropped event is reported, with how late it was', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 10 }, 90), 0);
    for (const ts of [200, 100, 101, 102, 103, 104, 105, 6]) trial.event(ts);
    trial.rehearsal.end();
    expect(trial.look()).toEqual(['k:1@209']);
    expect(trial.late).toBe(7);
    expect(trial.rehearsal.outputs.counters).toEqual({ events_processed: 1, events_late: 7, kpi_late_k: 7 });
    expect(trial.rehearsal.outputs.messages.at(-2)?.data).toMatchObject({
      kpi: 'k',
      late_by_ms: 194,
      watermark: '1970-01-01T00:00:00.200Z',
      time: '1970-01-01T00:00:00.006Z',
      allowed_lateness_ms: 90,
    });
  });
});

describe('Beam', () => {
  it('14 testDiscardingMode, its events accumulated: early, on time, late', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 1000 }, 5000));
    trial.event(100).event(200);
    trial.rehearsal.wake(0);
    expect(trial.look()).toEqual(['k:2@999']);
    expect(trial.rehearsal.outputs.values[0]?.final).toBe(false);
    trial.event(500).watermark(1001);
    expect(trial.look()).toEqual(['k:3@999']);
    trial.event(750).event(250);
    expect(trial.look()).toEqual(['k:4@999r1', 'k:5@999r2']);
    trial.watermark(7000);
    expect([trial.look(), trial.late]).toEqual([[], 0]);
  });
  it('15 testLateDataAccumulating: late events add to the pane, and are dropped past the lateness', () => {
    const minutes = 60_000;
    const kpi = specimenKpi({
      window: { kind: 'tumbling', sizeMs: 5 * minutes },
      allowedLatenessMs: 5 * minutes,
      measure: { kind: 'sum', value: 'data.x' },
      by: [['key']],
    });
    const trial = new Trial(kpi);
    for (const x of [1, 2, 3]) trial.event(0, 'k', { x });
    trial.watermark(6 * minutes);
    expect(trial.look()).toEqual(['k:6@299999']);
    trial.event(0, 'k', { x: 4 }).event(0, 'k', { x: 5 });
    expect(trial.look()).toEqual(['k:10@299999r1', 'k:15@299999r2']);
    trial.watermark(20 * minutes);
    for (const x of [-1, -2, -3]) trial.event(0, 'k', { x });
    expect([trial.look(), trial.late]).toEqual([[], 3]);
  });
  it('16 testProcessingTimeTrigger: what fills is shown once a pause', () => {
    const minutes = 60_000;
    const kpi = specimenKpi({
      window: { kind: 'tumbling', sizeMs: 3_600_000 },
      measure: { kind: 'sum', value: 'data.x' },
      by: [['key']],
    });
    const rehearsal = new Rehearsal(kpisOperator([kpi], { ...options, liveEveryMs: 5 * minutes }), 10_000);
    const sums = (): unknown[] =>
      rehearsal.outputs.shown.splice(0).map(({ value }) => (value as { value: number }).value);
    rehearsal.event(specimenEvent(0, { x: 1 }));
    rehearsal.event(specimenEvent(1, { x: 2 }));
    rehearsal.wake(12 * minutes);
    expect(sums()).toEqual([3]);
    rehearsal.event(specimenEvent(2, { x: 3 }));
    rehearsal.wake(14 * minutes);
    expect(sums()).toEqual([]);
    rehearsal.wake(18 * minutes);
    expect(sums()).toEqual([6]);
  });
});

describe('time and state', () => {
  it('18 Bytewax #138: a window closes after a crash with no further event', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 1000 }));
    trial.event(100).event(200);
    trial.rehearsal.commit();
    trial.rehearsal.crash();
    expect(trial.rehearsal.operator.dueAt?.()).toBe(1000);
    trial.watermark(999);
    expect(trial.look()).toEqual(['k:2@999']);
  });
  it('18 … and one that was closed before the crash does not close again', () => {
    const trial = new Trial(counting({ kind: 'sliding', sizeMs: 2000, slideMs: 1000 }));
    trial.event(100).watermark(999);
    expect(trial.look()).toEqual(['k:1@999']);
    trial.rehearsal.commit();
    trial.rehearsal.crash();
    trial.watermark(999).watermark(1999).watermark(9999);
    expect(trial.look()).toEqual(['k:1@1999']);
  });
  it('18 … and revisions go on counting, sessions know what was reported of them', () => {
    const tumbling = new Trial(counting({ kind: 'tumbling', sizeMs: 1000 }, 5000));
    tumbling.event(100).watermark(999).event(200).event(300);
    expect(tumbling.look()).toEqual(['k:1@999', 'k:2@999r1', 'k:3@999r2']);
    const session = new Trial(counting({ kind: 'session', gapMs: 1000 }, 5000));
    session.event(100);
    session.rehearsal.commit();
    session.watermark(1099);
    expect(session.look()).toEqual(['k:1@1099']);
    for (const { rehearsal } of [tumbling, session]) {
      rehearsal.commit();
      rehearsal.crash();
    }
    tumbling.event(400);
    expect(tumbling.look()).toEqual(['k:4@999r3']);
    session.event(50);
    expect(session.look()).toEqual(['k:x@[100,1100)', 'k:2@1099']);
  });
  it('19 a sparse key, a silent source: time alone closes the window', () => {
    const trial = new Trial(counting({ kind: 'tumbling', sizeMs: 1000 }));
    trial.event(100, 'rare');
    for (let ts = 0; ts < 999; ts += 100) trial.watermark(ts);
    expect(trial.look()).toEqual([]);
    trial.watermark(999);
    expect(trial.look()).toEqual(['rare:1@999']);
  });
  it('20 Hazelcast #20740: input that is filtered away still moves time on', () => {
    const kpi = { ...counting({ kind: 'tumbling', sizeMs: 1000 }), where: 'data.key == "k"' };
    const rehearsal = new Rehearsal(kpisOperator([kpi], options), 0);
    rehearsal.event(specimenEvent(10, { key: 'k' }));
    rehearsal.event(specimenEvent(1500, { key: 'other' }));
    rehearsal.event(specimenEvent(1600, { key: 'k' }, { type: 'cx.page.viewed' }));
    expect(rehearsal.outputs.values.map(({ value, window }) => [value, window.end])).toEqual([[1, 1000]]);
    expect(rehearsal.outputs.counters).toEqual({ events_processed: 3 });
  });
  it('23 a session whose gap is exactly met goes on (Flink, Bytewax; Jet does not)', () => {
    const trial = new Trial(counting({ kind: 'session', gapMs: 10 }));
    trial.event(0).event(10).event(21).watermark(100);
    expect(trial.look()).toEqual(['k:2@19', 'k:1@30']);
  });
  it('24 testNoEventTimeFiringForPurgedWindow and its like: nothing fires twice, nothing empty fires, nothing stays', () => {
    for (const window of [
      { kind: 'tumbling', sizeMs: 1000 },
      { kind: 'sliding', sizeMs: 3000, slideMs: 1000 },
      { kind: 'session', gapMs: 1000 },
      { kind: 'cumulative', period: 'day', everyMs: 1000 },
    ] as const) {
      const trial = new Trial(counting(window, 500));
      trial.event(100).event(5100);
      trial.watermark(6999);
      const fired = trial.look();
      trial.watermark(6999).watermark(7200);
      expect(trial.look()).toEqual([]);
      expect(new Set(fired).size).toBe(fired.length);
      trial.rehearsal.end();
      trial.look();
      expect(Object.values(trial.rehearsal.operator.size?.() ?? { none: 1 }).every((size) => size === 0)).toBe(true);
      expect(trial.rehearsal.operator.dueAt?.()).toBeUndefined();
    }
  });
  it('30 changeWindowSize: another size over the same state is refused by name', () => {
    const before = kpisOperator([counting({ kind: 'tumbling', sizeMs: 1000 })], options);
    const after = kpisOperator([counting({ kind: 'tumbling', sizeMs: 2000 })], options);
    const trial = new Rehearsal(before);
    trial.event(specimenEvent(1));
    const delta = trial.operator.delta?.();
    const change = (): unknown => after.migrate?.(delta === undefined ? [] : [delta], before.fingerprint);
    expect(change).toThrow(EngineError);
    expect(change).toThrow('the KPI k was written under another configuration: its window changed');
  });
  it('33 RisingWave #23270: every event is either processed or late, in each stream of late events', () => {
    const sliding = { ...counting({ kind: 'sliding', sizeMs: 100, slideMs: 50 }), id: 'long' };
    const tumbling = counting({ kind: 'tumbling', sizeMs: 10 }, 5);
    const rehearsal = new Rehearsal(kpisOperator([tumbling, sliding], options), 0);
    const times = [0, 100, 95, 60, 20, 99, 101, 5];
    for (const ts of times) rehearsal.event(specimenEvent(ts));
    const { counters, messages } = rehearsal.outputs;
    // 60 is late for `k` alone; 20 and 5 are late for both, and only those two count as late.
    expect(counters).toEqual({ events_processed: 6, events_late: 2, kpi_late_k: 3, kpi_late_long: 2 });
    expect((counters['events_processed'] ?? 0) + (counters['events_late'] ?? 0)).toBe(times.length);
    expect(messages.filter(({ subject }) => subject.startsWith('cx.late.'))).toHaveLength(5);
  });
});
