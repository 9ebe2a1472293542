/** Rules that look back, against a slow model that knows the last revision of every window; and through the operator. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { parseConfig } from '../../../engine/app/config/config.ts';
import { END_OF_TIME } from '../../../engine/core/types.ts';
import type { AlertMessage } from '../../../engine/core/wire.ts';
import { observe, verifyOperator, type Step } from '../../../engine/testing/verify-operator.ts';
import type { RuleControl } from '../../controls/controls.ts';
import type { KpiConfig } from '../../kpis/kpis-config.ts';
import type { KpiBirth, KpiValue } from '../../shared/messages.ts';
import type { RuleConfig } from '../rules-config.ts';
import { rulesOperator } from '../rules.ts';
import { KPI, RULE } from '../testing/rules-examples.ts';
import { windowSteps } from '../window-step.ts';
import { WindowHistory } from './window-history.ts';

type In = KpiValue | KpiBirth | RuleControl;
const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 2);

const WEEKLY: KpiConfig = {
  ...KPI,
  better: 'higher',
  window: { kind: 'tumbling', sizeMs: MINUTE },
  by: [[], ['region']],
};
const COUNTED: KpiConfig = {
  ...WEEKLY,
  measure: { kind: 'count' },
  window: { kind: 'sliding', sizeMs: 4 * MINUTE, slideMs: MINUTE },
};
const AT_ONCE: RuleConfig = { ...RULE, by: null, on: 'final', recover: null, forMs: 0, keepFiringForMs: 0, minN: 10 };

/** The final value of the window that ends so many minutes after the start. */
function final(kpi: KpiConfig, minute: number, value: number | null, more: Partial<KpiValue> = {}): KpiValue {
  const end = START + minute * MINUTE;
  const size = 'sizeMs' in kpi.window ? kpi.window.sizeMs : 0;
  return {
    ...{ kpi: KPI.id, key: {}, keyId: '', window: { start: end - size, end }, value, n: value === null ? 0 : 50 },
    ...{ interval: null, revision: 0, final: true, at: end, watermark: end },
    ...more,
  };
}

function alertsOf(rule: RuleConfig, kpi: KpiConfig, values: readonly KpiValue[]): readonly AlertMessage[] {
  const def = rulesOperator([rule], [kpi], compileExpression, 'Asia/Shanghai');
  return observe(def, scriptOf(values)).flatMap((seen) =>
    'send' in seen ? [seen.send.data as unknown as AlertMessage] : [],
  );
}
function scriptOf(values: readonly KpiValue[]): readonly Step<In>[] {
  return values.flatMap((value): Step<In>[] => [
    { event: { id: `${value.keyId}|${value.at}|${value.revision}`, key: 'k', ts: value.at, value } },
    { watermark: value.watermark },
  ]);
}
const changes = (alerts: readonly AlertMessage[]): readonly string[] =>
  alerts.map(({ state, at }) => `${(Date.parse(at) - START) / MINUTE} ${state}`);

describe('a trend', () => {
  const trend: RuleConfig = { ...AT_ONCE, fire: 'true', consecutive: { periods: 2, leastChange: 1 } };
  const of = (rule: RuleConfig, ...values: (number | null)[]): readonly string[] =>
    changes(
      alertsOf(
        rule,
        WEEKLY,
        values.flatMap((value, i) => (value === null ? [] : [final(WEEKLY, i + 1, value)])),
      ),
    );

  it('fires when two windows in a row were worse, and ends with the first that is not', () => {
    expect(of(trend, 85, 84, 83, 82, 82.5)).toEqual(['3 firing', '5 resolved']);
  });
  it('is none where one of the two was worse by too little, or better', () => {
    expect(of(trend, 85, 84.5, 83, 84, 83, 83)).toEqual([]);
    expect(of(trend, 85, 84, 83.1)).toEqual([]);
    expect(of(trend, 80.2, 80.1 - 0.9, 78.2)).toEqual(['3 firing']);
  });
  it('is none where a window between lacks, or has too little in it', () => {
    expect(of(trend, 85, 84, null, 83)).toEqual([]);
    const few = [final(WEEKLY, 1, 85), final(WEEKLY, 2, 84, { n: 9 }), final(WEEKLY, 3, 83)];
    expect(changes(alertsOf(trend, WEEKLY, few))).toEqual([]);
  });
  it('goes up where lower is better', () => {
    const values = [5, 6, 7].map((value, i) => final(WEEKLY, i + 1, value));
    expect(changes(alertsOf(trend, { ...WEEKLY, better: 'lower' }, values))).toEqual(['3 firing']);
    expect(changes(alertsOf(trend, WEEKLY, values))).toEqual([]);
  });
  it('asks `fire` as well, and ends when `recover` says so', () => {
    expect(of({ ...trend, fire: 'value < 80' }, 85, 84, 83, 82, 79)).toEqual(['5 firing']);
    expect(of({ ...trend, recover: 'change > 0.0' }, 85, 84, 83, 83, 84)).toEqual(['3 firing', '5 resolved']);
  });
  it('says in both languages what fell how often', () => {
    const [alert] = alertsOf(
      trend,
      WEEKLY,
      [85, 84, 83].map((value, i) => final(WEEKLY, i + 1, value)),
    );
    expect(alert?.reason).toContain('worse 2 windows in a row, each by at least 1 holds');
    expect(alert?.reason_zh).toContain('连续 2 个窗口变差（每次至少 1）');
  });
  it('takes a revision of its newest window in', () => {
    const late = final(WEEKLY, 3, 84, { revision: 1 });
    const values = [final(WEEKLY, 1, 85), final(WEEKLY, 2, 84), final(WEEKLY, 3, 83), late];
    expect(changes(alertsOf(trend, WEEKLY, values))).toEqual(['3 firing', '3 resolved']);
  });
});

