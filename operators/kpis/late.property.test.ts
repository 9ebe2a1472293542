/**
 * Events beyond the lateness too, in any order: what counts in a window is what came before it was past correcting. KPIs of
 * different lateness share slices; keys overflow. The oracle goes through the events one by one and keeps everything.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { expectEqual } from '../../engine/testing/expect-equal.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { KpiConfig } from './kpis-config.ts';
import type { MeasureConfig } from '../measures/measures.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import type { CxEnvelope, Expression, KpiValue } from '../shared/messages.ts';
import { kpisOperator } from './kpis.ts';
import { measured } from '../measures/testing/oracles.ts';
import { windowsOf } from './testing/oracle.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { specimenEvent, specimenKpi } from './testing/specimens.ts';

const compiled = new Map<string, Expression>();
function compile(source: string): Expression {
  const known = compiled.get(source) ?? compileExpression(source);
  compiled.set(source, known);
  return known;
}

const measures: readonly MeasureConfig[] = [
  { kind: 'count' },
  { kind: 'mean', value: 'data.x' },
  { kind: 'max', value: 'data.x' },
  { kind: 'distinct', value: 'data.x' },
  { kind: 'nps', value: 'data.x' },
];
const windows: readonly WindowConfig[] = [
  { kind: 'tumbling', sizeMs: 10 },
  { kind: 'tumbling', sizeMs: 20 },
  { kind: 'sliding', sizeMs: 20, slideMs: 10 },
  { kind: 'sliding', sizeMs: 30, slideMs: 10 },
  { kind: 'sliding', sizeMs: 17, slideMs: 5 },
  { kind: 'session', gapMs: 4 },
  { kind: 'session', gapMs: 15 },
];

const kpi = fc.record({
  where: fc.constantFrom(null, 'data.x > 3'),
  measure: fc.constantFrom(...measures),
  window: fc.constantFrom(...windows),
  allowedLatenessMs: fc.constantFrom(0, 3, 10, 40),
});
interface Drawn {
  readonly ts: Millis;
  readonly key: string;
  readonly x: number | null;
  readonly step: 'none' | 'commit' | 'crash' | 'snapshot';
}
const drawnEvent = fc.record({
  gap: fc.integer({ min: 0, max: 8 }),
  back: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 90 })),
  key: fc.constantFrom('a', 'b', 'c'),
  x: fc.constantFrom(1, 4, 9, 10, null),
  step: fc.constantFrom<Drawn['step']>('none', 'none', 'none', 'commit', 'crash', 'snapshot'),
});
const stream = fc.array(drawnEvent, { maxLength: 40 }).map((events): readonly Drawn[] => {
  let time = 0;
  return events.map(({ gap, back, ...rest }) => ({ ...rest, ts: (time += gap) - back }));
});

function kpisOf(drawn: readonly Partial<KpiConfig>[], more: Partial<KpiConfig>): KpiConfig[] {
  const window: WindowConfig = { kind: 'tumbling', sizeMs: 10 };
  return drawn.map((fields, i) => specimenKpi({ window, ...fields, id: `k${i}`, ...more }));
}
const envelopeOf = ({ ts, key, x }: Drawn): CxEnvelope => specimenEvent(ts, { key, ...(x === null ? {} : { x }) });

function run(
  kpis: readonly KpiConfig[],
  events: readonly CxEnvelope[],
  bound: Millis,
  steps: readonly Drawn[],
): Rehearsal {
  const options = { zone: 'Asia/Shanghai', liveEveryMs: 1, compile };
  const rehearsal = new Rehearsal(kpisOperator(kpis, options), bound);
  rehearsal.mostMessages = 5000;
  const crashed = new Set<number>();
  let committed = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i];
    if (event !== undefined) rehearsal.event(event);
    const step = steps[i]?.step ?? 'none';
    if (step === 'commit') rehearsal.commit();
    if (step === 'snapshot') rehearsal.snapshot();
    if (step === 'commit' || step === 'snapshot') committed = i + 1;
    if (step === 'crash' && !crashed.has(i)) {
      crashed.add(i);
      rehearsal.crash();
      i = committed - 1;
    }
  }
  rehearsal.settle(Math.max(0, ...events.map(({ ts }) => ts)) + 500);
  rehearsal.end();
  return rehearsal;
}

interface Gathered {
  readonly start: Millis;
  readonly end: Millis;
  readonly events: CxEnvelope[];
}
interface Expected {
  readonly values: Map<string, { readonly value: number | null; readonly n: number }>;
  readonly late: Map<string, number>;
  readonly allLate: number;
}

/** One event after the other, at the watermark it meets. */
function oracle(kpis: readonly KpiConfig[], events: readonly CxEnvelope[], bound: Millis): Expected {
  const gathered = new Map<string, Gathered[]>();
  const late = new Map<string, number>();
  let allLate = 0;
  let newest = -Infinity;
  for (const event of events) {
    const watermark = newest - bound;
    let isKnown = false;
    let isTaken = false;
    for (const kpi of kpis) {
      if (kpi.where !== null && compile(kpi.where)(event.value as unknown as Record<string, unknown>) !== true)
        continue;
      isKnown = true;
      const id = `${kpi.id}|${event.value.data['key'] as string}`;
      const all = gathered.get(id) ?? [];
      gathered.set(id, all);
      if (
        kpi.window.kind === 'session'
          ? intoSession(kpi, kpi.window.gapMs, all, event, watermark)
          : intoWindows(kpi, all, event, watermark)
      )
        isTaken = true;
      else late.set(kpi.id, (late.get(kpi.id) ?? 0) + 1);
    }
    if (isKnown && !isTaken) allLate += 1;
    newest = Math.max(newest, event.ts);
  }
  const values: Expected['values'] = new Map();
  for (const [id, all] of gathered) {
    const kpi = kpis.find((one) => id.startsWith(`${one.id}|`));
    if (kpi === undefined) continue;
    for (const { start, end, events: inside } of all) {
      const sample = { events: inside.map((event) => event.value), compile, span: end - start };
      const value = measured(kpi.measure, sample);
      if (value.n > 0) values.set(`${id}|${start}|${end}`, value);
    }
  }
  return { values, late, allLate };
}
function intoWindows(kpi: KpiConfig, all: Gathered[], event: CxEnvelope, watermark: Millis): boolean {
  const open = windowsOf(kpi.window, [event.ts], 'Asia/Shanghai').filter(
    ({ end }) => end + kpi.allowedLatenessMs > watermark,
  );
  for (const { start, end } of open) {
    let window = all.find((one) => one.start === start && one.end === end);
    if (window === undefined) all.push((window = { start, end, events: [] }));
    window.events.push(event);
  }
  return open.length > 0;
}
function intoSession(kpi: KpiConfig, gap: Millis, all: Gathered[], event: CxEnvelope, watermark: Millis): boolean {
  const [start, end] = [event.ts, event.ts + gap];
  const touched = all.filter(
    (one) =>
      one.start <= end && one.end >= start && (start >= watermark || one.end + kpi.allowedLatenessMs > watermark),
  );
  if (touched.length === 0 && end + kpi.allowedLatenessMs <= watermark) return false;
  const rest = all.filter((one) => !touched.includes(one));
  all.splice(0, all.length, ...rest, {
    start: Math.min(start, ...touched.map((one) => one.start)),
    end: Math.max(end, ...touched.map((one) => one.end)),
    events: [...touched.flatMap((one) => one.events), event],
  });
  return true;
}

