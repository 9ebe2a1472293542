/** A KPI that joins a running store, is removed and added again, or is reset: what it says of windows that began before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME, type State } from '../../engine/core/types.ts';
import type { CxEnvelope, KpiValue } from '../shared/messages.ts';
import type { KpiConfig } from './kpis-config.ts';
import { kpisOperator } from './kpis.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const DISORDER_MS = 300;
const kept = specimenKpi({ id: 'kept', window: { kind: 'tumbling', sizeMs: 1000 }, allowedLatenessMs: 500 });

/** A life under other KPIs goes on from what the one before saved; `reset` as given at the start. */
function nextLife(
  before: Rehearsal,
  was: readonly KpiConfig[],
  now: readonly KpiConfig[],
  reset: readonly string[] = [],
): Rehearsal {
  const saved = [...(before.operator.snapshot?.() ?? [])];
  const fingerprint = JSON.parse(JSON.stringify(kpisOperator(was, options).fingerprint)) as State;
  const def = kpisOperator(now, { ...options, reset: new Set(reset) });
  const next = new Rehearsal(def, DISORDER_MS);
  // What is written after a change of shape is read by the start after it.
  const migrated = def.create({ partition: 0 }, def.migrate?.(saved, fingerprint));
  next.operator = def.create({ partition: 0 }, [...(migrated.snapshot?.() ?? [])]);
  next.resumeAt(before);
  return next;
}
const finals = (rehearsal: Rehearsal, kpi: string): readonly KpiValue[] =>
  rehearsal.outputs.values.filter((value) => value.kpi === kpi && value.final);
const lineOf = ({ keyId, window, value, n, revision, partial, retracted }: KpiValue): string =>
  `${keyId}[${window.start},${window.end}) ${String(value)} of ${n} r${revision}${partial ? ' partial' : ''}${retracted ? ' gone' : ''}`;

const WINDOWS: readonly (readonly [string, KpiConfig['window']])[] = [
  ['tumbling', { kind: 'tumbling', sizeMs: 1000 }],
  ['sliding', { kind: 'sliding', sizeMs: 2000, slideMs: 500 }],
  ['session', { kind: 'session', gapMs: 400 }],
  ['to date', { kind: 'cumulative', period: 'day', everyMs: 3_600_000 }],
];
/** Hours as seconds: days pass within a run. */
const scaleOf = (window: KpiConfig['window']): number => (window.kind === 'cumulative' ? 3_600_000 : 1);

function play(rehearsal: Rehearsal, events: readonly CxEnvelope[]): void {
  for (const event of events) rehearsal.event(event);
}