describe('a baseline', () => {
  const burst: RuleConfig = {
    ...AT_ONCE,
    minN: 1,
    fire: 'value >= 10.0 && value >= 3.0 * baseline',
    baseline: { windows: 3 },
  };
  /** Windows of four minutes, one a minute: those that end at 4, 8, 12 do not overlap. */
  const counts = (from: number, values: readonly (number | null)[]): KpiValue[] =>
    values.flatMap((value, i) => (value === null ? [] : [final(COUNTED, from + i, value)]));

  it('is the mean of whole windows before the one that is judged', () => {
    const values = [
      ...counts(
        4,
        Array.from({ length: 12 }, () => 4),
      ),
      ...counts(16, [9, 11, 12, 13, 40]),
    ];
    const alerts = alertsOf(burst, COUNTED, values);
    // Window 16 (12–16) is judged by those that end at 4, 8 and 12: (4+4+4)/3 = 4.
    expect(changes(alerts)).toEqual(['18 firing']);
    expect(alerts[0]?.reason).toContain('usually 4.0');
  });
  it('has windows in which nothing was counted as 0', () => {
    const values = [...counts(4, [4]), ...counts(16, [12])];
    expect(alertsOf(burst, COUNTED, values)[0]?.reason).toContain('usually 1.3');
  });
  it('is not known before there were so many windows, and then nothing is judged', () => {
    expect(changes(alertsOf(burst, COUNTED, counts(4, [40, 40, 40])))).toEqual([]);
    expect(changes(alertsOf(burst, COUNTED, [...counts(4, [1]), ...counts(15, [40])]))).toEqual([]);
    expect(changes(alertsOf(burst, COUNTED, [...counts(4, [1]), ...counts(16, [40])]))).toEqual(['16 firing']);
  });
  it('begins again where the KPI was reset', () => {
    const born: Step<In> = {
      event: { id: 'born', key: 'k', ts: START, value: { born: KPI.id, until: START + 20 * MINUTE } },
    };
    const script = [...scriptOf(counts(4, [1])), born, ...scriptOf(counts(24, [40]))];
    const sent = observe(rulesOperator([burst], [COUNTED], compileExpression, 'UTC'), script);
    expect(sent.filter((one) => 'send' in one)).toEqual([]);
  });
});

