/** Random KPIs over random streams, orders within the lateness and crashes: always what a batch computation gives (case 34). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { expectEqual } from '../../engine/testing/expect-equal.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { KpiConfig } from './kpis-config.ts';
import { EXAMPLES } from '../measures/testing/oracles.ts';
import type { WindowConfig } from '../windows/window-config.ts';
import type { CxEnvelope, CxEvent, Expression, KpiValue } from '../shared/messages.ts';
import { partitionOf } from '../../engine/core/partition/partition-of.ts';
import { combinedKpis } from './exchange/combine.ts';
import { kpisOperator } from './kpis.ts';
import { batchValues } from './testing/oracle.ts';
import { partialsOperator } from './exchange/partials.ts';
import { PartitionedRehearsal } from './testing/partitioned-rehearsal.ts';
import { Rehearsal } from './testing/rehearsal.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

const ZONES = [
  'Asia/Shanghai',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
] as const;
const DAY = 86_400_000;

const windows: fc.Arbitrary<WindowConfig> = fc.oneof(
  fc.record({ kind: fc.constant('tumbling' as const), sizeMs: fc.constantFrom(7, 10, 50, 1000, DAY, 7 * DAY) }),
  fc
    .tuple(fc.constantFrom(1, 3, 4, 10, 25), fc.integer({ min: 1, max: 40 }))
    .map(([slideMs, more]): WindowConfig => ({ kind: 'sliding', slideMs, sizeMs: slideMs + more })),
  fc.record({ kind: fc.constant('session' as const), gapMs: fc.constantFrom(3, 10, 40, 7 * 3_600_000) }),
  fc.constantFrom<WindowConfig>(
    { kind: 'sliding', slideMs: DAY, sizeMs: 7 * DAY },
    { kind: 'sliding', slideMs: DAY / 4, sizeMs: 2 * DAY, fromMidnight: true },
    { kind: 'cumulative', period: 'day', everyMs: 3 * 3_600_000 },
    { kind: 'cumulative', period: 'week', everyMs: DAY },
    { kind: 'cumulative', period: 'week', everyMs: DAY / 2 },
    { kind: 'cumulative', period: 'month', everyMs: 2 * DAY },
  ),
);

function isLong(window: WindowConfig): boolean {
  if (window.kind === 'session') return window.gapMs > 1000;
  return window.kind === 'cumulative' || window.sizeMs >= DAY;
}

/** When the last window is forgotten, at the latest. */
function settledAt(kpis: readonly KpiConfig[], events: readonly CxEnvelope[]): Millis {
  const newest = Math.max(0, ...events.map(({ ts }) => ts));
  return newest + (kpis.some(({ window }) => isLong(window)) ? 100 * DAY : 3000);
}

const kpiArbitrary = (index: number, long: boolean): fc.Arbitrary<KpiConfig> =>
  fc
    .record({
      from: fc.subarray(['a', 'b'], { minLength: 1 }),
      where: fc.constantFrom(null, 'data.score >= 3', 'channel == "app"'),
      measure: fc.constantFrom(...EXAMPLES),
      window: windows.filter((window) => isLong(window) === long),
      by: fc.subarray([[], ['channel'], ['region', 'tier']], { minLength: 1 }),
      lateness: fc.constantFrom(0, 5, 30, 1000),
    })
    .map(({ from, where, measure, window, by, lateness }) => ({
      id: `k${index}`,
      title: { 'zh-CN': '', en: '' },
      from,
      where,
      measure,
      window,
      by,
      maxKeys: 1000,
      liveToStream: false,
      onPartial: 'mark',
      allowedLatenessMs: long ? lateness * 3_600_000 : lateness,
      better: 'higher' as const,
      target: null,
      unit: 'none' as const,
      decimals: 0,
    }));

interface Case {
  readonly kpis: readonly KpiConfig[];
  readonly events: readonly CxEnvelope[];
  readonly outOfOrderness: number;
  readonly zone: string;
  /** After so many events: commit, crash, snapshot, wake. */
  readonly steps: readonly ('none' | 'commit' | 'crash' | 'snapshot' | 'wake')[];
}