describe('a KPI that was added to a running store', () => {
  it('marks the window that had begun as partial, and the next one not', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 1000 }, where: 'true' });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    play(first, [specimenEvent(1100), specimenEvent(1200)]);
    const second = nextLife(first, [kept], [kept, added]);
    play(second, [specimenEvent(1900), specimenEvent(2400), specimenEvent(3500)]);
    expect(finals(second, 'added').map(lineOf)).toEqual(['[1000,2000) 1 of 1 r0 partial', '[2000,3000) 1 of 1 r0']);
    expect(finals(second, 'kept').map(lineOf)).toEqual(['[1000,2000) 3 of 3 r0', '[2000,3000) 1 of 1 r0']);
    const [message] = second.outputs.messages.filter(({ subject }) => subject === 'cx.kpi.added');
    expect(message?.data).toMatchObject({ window: { start: '1970-01-01T00:00:01.000Z' }, partial: true });
    expect(second.outputs.births).toEqual([{ born: 'added', until: 2000 }]);
  });

  it('says nothing of it where it is asked to withhold', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 1000 }, onPartial: 'withhold' });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    play(first, [specimenEvent(1100)]);
    const second = nextLife(first, [kept], [kept, added]);
    second.wake(1_000_000);
    play(second, [specimenEvent(1900)]);
    second.wake(2_000_000);
    play(second, [specimenEvent(2400), specimenEvent(3500)]);
    expect(second.outputs.values.filter(({ kpi }) => kpi === 'added').map(lineOf)).toEqual(['[2000,3000) 1 of 1 r0']);
    expect(second.outputs.messages.filter(({ subject }) => subject === 'cx.kpi.added')).toHaveLength(1);
    // Who judges it must not take that for silence.
    expect(second.outputs.births).toEqual([{ born: 'added', until: 2000 }]);
  });

  it('marks live values of the window that had begun', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 1000 }, where: 'true' });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    play(first, [specimenEvent(1100)]);
    const second = nextLife(first, [kept], [kept, added]);
    play(second, [specimenEvent(1200)]);
    second.wake(1_000_000);
    play(second, [specimenEvent(2200)]);
    second.wake(2_000_000);
    const live = second.outputs.shown.filter(({ topic }) => topic === 'kpi/added').map(({ value }) => value);
    expect(live).toMatchObject([{ n: 1, partial: true }, { n: 1 }]);
    expect(live[1]).not.toHaveProperty('partial');
  });

  it('is whole from the beginning where the store had not heard anything yet', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 1000 }, where: 'true' });
    const second = nextLife(new Rehearsal(kpisOperator([kept], options)), [kept], [kept, added]);
    play(second, [specimenEvent(1100), specimenEvent(2500)]);
    expect(finals(second, 'added').map(lineOf)).toEqual(['[1000,2000) 1 of 1 r0']);
  });

  it.each(WINDOWS)('says of whole %s windows what one that was always there says (property)', (_, window) => {
    const scale = scaleOf(window);
    const added = specimenKpi({ id: 'added', window, by: [[], ['channel']], allowedLatenessMs: 500 * scale });
    const steps = fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 900 }),
        back: fc.integer({ min: 0, max: 700 }),
        channel: fc.constantFrom('app', 'web'),
      }),
      { minLength: 4, maxLength: 40 },
    );
    const check = (
      inputs: readonly { step: number; back: number; channel: string }[],
      at: number,
      gone: number,
    ): void => {
      let clock = 10_000;
      const events = inputs.map(({ step, back, channel }) => {
        clock += step;
        return specimenEvent((clock - back) * scale, {}, { channel });
      });
      const joins = at % events.length;
      const always = new Rehearsal(kpisOperator([kept, added], options), DISORDER_MS);
      play(always, events);
      always.advance(END_OF_TIME);
      // It lives, is removed for a while, and comes back.
      const left = joins - (gone % (joins + 1));
      const first = new Rehearsal(kpisOperator([kept, added], options), DISORDER_MS);
      play(first, events.slice(0, left));
      const between = nextLife(first, [kept, added], [kept]);
      play(between, events.slice(left, joins));
      const maxTs = Math.max(0, ...events.slice(0, joins).map(({ ts }) => ts));
      const second = nextLife(between, [kept], [kept, added]);
      play(second, events.slice(joins));
      second.end();

      const windowOf = (value: KpiValue): string => `${value.keyId}|${value.window.start}|${value.window.end}`;
      const emitted = [...finals(first, 'added'), ...finals(second, 'added')].map(
        (v) => `${windowOf(v)}|${v.revision}`,
      );
      expect(new Set(emitted).size).toBe(emitted.length);

      const reach = window.kind === 'session' ? window.gapMs : 0;
      const lastOf = (values: readonly KpiValue[]): Map<string, string> =>
        new Map(values.filter((v) => v.window.start - reach > maxTs).map((v) => [windowOf(v), lineOf(v)]));
      // Under the same revisions, and none of them marked.
      expect(lastOf(finals(second, 'added'))).toEqual(lastOf(finals(always, 'added')));
      for (const value of finals(second, 'added')) {
        expect(value.partial).toBe(joins > 0 && value.window.start - reach <= maxTs ? true : undefined);
      }
      expect([...finals(first, 'kept'), ...finals(between, 'kept'), ...finals(second, 'kept')].map(lineOf)).toEqual(
        finals(always, 'kept').map(lineOf),
      );
    };
    fc.assert(fc.property(steps, fc.nat(), fc.nat(), check), { numRuns: 60 });
  });
});

describe('a KPI that was reset', () => {
  const was = specimenKpi({ id: 'k', window: { kind: 'tumbling', sizeMs: 1000 }, allowedLatenessMs: 5000 });
  const now = { ...was, where: 'data.score > 2' };

  it('reports no window a second time that it reported before, and marks the one that was open', () => {
    const first = new Rehearsal(kpisOperator([was], options), DISORDER_MS);
    play(first, [specimenEvent(500, { score: 5 }), specimenEvent(1600, { score: 5 })]);
    expect(finals(first, 'k').map(lineOf)).toEqual(['[0,1000) 1 of 1 r0']);
    const second = nextLife(first, [was], [now], ['k']);
    // The first is late for the window that closed, within the allowed lateness.
    play(second, [
      specimenEvent(600, { score: 4 }),
      specimenEvent(1700, { score: 3 }),
      specimenEvent(3400, { score: 3 }),
    ]);
    expect(finals(second, 'k').map(lineOf)).toEqual(['[1000,2000) 1 of 1 r0 partial']);
    second.end();
    expect(finals(second, 'k').map(lineOf).slice(1)).toEqual(['[3000,4000) 1 of 1 r0']);
  });

  it('keeps its birth over further starts, changes of other KPIs included', () => {
    const first = new Rehearsal(kpisOperator([was], options), DISORDER_MS);
    play(first, [specimenEvent(500, { score: 5 }), specimenEvent(1400, { score: 5 })]);
    const second = nextLife(first, [was], [now], ['k']);
    const third = nextLife(second, [now], [kept, now]);
    play(third, [specimenEvent(600, { score: 5 }), specimenEvent(1700, { score: 3 }), specimenEvent(2400)]);
    expect(finals(third, 'k').map(lineOf)).toEqual(['[1000,2000) 1 of 1 r0 partial']);
  });
});