function lastOf(values: readonly KpiValue[]): Expected['values'] {
  const last: Expected['values'] = new Map();
  const revisions = new Map<string, number>();
  for (const { kpi, key, window, value, n, revision, retracted } of values.filter(({ final }) => final)) {
    const id = `${kpi}|${key['key'] ?? ''}|${window.start}|${window.end}`;
    expectEqual(revision, (revisions.get(id) ?? -1) + 1);
    revisions.set(id, revision);
    if (retracted === true) last.delete(id);
    else last.set(id, { value, n });
  }
  return last;
}

const CASES = Number(process.env['EARSHOT_CASES'] ?? 10_000);
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`KPIs with late events: EARSHOT_SEED=${SEED} EARSHOT_CASES=${Math.ceil(CASES / 2)}\n`);
const drawn = [fc.array(kpi, { minLength: 1, maxLength: 4 }), stream, fc.constantFrom(0, 2, 20)] as const;

describe('late events', () => {
  it('count where a window can still be corrected, and are reported, once a KPI, where none can', () => {
    fc.assert(
      fc.property(...drawn, (configs, events, bound) => {
        const kpis = kpisOf(configs, { by: [['key']] });
        const envelopes = events.map(envelopeOf);
        const expected = oracle(kpis, envelopes, bound);
        const calm = run(kpis, envelopes, bound, []);
        expectEqual(lastOf(calm.outputs.values), expected.values);
        const { counters, messages } = calm.outputs;
        expect((counters['events_processed'] ?? 0) + (counters['events_late'] ?? 0)).toBe(events.length);
        expect(counters['events_late'] ?? 0).toBe(expected.allLate);
        for (const { id } of kpis) {
          expect(counters[`kpi_late_${id}`] ?? 0).toBe(expected.late.get(id) ?? 0);
          expect(messages.filter(({ subject }) => subject === `cx.late.${id}`)).toHaveLength(
            expected.late.get(id) ?? 0,
          );
        }
        const crashed = run(kpis, envelopes, bound, events);
        expectEqual(crashed.outputs.messages, messages);
        expectEqual(crashed.outputs.counters, counters);
      }),
      { numRuns: Math.ceil(CASES / 2), seed: SEED },
    );
  });

  it('past max_keys: every event counts under its key or ~other, there are no more keys than that, restored or not', () => {
    fc.assert(
      fc.property(...drawn, fc.integer({ min: 1, max: 2 }), (configs, events, bound, maxKeys) => {
        const sliced = configs.filter(({ window }) => window.kind !== 'session');
        const [keyed, whole] = [kpisOf(sliced, { by: [['key']], maxKeys }), kpisOf(sliced, { by: [[]] })];
        const envelopes = events.map(envelopeOf);
        const calm = run(keyed, envelopes, bound, []);
        const sums = new Map<string, number>();
        const keys = new Map<string, number>();
        for (const [id, { n }] of lastOf(calm.outputs.values)) {
          const [kpi = '', , start = '', end = ''] = id.split('|');
          sums.set(`${kpi}||${start}|${end}`, (sums.get(`${kpi}||${start}|${end}`) ?? 0) + n);
          keys.set(`${kpi}|${end}`, (keys.get(`${kpi}|${end}`) ?? 0) + 1);
        }
        const totals = lastOf(run(whole, envelopes, bound, []).outputs.values);
        expect(sums).toEqual(new Map([...totals].map(([id, { n }]) => [id, n])));
        for (const count of keys.values()) expect(count).toBeLessThanOrEqual(maxKeys + 1);
        expect(run(keyed, envelopes, bound, events).outputs.messages).toEqual(calm.outputs.messages);
      }),
      { numRuns: Math.ceil(CASES / 10), seed: SEED },
    );
  });
});