function caseArbitrary(): fc.Arbitrary<Case> {
  return fc.boolean().chain((long) =>
    fc
      .record({
        kpis: fc
          .integer({ min: 1, max: 4 })
          .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => kpiArbitrary(i, long)))),
        base: long
          ? fc.constantFrom(1_325_000_000_000, 1_772_900_000_000, 1_793_400_000_000, -50 * DAY)
          : fc.constantFrom(0, -500, 1_772_400_000_000),
        zone: fc.constantFrom(...ZONES),
        outOfOrderness: fc.constantFrom(0, 2, 20),
        events: fc.array(
          fc.record({
            gap: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) }, fc.integer({ min: 0, max: 80 })),
            delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 60 })),
            type: fc.constantFrom('a', 'b', 'c'),
            channel: fc.constantFrom('app', 'web'),
            region: fc.constantFrom('east', 'west', undefined),
            tier: fc.constantFrom('vip', undefined),
            score: fc.constantFrom<unknown>(0, 1, 2, 3, 4, 5, 6, 6.5, 7, 8, 8.5, 9, 10, 11, -1, 'x', null, undefined),
            scale: fc.constantFrom<unknown>(undefined, undefined, { min: 0, max: 4 }, { min: 1, max: 10 }),
            amount: fc.constantFrom<unknown>(0.1, 0.2, 1e6, -3, 12.345678, 7, undefined, 'x'),
            complaint: fc.constantFrom<unknown>(true, false, undefined),
            step: fc.constantFrom<Case['steps'][number]>('none', 'none', 'none', 'commit', 'crash', 'snapshot', 'wake'),
          }),
          { maxLength: 40 },
        ),
      })
      .map(({ kpis, base, zone, outOfOrderness, events }) => {
        const unit = long ? 3_600_000 : 1;
        let time = base;
        const drawn = events.map((event, i) => {
          time += event.gap * unit;
          return { ts: time, arrives: time + event.delay * unit, i, event };
        });
        drawn.sort((a, b) => a.arrives - b.arrives || a.i - b.i);
        return {
          kpis,
          zone,
          outOfOrderness: outOfOrderness * unit,
          events: drawn.map(({ ts, i, event }) => envelope(`e${i}`, ts, event)),
          steps: drawn.map(({ event }) => event.step),
        };
      }),
  );
}

function envelope(id: string, ts: number, event: Record<string, unknown>): CxEnvelope {
  const { score, scale, amount, complaint, region, tier } = event;
  const customer = tier === undefined ? undefined : { tier };
  const fields = Object.entries({ score, scale, amount, complaint, region, customer });
  const data = Object.fromEntries(fields.filter(([, field]) => field !== undefined));
  const value: CxEvent = {
    source: 's',
    eventId: id,
    type: event['type'] as string,
    family: 'f',
    channel: event['channel'] as string,
    subjectKey: '-',
    attributes: {},
    data: data as CxEvent['data'],
    time: ts,
    received: 0,
    enrichment: NOT_SCORED,
  };
  return { id, key: '-', ts, value };
}

/** Keeps, of a random order, what is on time for all KPIs: beyond the lateness nothing is promised. */
function withinLateness(
  events: readonly CxEnvelope[],
  outOfOrderness: number,
  kpis: readonly KpiConfig[],
): CxEnvelope[] {
  const lateness = Math.min(...kpis.map((kpi) => kpi.allowedLatenessMs));
  let newest = -Infinity;
  return events.filter(({ ts }) => {
    const watermark = newest - outOfOrderness;
    const onTime = ts >= watermark || watermark - ts < lateness;
    if (onTime) newest = Math.max(newest, ts);
    return onTime;
  });
}

function run({ kpis, zone, outOfOrderness, steps }: Case, events: readonly CxEnvelope[], crashing: boolean): Rehearsal {
  const rehearsal = new Rehearsal(kpisOperator(kpis, { zone, liveEveryMs: 1, compile }), outOfOrderness);
  let done = 0;
  let committed = 0;
  const crashedAt = new Set<number>();
  let now = 0;
  const commit = (): void => {
    rehearsal.commit();
    committed = done;
  };
  while (done < events.length) {
    const event = events[done];
    if (event === undefined) break;
    rehearsal.event(event);
    const step = crashing ? (steps[done] ?? 'none') : 'none';
    done += 1;
    if (step === 'commit') commit();
    if (step === 'wake') rehearsal.wake((now += 10));
    if (step === 'snapshot') {
      let more = 2;
      rehearsal.snapshot(() => {
        const next = events[done];
        if (next === undefined || more-- <= 0) return;
        rehearsal.event(next);
        done += 1;
      });
      committed = done;
    }
    if (step === 'crash' && !crashedAt.has(done)) {
      crashedAt.add(done);
      rehearsal.crash();
      done = committed;
    }
  }
  commit();
  if (crashing) rehearsal.crash();
  rehearsal.settle(settledAt(kpis, events));
  rehearsal.end();
  return rehearsal;
}

/** The last revision of each window; revisions count up from 0 without a gap. */
function lastRevisions(values: readonly KpiValue[]): Map<string, { value: number | null; n: number }> {
  const last = new Map<string, { value: number | null; n: number }>();
  const revisions = new Map<string, number>();
  for (const value of values.filter(({ final }) => final)) {
    const id = `${value.kpi}|${JSON.stringify(Object.values(value.key))}|${value.window.start}|${value.window.end}`;
    expectEqual(value.revision, revisions.has(id) ? (revisions.get(id) ?? 0) + 1 : 0);
    revisions.set(id, value.revision);
    if (value.retracted === true) last.delete(id);
    else last.set(id, { value: value.value, n: value.n });
  }
  return last;
}

