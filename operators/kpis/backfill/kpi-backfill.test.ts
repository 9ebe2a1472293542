/** KPIs that join a running store and are filled: from then on they say what they would have said had they always been there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { fingerprintsOf } from '../../../engine/core/chain.ts';
import { savedPartsOf } from '../../../engine/core/saved-chain.ts';
import { END_OF_TIME, START_OF_TIME, type Millis, type State } from '../../../engine/core/types.ts';
import { PartitionTime } from '../../../engine/core/watermark.ts';
import type { CxEnvelope, KpiValue } from '../../shared/messages.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { kpisOperator } from '../kpis.ts';
import { Rehearsal } from '../testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from '../testing/specimens.ts';
import { KpiBackfill } from './kpi-backfill.ts';

const options = { zone: 'UTC', liveEveryMs: 250, compile: compileExpression };
const DISORDER_MS = 300;
const kept = specimenKpi({ id: 'kept', window: { kind: 'tumbling', sizeMs: 1000 } });

/** What is saved of this life, filled for these KPIs from `history`; undefined: it could not be. */
function filled(
  before: Rehearsal,
  was: readonly KpiConfig[],
  now: readonly KpiConfig[],
  history: readonly CxEnvelope[],
  goneUntil: Millis = START_OF_TIME,
): Rehearsal | undefined {
  const def = kpisOperator(now, options);
  const kpis = [...(before.operator.snapshot?.() ?? [])];
  const saved = {
    parts: { kpis },
    fingerprints: fingerprintsOf(kpisOperator(was, options)),
    watermark: before.watermark,
  };
  const backfill = new KpiBackfill(now, options, savedPartsOf(def, saved), before.watermark);
  const time = new PartitionTime(DISORDER_MS);
  for (const event of history) {
    const own = { partition: 0, watermark: time.watermark };
    backfill.event(event, Math.min(time.watermark, backfill.until), own);
    const watermark = Math.min(time.observe(event.ts), backfill.until);
    if (backfill.dueAt() <= watermark) backfill.advance(watermark);
  }
  let parts: readonly State[] | undefined;
  for (const steps = backfill.takeOver({ goneUntil }); ;) {
    const step = steps.next();
    if (step.done !== true) continue;
    parts = step.value;
    break;
  }
  if (parts === undefined) return undefined;
  const after = new Rehearsal(def, DISORDER_MS);
  after.operator = def.create({ partition: 0 }, parts);
  after.resumeAt(before);
  return after;
}
const finals = (rehearsal: Rehearsal, kpi: string): readonly KpiValue[] =>
  rehearsal.outputs.values.filter((value) => value.final && value.kpi === kpi);
const lineOf = ({ keyId, window, value, n, revision, partial, retracted }: KpiValue): string =>
  `${keyId}[${window.start},${window.end}) ${String(value)} of ${n} r${revision}${partial ? ' partial' : ''}${retracted ? ' gone' : ''}`;
function play(rehearsal: Rehearsal, events: readonly CxEnvelope[]): void {
  for (const event of events) rehearsal.event(event);
}

const WINDOWS: readonly (readonly [string, Partial<KpiConfig> & Pick<KpiConfig, 'window'>])[] = [
  ['tumbling', { window: { kind: 'tumbling', sizeMs: 1000 } }],
  ['of a column that another KPI has', { window: { kind: 'tumbling', sizeMs: 1000 }, allowedLatenessMs: 2000 }],
  ['sliding', { window: { kind: 'sliding', sizeMs: 2000, slideMs: 500 } }],
  [
    'sketched',
    { window: { kind: 'sliding', sizeMs: 2000, slideMs: 500 }, measure: { kind: 'distinct', value: 'channel' } },
  ],
  ['session', { window: { kind: 'session', gapMs: 400 } }],
  ['folded', { window: { kind: 'tumbling', sizeMs: 2000 }, maxKeys: 1 }],
];

