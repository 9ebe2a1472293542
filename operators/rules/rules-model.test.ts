/** The rules operator against a slow, obvious model, and laws that hold for any sequence of values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { observe, verifyOperator, type Step } from '../../engine/testing/verify-operator.ts';
import type { RuleConfig } from './rules-config.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import type { RuleControl } from '../controls/controls.ts';
import type { Verdict } from './episode.ts';
import { KPI, kpiValue, RULE, step } from './testing/rules-examples.ts';
import { rulesOperator } from './rules.ts';

type In = KpiValue | KpiBirth | RuleControl;

/** Times are tenths of a second, so that the model can try each of them. */
const TICK = 100;
const SLIDE = 1000;

const rules = fc.record({
  forMs: fc.constantFrom(0, 500, 2000, 4000),
  keepFiringForMs: fc.constantFrom(0, 700, 3000),
  minN: fc.constantFrom(1, 10),
  on: fc.constantFrom('final' as const, 'live' as const),
  onNoData: fc.constantFrom('ok' as const, 'keep' as const, 'fire' as const),
  recover: fc.constantFrom(null, 'value < 30'),
});

/** What happens next: event time goes on by some ticks, and something is said of a key. */
const happenings = fc.array(
  fc.record({
    ticks: fc.integer({ min: 0, max: 14 }),
    what: fc.constantFrom('live', 'live', 'final', 'final', 'revision', 'time'),
    region: fc.constantFrom('east', 'west'),
    value: fc.constantFrom(20, 20, 35, 50, 50, 50, null),
    n: fc.constantFrom(3, 5, 10, 50),
    back: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 60 },
);

/** A lawful input of the operator: the watermark 2 s behind, final windows in order and only once passed. */
function scriptOf(steps: typeof happenings extends fc.Arbitrary<infer T> ? T : never): readonly Step<In>[] {
  let clock = 100_000;
  let watermark = clock - 2000;
  const finalUntil: Record<string, number> = {};
  // The watermark stands before anything is emitted: a final window is emitted once it was passed.
  const script: Step<In>[] = [{ watermark }];
  const tell = (value: KpiValue): void => void script.push(step(value));
  for (const { ticks, what, region, value, n: count, back } of steps) {
    clock += ticks * TICK;
    const n = value === null ? 0 : count;
    const key = { region };
    const passed = clock - 2000;
    if (what === 'live') tell(kpiValue({ at: clock / 1000, value, n, key, watermark: watermark / 1000 }));
    if (what === 'final') {
      // Every window the watermark passes now, and now and then one that a late event filled after it had passed.
      const newest = Math.floor(passed / SLIDE) * SLIDE;
      const oldest = Math.max((finalUntil[region] ?? 0) + SLIDE, newest - (back + 1) * SLIDE);
      for (let end = oldest; end <= newest; end += SLIDE) {
        finalUntil[region] = end;
        const y = end === newest || value === null ? value : 70 - value;
        tell(kpiValue({ at: end / 1000, end: end / 1000, final: true, value: y, n, key, watermark: passed / 1000 }));
      }
    }
    const newest = finalUntil[region];
    if (what === 'revision' && newest !== undefined) {
      const end = newest - back * SLIDE;
      const when = { at: end / 1000, end: end / 1000, watermark: watermark / 1000 };
      tell(kpiValue({ ...when, final: true, revision: 1, value, n, key }));
    }
    if (passed > watermark) script.push({ watermark: (watermark = passed) });
  }
  return script;
}

/** One key at a time, every tick, nothing clever. */
function model(rule: RuleConfig, script: readonly Step<In>[], region: string): readonly string[] {
  let state = 'ok';
  let since = 0;
  let holds = '';
  let holdsSince = 0;
  let lastAt = -Infinity;
  let last = 'between' as 'breach' | 'calm' | 'between' | 'none';
  let silentAt = Infinity;
  let isFollowed = false;
  let watermark = 0;
  const changes: string[] = [];
  const become = (next: string, at: number): void => {
    changes.push(`${at} ${state}→${next}`);
    state = next;
    if (next !== 'resolved') return;
    state = 'ok';
    lastAt = at + 1;
    last = 'between';
    isFollowed = rule.onNoData === 'fire';
  };
  const judge = (verdict: Verdict | 'none', at: number): void => {
    lastAt = at;
    last =
      verdict !== 'no_data' ? verdict : rule.onNoData === 'ok' ? 'calm' : rule.onNoData === 'fire' ? 'breach' : 'none';
    if (last === 'none') return;
    if (state === 'ok' && last === 'breach') {
      since = at;
      isFollowed = true;
      become(rule.forMs === 0 ? 'firing' : 'pending', at);
    } else if (state === 'pending' && last !== 'breach') become('resolved', at);
    else if (state === 'pending' && at - since >= rule.forMs) become('firing', at);
    else if (state === 'firing' && last === 'calm') {
      holds = 'calm';
      holdsSince = at;
      become(rule.keepFiringForMs === 0 ? 'resolved' : 'recovering', at);
    } else if (state === 'recovering' && last === 'breach') become('firing', at);
    else if (state === 'recovering') {
      if (last !== holds) holdsSince = at;
      holds = last;
      if (at - holdsSince >= rule.keepFiringForMs) become(last === 'calm' ? 'resolved' : 'firing', at);
    }
  };
  const pass = (from: number, to: number): void => {
    for (let t = from; t <= to; t += TICK) {
      if (state === 'pending' && last === 'breach' && t === since + rule.forMs) judge('breach', t);
      if (state === 'recovering' && last === holds && t === holdsSince + rule.keepFiringForMs) judge(last, t);
      if (isFollowed && t === silentAt) {
        silentAt = Infinity;
        judge('no_data', t);
      }
    }
  };
  let passed = 0;
  const passUntil = (to: number): void => {
    if (to <= passed) return;
    pass(passed, to);
    passed = to;
  };
  for (const one of script) {
    if ('watermark' in one) {
      passUntil(one.watermark);
      watermark = one.watermark;
      continue;
    }
    const value = 'event' in one ? (one.event.value as KpiValue) : undefined;
    // Whoever's window it is, time has gone on to its end.
    if (value?.final === true) passUntil(value.window.end - TICK);
    if (value?.key['region'] !== region) continue;
    if (rule.on === 'final' && !value.final) continue;
    if (value.final && value.window.end + SLIDE <= watermark) continue;
    if (value.at < lastAt) continue;
    const enough = state === 'firing' || state === 'recovering' ? rule.minN / 2 : rule.minN;
    const isNothing = value.value === null || value.n < enough;
    if (isNothing && !value.final) continue;
    const y = value.value ?? 0;
    silentAt = Math.max(value.window.end, value.at) + SLIDE;
    isFollowed ||= rule.onNoData === 'fire';
    judge(isNothing ? 'no_data' : y > 40 ? 'breach' : rule.recover === null || y < 30 ? 'calm' : 'between', value.at);
    if (state === 'ok' && !isFollowed) silentAt = Infinity;
    // What is due already happens at once.
    pass(value.at, Math.max(watermark, passed));
  }
  return changes;
}

function alertsOf(rule: RuleConfig, script: readonly Step<In>[]): readonly AlertMessage[] {
  return observe(rulesOperator([rule], [KPI], compileExpression, 'Asia/Shanghai'), script).flatMap((seen) =>
    'send' in seen ? [seen.send.data as unknown as AlertMessage] : [],
  );
}

const LAWFUL = new Set(['null→pending', 'null→firing', 'pending→firing', 'pending→resolved', 'firing→recovering']);
for (const way of ['firing→resolved', 'recovering→firing', 'recovering→resolved']) LAWFUL.add(way);

describe('rules, for any sequence of values', () => {
  it('change state as the model does', () => {
    fc.assert(
      fc.property(rules, happenings, (some, steps) => {
        const rule: RuleConfig = { ...RULE, ...some };
        const script = scriptOf(steps);
        const alerts = alertsOf(rule, script);
        for (const region of ['east', 'west']) {
          const emitted = alerts
            .filter((alert) => alert.key['region'] === region)
            .map((alert) => `${Date.parse(alert.at)} ${alert.previous ?? 'ok'}→${alert.state}`);
          expect(emitted).toEqual(model(rule, script, region));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('judge final windows alike, whether time goes step by step or leaps over several', () => {
    const windows = fc.array(
      fc.record({
        after: fc.integer({ min: 1, max: 5 }),
        region: fc.constantFrom('east', 'west'),
        value: fc.constantFrom(20, 35, 50, 50, null),
        leaps: fc.boolean(),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(rules, windows, (some, given) => {
        const rule: RuleConfig = { ...RULE, ...some, on: 'final' };
        let end = 100_000;
        const [calm, leaping]: [Step<In>[], Step<In>[]] = [[{ watermark: end }], [{ watermark: end }]];
        for (const { after, region, value, leaps } of given) {
          const from = end;
          end += after * SLIDE;
          for (let t = from + TICK; t < end; t += TICK) calm.push({ watermark: t });
          const n = value === null ? 0 : 50;
          const emitted = step(kpiValue({ at: end / 1000, end: end / 1000, final: true, value, n, key: { region } }));
          calm.push(emitted, { watermark: end });
          leaping.push(emitted);
          if (!leaps) leaping.push({ watermark: end });
        }
        leaping.push({ watermark: end });
        expect(alertsOf(rule, leaping)).toEqual(alertsOf(rule, calm));
      }),
      { numRuns: 1000 },
    );
  });

  it('keep the laws of an episode', () => {
    fc.assert(
      fc.property(rules, happenings, (some, steps) => {
        const rule: RuleConfig = { ...RULE, ...some };
        const alerts = alertsOf(rule, scriptOf(steps));
        for (const region of ['east', 'west']) {
          let before: AlertMessage | undefined;
          const ids = new Set<string>();
          for (const alert of alerts.filter((one) => one.key['region'] === region)) {
            expect(LAWFUL).toContain(`${alert.previous}→${alert.state}`);
            const isNew = before === undefined || before.state === 'resolved';
            expect(alert.previous).toBe(isNew ? null : before?.state);
            if (isNew) expect(ids).not.toContain(alert.alert);
            else expect([alert.alert, alert.since]).toEqual([before?.alert, before?.since]);
            ids.add(alert.alert);
            const [at, since] = [Date.parse(alert.at), Date.parse(alert.since)];
            expect(at).toBeGreaterThanOrEqual(before === undefined ? since : Date.parse(before.at));
            if (alert.previous === null && rule.onNoData !== 'fire') expect(alert.n).toBeGreaterThanOrEqual(rule.minN);
            if (alert.state === 'firing' && alert.previous !== 'recovering') {
              expect(at - since).toBeGreaterThanOrEqual(rule.forMs);
              if (rule.onNoData !== 'fire') expect(alert.n).toBeGreaterThanOrEqual(rule.minN);
            }
            before = alert;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('do not depend on where they were interrupted, and leave nothing behind', () => {
    fc.assert(
      fc.property(rules, happenings, (some, steps) => {
        const def = rulesOperator([{ ...RULE, ...some }], [KPI], compileExpression, 'Asia/Shanghai');
        const script = scriptOf(steps);
        verifyOperator<In>({
          def,
          script,
          expected: [...observe(def, script), { watermark: END_OF_TIME }],
          twin: { none: 'two regions are in every script' },
        });
      }),
      { numRuns: 200 },
    );
  });
});