type Values = Map<string, { readonly value: number | null; readonly n: number }>;

/** Exactly; sketches within their bound. */
function expectSame(kpis: readonly KpiConfig[], actual: Values, expected: Values): void {
  const sketched = new Set(kpis.filter(({ measure }) => measure.kind === 'quantile').map(({ id }) => id));
  const within = (values: Values): unknown =>
    [...values]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { value, n }]) => {
        const [kpi = ''] = id.split('|');
        if (!sketched.has(kpi)) return [id, n, value];
        const exact = expected.get(id)?.value ?? NaN;
        const close = value !== null && Math.abs(value - exact) <= 0.01 * Math.abs(exact);
        return [id, n, close || `${value} is not within 1 % of ${exact}`];
      });
  expectEqual(within(actual), within(expected));
}

/** The same few expressions, over and over. */
const compiled = new Map<string, Expression>();
function compile(source: string): Expression {
  const known = compiled.get(source) ?? compileExpression(source);
  compiled.set(source, known);
  return known;
}

const MOVES = ['event', 'event', 'event', 'commit', 'read', 'crash', 'commit-combined', 'crash-combined'] as const;

function partitioned(
  { kpis, zone, outOfOrderness }: Case,
  events: readonly CxEnvelope[],
  partitions: number,
): PartitionedRehearsal {
  const options = { zone, liveEveryMs: 1, compile };
  return new PartitionedRehearsal(
    partialsOperator(kpis, { ...options, partitions }),
    combinedKpis(kpis, options),
    Array.from({ length: partitions }, (_, p) => events.filter(({ id }) => partitionOf(id, partitions) === p)),
    outOfOrderness,
  );
}

const CASES = Number(process.env['EARSHOT_CASES'] ?? 10_000);
const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`KPIs against the batch computation: EARSHOT_SEED=${SEED} EARSHOT_CASES=${CASES}\n`);

describe('KPIs equal the batch computation', () => {
  it('for any KPIs, stream, order within the lateness, and crashes', () => {
    fc.assert(
      fc.property(caseArbitrary(), (drawn) => {
        const events = withinLateness(drawn.events, drawn.outOfOrderness, drawn.kpis);
        const batch = batchValues(drawn.kpis, events, drawn.zone, compile);
        const calm = run(drawn, events, false);
        expectSame(drawn.kpis, lastRevisions(calm.outputs.values), batch);
        const crashed = run(drawn, events, true);
        expectEqual(crashed.outputs.messages, calm.outputs.messages);
        expectEqual(crashed.outputs.counters, calm.outputs.counters);
        expect(Object.values(calm.operator.size?.() ?? {}).every((size) => size === 0)).toBe(true);
        expect(Object.values(crashed.operator.size?.() ?? {}).every((size) => size === 0)).toBe(true);
      }),
      { numRuns: CASES, seed: SEED },
    );
  });

  it('in any number of partitions, however they interleave, commit and crash', () => {
    fc.assert(
      fc.property(
        caseArbitrary(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...MOVES), fc.nat({ max: 3 })), { minLength: 40, maxLength: 160 }),
        (drawn, partitions, moves) => {
          const events = withinLateness(drawn.events, drawn.outOfOrderness, drawn.kpis);
          const batch = batchValues(drawn.kpis, events, drawn.zone, compile);
          const run = partitioned(drawn, events, partitions);
          for (const [move, which] of moves) {
            const partition = which % partitions;
            if (move === 'event') run.event(partition);
            else if (move === 'commit') run.commit(partition);
            else if (move === 'crash') run.crash(partition);
            else if (move === 'read') run.read(which + 1);
            else if (move === 'commit-combined') run.commitCombined();
            else run.crashCombined();
          }
          run.end(settledAt(drawn.kpis, events));
          expectSame(drawn.kpis, lastRevisions(run.combined.outputs.values), batch);
          expect(run.combined.outputs.counters['partials_late']).toBeUndefined();
          const counted = run.senders.map(({ rehearsal }) => rehearsal.outputs.counters);
          const sum = (name: string): number => counted.reduce((all, one) => all + (one[name] ?? 0), 0);
          expect(sum('events_processed')).toBe(events.length);
          for (const { operator } of [run.combined, ...run.senders.map(({ rehearsal }) => rehearsal)]) {
            expect(Object.values(operator.size?.() ?? {}).every((size) => size === 0)).toBe(true);
          }
        },
      ),
      { numRuns: Math.ceil(CASES / 10), seed: SEED },
    );
  });
});