describe('a KPI that is filled as it joins', () => {
  it.each(WINDOWS)('says of %s windows what one that was always there says (property)', (_, config) => {
    const added = specimenKpi({ id: 'added', by: [[], ['channel']], allowedLatenessMs: 500, ...config });
    const steps = fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 900 }),
        back: fc.integer({ min: 0, max: 700 }),
        channel: fc.constantFrom('app', 'web'),
      }),
      { minLength: 4, maxLength: 40 },
    );
    const check = (inputs: readonly { step: number; back: number; channel: string }[], joinAt: number): void => {
      let clock = 10_000;
      const events = inputs.map(({ step, back, channel }) => specimenEvent((clock += step) - back, {}, { channel }));
      const joins = 1 + (joinAt % (events.length - 1));
      const always = new Rehearsal(kpisOperator([kept, added], options), DISORDER_MS);
      play(always, events.slice(0, joins));
      const before = finals(always, 'added').length;
      play(always, events.slice(joins));
      always.advance(END_OF_TIME);
      const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
      play(first, events.slice(0, joins));
      const second = filled(first, [kept], [kept, added], events.slice(0, joins));
      // Where nothing is partial, there is nothing to fill.
      if (second === undefined) throw new Error('it was not filled');
      play(second, events.slice(joins));
      second.end();
      const open = (value: KpiValue): boolean => value.window.end > first.watermark;
      // Which keys of one window come first may differ.
      expect(finals(second, 'added').filter(open).map(lineOf).sort()).toEqual(
        finals(always, 'added').slice(before).filter(open).map(lineOf).sort(),
      );
      const ofKept = [...finals(first, 'kept'), ...finals(second, 'kept')].map(lineOf);
      expect(ofKept).toEqual(finals(always, 'kept').map(lineOf));
    };
    fc.assert(fc.property(steps, fc.nat(), check), { numRuns: 60 });
  });

  it('stays partial as far back as the input does not go, and is left as it is where that helps nothing', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 4000 }, where: 'true' });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    const events = [4100, 4900, 8500, 8600, 8700].map((ts) => specimenEvent(ts));
    play(first, events);
    expect(filled(first, [kept], [kept, added], events.slice(2), 9000)).toBeUndefined();
    const second = filled(first, [kept], [kept, added], events.slice(2), 8100);
    play(second!, [specimenEvent(9000), specimenEvent(13_000), specimenEvent(17_000)]);
    expect(finals(second!, 'added').map(lineOf)).toEqual(['[8000,12000) 4 of 4 r0 partial', '[12000,16000) 1 of 1 r0']);
    const third = filled(first, [kept], [kept, added], events.slice(2), 7000);
    play(third!, [specimenEvent(9000), specimenEvent(13_000)]);
    expect(finals(third!, 'added').map(lineOf)).toEqual(['[8000,12000) 4 of 4 r0']);
  });

  it('is filled at a later start too, over what it has counted since it joined', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'tumbling', sizeMs: 4000 }, by: [['channel']] });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    const events = [4100, 4200, 4900].map((ts) => specimenEvent(ts));
    play(first, events.slice(0, 2));
    const def = kpisOperator([kept, added], options);
    const parts = { kpis: [...(first.operator.snapshot?.() ?? [])] };
    const saved = { parts, fingerprints: fingerprintsOf(kpisOperator([kept], options)), watermark: first.watermark };
    const second = new Rehearsal(def, DISORDER_MS);
    second.operator = def.create({ partition: 0 }, savedPartsOf(def, saved));
    second.resumeAt(first);
    play(second, events.slice(2));
    const third = filled(second, [kept, added], [kept, added], events);
    play(third!, [specimenEvent(5000), specimenEvent(9000)]);
    expect(finals(third!, 'added').map(lineOf)).toEqual(['channel=app[4000,8000) 4 of 4 r0']);
  });

  it('takes nothing from a KPI that was always there and shares its column, where the input goes back less far (fuller count)', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'sliding', sizeMs: 1000, slideMs: 1000 } });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    const events = [10_100, 10_200, 10_300, 10_900].map((ts) => specimenEvent(ts));
    play(first, events);
    // Of four, the input holds two: the column that both count in has four already.
    const second = filled(first, [kept], [kept, added], events.slice(2), 10_000);
    play(second!, [specimenEvent(10_950), specimenEvent(13_000)]);
    expect(finals(second!, 'kept').map(lineOf)).toEqual(['[10000,11000) 5 of 5 r0']);
    // And it has what was counted there too.
    expect(finals(second!, 'added').map(lineOf)).toEqual(['[10000,11000) 5 of 5 r0 partial']);
  });

  it('is filled at a later start where a session that began before it is open still', () => {
    const added = specimenKpi({ id: 'added', window: { kind: 'session', gapMs: 500 } });
    const first = new Rehearsal(kpisOperator([kept], options), DISORDER_MS);
    const events = [4100, 4500, 4900, 5300, 5700, 6100, 6500].map((ts) => specimenEvent(ts));
    play(first, events.slice(0, 2));
    const def = kpisOperator([kept, added], options);
    const saved = {
      parts: { kpis: [...(first.operator.snapshot?.() ?? [])] },
      ...{ fingerprints: fingerprintsOf(kpisOperator([kept], options)), watermark: first.watermark },
    };
    const second = new Rehearsal(def, DISORDER_MS);
    second.operator = def.create({ partition: 0 }, savedPartsOf(def, saved));
    second.resumeAt(first);
    play(second, events.slice(2));
    const third = filled(second, [kept, added], [kept, added], events);
    play(third!, [specimenEvent(9000)]);
    expect(finals(third!, 'added').map(lineOf)).toEqual(['[4100,7000) 7 of 7 r0']);
  });
});