const happenings = fc.array(
  fc.record({
    minute: fc.integer({ min: 1, max: 24 }),
    region: fc.constantFrom('east', 'west'),
    value: fc.constantFrom(1, 2, 3, 4, 5, 40, null),
    n: fc.constantFrom(3, 50),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('what is remembered, whatever order windows and their revisions come in', () => {
  it('gives the trend and the baseline that a model gives which forgets nothing', () => {
    fc.assert(
      fc.property(happenings, fc.boolean(), (given, isTrend) => {
        const kpi = isTrend ? WEEKLY : COUNTED;
        const looking = isTrend ? { consecutive: { periods: 3, leastChange: 1 } } : { baseline: { windows: 2 } };
        const rule: RuleConfig = { ...AT_ONCE, ...looking };
        const history = WindowHistory.of(rule, kpi, windowSteps(kpi.window, 'UTC'));
        const known = new Map<string, KpiValue>();
        let newest = 0;
        for (const { minute, region, value, n } of given) {
          // As far back as lateness goes.
          newest = Math.max(newest, minute);
          if (minute < newest - 1) continue;
          const one = final(kpi, minute, value, { keyId: region, n: value === null ? 0 : n });
          history?.note(one);
          known.set(`${region} ${one.window.end}`, one);
          const past = history?.before(one);
          if (isTrend) expect(past?.run).toBe(runOf(known, one, 3, 1));
          else
            expect(past?.baseline).toEqual(usualOf(known, one, 2, final(kpi, given[0]?.minute ?? 0, 0).window.start));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same after any interruption', () => {
    fc.assert(
      fc.property(happenings, (given) => {
        const trend: RuleConfig = { ...AT_ONCE, fire: 'true', consecutive: { periods: 2, leastChange: 1 } };
        const burst: RuleConfig = {
          ...AT_ONCE,
          id: 'burst',
          fire: 'value >= 2.0 * baseline',
          baseline: { windows: 2 },
        };
        const def = rulesOperator([trend, burst], [WEEKLY], compileExpression, 'UTC');
        const values = given
          .toSorted((a, b) => a.minute - b.minute)
          .map(({ minute, region, value, n }) =>
            final(WEEKLY, minute, value, { key: { region }, keyId: `region=${region}`, n: value === null ? 0 : n }),
          );
        const script = scriptOf(values);
        const expected = [...observe(def, script), { watermark: END_OF_TIME }];
        verifyOperator<In>({ def, script, expected, twin: { none: 'two regions are in every script' } });
      }),
      { numRuns: 15 },
    );
  });
});

function runOf(known: ReadonlyMap<string, KpiValue>, now: KpiValue, periods: number, least: number): number {
  const at = (minutesAgo: number): KpiValue | undefined =>
    known.get(`${now.keyId} ${now.window.end - minutesAgo * MINUTE}`);
  let run = 0;
  for (; run < periods; run++) {
    const [later, earlier] = [at(run), at(run + 1)];
    if (later === undefined || earlier === undefined || later.n < 10 || earlier.n < 10) break;
    if ((earlier.value ?? 0) - (later.value ?? 0) < least) break;
  }
  return run;
}
function usualOf(
  known: ReadonlyMap<string, KpiValue>,
  now: KpiValue,
  windows: number,
  since: number,
): number | undefined {
  const size = 4 * MINUTE;
  const last = Math.floor(now.window.start / size) * size;
  if (last - windows * size < since) return undefined;
  let sum = 0;
  for (let i = 0; i < windows; i++) sum += known.get(`${now.keyId} ${last - i * size}`)?.value ?? 0;
  return sum / windows;
}

describe('a breach that has to be certain', () => {
  const rule: RuleConfig = { ...AT_ONCE, fire: 'value < 80', recover: 'value >= 82', certain: true };
  const at = (minute: number, value: number, interval: readonly [number, number] | null): KpiValue =>
    final(WEEKLY, minute, value, { interval });

  it('is one where `fire` holds over the whole interval', () => {
    const values = [at(1, 71, [60, 81]), at(2, 71, [63, 79.9]), at(3, 79, [74, 85]), at(4, 83, [80, 86])];
    expect(changes(alertsOf(rule, WEEKLY, values))).toEqual(['2 firing', '4 resolved']);
  });
  it('is none without an interval', () => {
    expect(changes(alertsOf(rule, WEEKLY, [at(1, 10, null)]))).toEqual([]);
  });
});

describe('a rule that looks back is refused where it cannot be meant', () => {
  const faultsOf = (rule: Readonly<Record<string, unknown>>, kpi: Readonly<Record<string, unknown>> = {}): string[] => {
    const csat = { id: 'csat', from: 'cx.survey.answered', measure: { kind: 'csat', value: 'data.score' } };
    const config = { kpis: [{ ...csat, window: { kind: 'sliding', size: '1h', slide: '1m' }, ...kpi }] };
    const parsed = parseConfig({ ...config, rules: [{ id: 'low', kpi: 'csat', ...rule }] }, compileExpression);
    return 'faults' in parsed ? parsed.faults.map(({ at, message }) => `${at.slice(2).join('.')}: ${message}`) : [];
  };
  const weekly = { window: { kind: 'tumbling', size: '7d' } };

  it.each([
    [{ consecutive: { periods: 2 } }, {}, 'the window of the KPI "csat" has to be tumbling'],
    [{ fire: 'value > baseline', baseline: { windows: 4 } }, weekly, 'shorter than a day'],
    [{ fire: 'value > baseline' }, {}, 'there is no variable "baseline" here'],
    [{}, {}, 'fire: is missing'],
    [{ consecutive: {}, on: 'live' }, weekly, 'earlier windows are compared with whole ones'],
    [{ fire: 'value > 5', certain: true }, { measure: { kind: 'count' } }, 'the measure count has no interval'],
  ])('%j', (rule, kpi, message) => {
    expect(faultsOf(rule, kpi)).toEqual([expect.stringContaining(message)]);
  });
  it('and taken where it can', () => {
    expect(faultsOf({ consecutive: { periods: 2, least_change: 0.5 } }, weekly)).toEqual([]);
    expect(faultsOf({ consecutive: {}, fire: 'change < 0.0', recover: 'previous < value' }, weekly)).toEqual([]);
    expect(faultsOf({ fire: 'value > 2.0 * baseline', baseline: { windows: 4 } })).toEqual([]);
    expect(faultsOf({ fire: 'value < 80', certain: true })).toEqual([]);
  });
});
