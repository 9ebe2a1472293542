import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../engine/adapters/expressions/cel.ts';
import { END_OF_TIME } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import { observe, verifyOperator, type Step } from '../../engine/testing/verify-operator.ts';
import type { RuleConfig } from './rules-config.ts';
import type { KpiBirth, KpiValue } from '../shared/messages.ts';
import type { RuleControl } from '../controls/controls.ts';
import { KPI, kpiValue, RULE, step, until, type Sample } from './testing/rules-examples.ts';
import { rulesOperator } from './rules.ts';

type In = KpiValue | KpiBirth | RuleControl;

/** Live value at second x, y: `[x, y]`, with n: `[x, y, n]`; a final one: `{at, final…}`; `{watermark}` moves time on. */
type Line =
  | readonly [at: number, value: number | null, n?: number]
  | Sample
  | { readonly time: number }
  | { readonly wholeAfter: number };

function script(lines: readonly Line[]): readonly Step<In>[] {
  return lines.map((line) => {
    if (isShort(line)) return step(kpiValue({ at: line[0], value: line[1], n: line[2] ?? 50 }));
    if ('wholeAfter' in line) return step({ born: KPI.id, until: line.wholeAfter * 1000 });
    return 'time' in line ? until(line.time) : step(kpiValue(line));
  });
}

function isShort(line: Line): line is readonly [number, number | null, number?] {
  return Array.isArray(line);
}

/** `101 pending` of each message, in order. */
function changes(rule: Partial<RuleConfig>, lines: readonly Line[]): readonly string[] {
  return alerts(rule, lines).map((alert) => `${Date.parse(alert.at) / 1000} ${alert.state}`);
}
function alerts(rule: Partial<RuleConfig>, lines: readonly Line[]): readonly AlertMessage[] {
  const def = rulesOperator([{ ...RULE, ...rule }], [KPI], compileExpression, 'Asia/Shanghai');
  return observe(def, script(lines)).flatMap((seen) =>
    'send' in seen ? [seen.send.data as unknown as AlertMessage] : [],
  );
}

interface Case {
  readonly name: string;
  readonly rule?: Partial<RuleConfig>;
  readonly lines: readonly Line[];
  readonly changes: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'a partial value is judged by nothing, be it calm or a breach',
    lines: [
      { at: 101, value: 50, partial: true },
      { at: 105, value: 50, partial: true },
      [106, 50],
      { at: 108, value: 10, partial: true },
      [109, 50],
    ],
    changes: ['106 pending', '109 firing'],
  },
  {
    name: 'an alert that was open when its KPI was reset stands still until a whole window is judged',
    lines: [[101, 50], { wholeAfter: 160 }, { at: 103, value: 90, partial: true }, { time: 150 }, [161, 20]],
    changes: ['101 pending', '161 resolved'],
  },
  {
    name: 'what falls silent in windows that are partial is not said to have no data; what stays silent after them is',
    rule: { onNoData: 'fire' },
    lines: [[101, 20], { wholeAfter: 160 }, { time: 158 }, { time: 170 }],
    changes: ['161 pending', '164 firing'],
  },
  {
    name: 'a breach that lasts fires, then recovers',
    lines: [
      [100, 20],
      [101, 50],
      [103, 55],
      [104, 60],
      [106, 20],
      [108, 25],
      [111, 10],
    ],
    changes: ['101 pending', '104 firing', '106 recovering', '111 resolved'],
  },
  {
    name: 'a breach that ends too soon does not fire',
    lines: [
      [101, 50],
      [103.9, 39],
      [105, 50],
      [107, 20],
    ],
    changes: ['101 pending', '103.9 resolved', '105 pending', '107 resolved'],
  },
  {
    name: 'for: 0s fires at once, keep_firing_for: 0s ends at once',
    rule: { forMs: 0, keepFiringForMs: 0 },
    lines: [
      [101, 41],
      [102, 29],
    ],
    changes: ['101 firing', '102 resolved'],
  },
  {
    name: 'without recover the end of the breach is the recovery',
    rule: { recover: null },
    lines: [
      [101, 50],
      [104, 50],
      [105, 40],
      [110, 40],
    ],
    changes: ['101 pending', '104 firing', '105 recovering', '110 resolved'],
  },
  {
    name: 'between recover and fire nothing changes',
    lines: [
      [101, 50],
      [104, 50],
      [105, 35],
      [120, 31],
    ],
    changes: ['101 pending', '104 firing'],
  },
  {
    name: 'a new breach ends a recovery',
    lines: [
      [101, 50],
      [104, 50],
      [105, 20],
      [107, 45],
      [111, 20],
      [116, 20],
    ],
    changes: ['101 pending', '104 firing', '105 recovering', '107 firing', '111 recovering', '116 resolved'],
  },
  {
    name: 'a recovery that comes in between only starts its wait again',
    lines: [
      [101, 50],
      [104, 50],
      [105, 20],
      [109, 35],
      [110, 20],
      [114.9, 20],
      [115, 20],
    ],
    changes: ['101 pending', '104 firing', '105 recovering', '115 resolved'],
  },
  {
    name: 'too long in between it has not held',
    rule: { onNoData: 'keep' },
    lines: [
      [101, 50],
      [104, 50],
      [105, 20],
      [106, 35],
      [110.9, 31],
      [111, 35],
    ],
    changes: ['101 pending', '104 firing', '105 recovering', '111 firing'],
  },
  {
    name: 'too few observations open nothing and fire nothing',
    lines: [[101, 90, 9], [102, 50, 10], { at: 103, final: true, value: 90, n: 9 }, [106, 50, 9]],
    changes: ['102 pending', '103 resolved'],
  },
  {
    name: 'a firing alert is judged down to half of min_n',
    rule: { keepFiringForMs: 0 },
    lines: [[101, 50], [104, 50], { at: 105, final: true, value: 50, n: 5 }, { at: 106, final: true, value: 50, n: 4 }],
    changes: ['101 pending', '104 firing', '106 resolved'],
  },
  {
    name: 'time alone makes a pending alert fire while its last value stands',
    rule: { forMs: 1000 },
    lines: [[101.5, 50], { time: 102.4 }, { time: 102.5 }, { time: 102.9 }],
    changes: ['101.5 pending', '102.5 firing'],
  },
  {
    name: 'a value that comes after the deadline decides, not the one before it',
    lines: [
      [101, 50],
      [110, 20],
    ],
    changes: ['101 pending', '110 resolved'],
  },
  {
    name: 'an older final window changes nothing',
    lines: [
      [101, 50],
      [104, 50],
      { at: 102, final: true, value: 10 },
      { at: 103, final: true, value: 10 },
      [105, 20],
      { at: 104, final: true, value: 90 },
      [110, 20],
    ],
    changes: ['101 pending', '104 firing', '105 recovering', '110 resolved'],
  },
  {
    name: 'an older final window opens nothing for a calm key',
    lines: [[101.5, 20], { at: 100, final: true, value: 90 }, { at: 101, final: true, value: 90 }],
    changes: [],
  },
  {
    name: 'final windows carry on where live values stop',
    lines: [[101, 50], ...[102, 103, 104].map((at) => ({ at, final: true, value: 50 }))],
    changes: ['101 pending', '104 firing'],
  },
  {
    name: 'on: final does not look at live values',
    rule: { on: 'final', onNoData: 'keep' },
    lines: [[101, 50], { at: 101, final: true, value: 41 }, [103, 10], { at: 104, final: true, value: 41 }],
    changes: ['101 pending', '104 firing'],
  },
  {
    name: 'a revision of the newest window is judged, of an older one not',
    rule: { on: 'final', forMs: 0, keepFiringForMs: 0 },
    lines: [
      { at: 101, final: true, value: 20 },
      { time: 101.9 },
      { at: 101, final: true, value: 50, revision: 1 },
      { at: 102, final: true, value: 50 },
      { time: 102 },
      { at: 101, final: true, value: 10, revision: 2 },
      { time: 102.5 },
      { at: 102, final: true, value: 10, revision: 1 },
    ],
    changes: ['101 firing', '102 resolved'],
  },
  {
    name: 'a window that a late event fills long after it ended opens nothing',
    rule: { on: 'final', forMs: 0 },
    lines: [{ at: 101, final: true, value: 20 }, { time: 110 }, { at: 105, final: true, value: 90 }],
    changes: [],
  },
  {
    name: 'windows that a jump of the watermark ends together are judged in order',
    rule: { on: 'final', onNoData: 'keep' },
    lines: [
      { at: 101, final: true, value: 50, watermark: 120 },
      { at: 102, final: true, value: 50, watermark: 120 },
      { at: 104, final: true, value: 50, watermark: 120 },
      { at: 105, final: true, value: 10, watermark: 120 },
      { time: 120 },
    ],
    changes: ['101 pending', '104 firing', '105 recovering'],
  },
  {
    name: 'what is due between two windows that a jump ends together comes between them',
    rule: { on: 'final', forMs: 500, keepFiringForMs: 700 },
    lines: [
      { at: 101, final: true, value: 50, watermark: 120 },
      { at: 102, final: true, value: 10, watermark: 120 },
      { at: 103, final: true, value: 50, watermark: 120 },
    ],
    changes: ['101 pending', '101.5 firing', '102 recovering', '102.7 resolved', '103 pending'],
  },
  {
    name: 'so does silence',
    rule: { on: 'final', onNoData: 'fire', forMs: 0, keepFiringForMs: 0 },
    lines: [
      { at: 101, final: true, value: 10, watermark: 120 },
      { at: 104, final: true, value: 10, watermark: 120 },
    ],
    changes: ['102 firing', '104 resolved'],
  },
  {
    name: 'at one moment the value decides, not the deadline',
    rule: { on: 'final', forMs: 1000 },
    lines: [
      { at: 101, final: true, value: 50, watermark: 120 },
      { at: 102, final: true, value: 10, watermark: 120 },
    ],
    changes: ['101 pending', '102 resolved'],
  },
  {
    name: 'a value taken back by a merge of sessions is no evidence',
    rule: { forMs: 0 },
    lines: [
      { at: 101, final: true, value: 90, retracted: true },
      { at: 101, final: true, value: null, n: 0, retracted: true },
    ],
    changes: [],
  },
  {
    name: 'on_no_data: ok — silence recovers',
    rule: { onNoData: 'ok' },
    lines: [[101, 50], [104, 50], { time: 104.9 }, { time: 105 }, { time: 110 }],
    changes: ['101 pending', '104 firing', '105 recovering', '110 resolved'],
  },
  {
    name: 'on_no_data: keep — silence changes nothing, and a pending alert does not fire on it',
    rule: { onNoData: 'keep', forMs: 5000 },
    lines: [[101, 50], { time: 130 }, [131, 50], { time: 160 }, [161, 20], [166, 20]],
    changes: ['101 pending', '131 firing', '161 recovering', '166 resolved'],
  },
  {
    name: 'on_no_data: fire — silence is a breach, and the next good value ends it',
    rule: { onNoData: 'fire' },
    lines: [[101, 20], { time: 102 }, { time: 105 }, [106, 20], [111, 20], { time: 111.5 }, { time: 120 }],
    changes: ['102 pending', '105 firing', '106 recovering', '111 resolved', '112 pending', '115 firing'],
  },
  {
    name: 'a null value is no data',
    rule: { keepFiringForMs: 0 },
    lines: [[101, 50], [104, 50], { at: 105, final: true, value: null, n: 0 }],
    changes: ['101 pending', '104 firing', '105 resolved'],
  },
  {
    name: 'a live window that only begins to fill is not silence',
    lines: [
      [101, 50],
      [104, 50],
      [104.5, 0, 1],
      [104.9, null, 0],
      [105, 50],
    ],
    changes: ['101 pending', '104 firing'],
  },
  {
    name: 'expressions may ask the interval',
    rule: { fire: 'low > 40.0 && n >= 20', recover: 'high < 40' },
    lines: [
      { at: 101, value: 50, interval: [39, 61] },
      { at: 102, value: 60, interval: [41, 70] },
      { at: 105, value: 60, interval: [41, 70] },
      { at: 106, value: 30, interval: [20, 41] },
      { at: 107, value: 30, interval: [20, 39.5] },
      { at: 112, value: 30, interval: [20, 39.5] },
    ],
    changes: ['102 pending', '105 firing', '107 recovering', '112 resolved'],
  },
  {
    name: 'expressions may ask the key',
    rule: { fire: 'key.region == "west" && value > 40', forMs: 0 },
    lines: [[101, 90], { at: 101, value: 90, key: { region: 'west' } }],
    changes: ['101 firing'],
  },
  {
    name: 'only keys with exactly the dimensions of the rule',
    rule: { forMs: 0 },
    lines: [
      { at: 101, value: 90, key: {} },
      { at: 102, value: 90, key: { region: 'east', channel: 'app' } },
      { at: 103, value: 90, key: { channel: 'app' } },
      { at: 104, value: 90, key: { region: 'east' } },
    ],
    changes: ['104 firing'],
  },
  {
    name: 'by: null judges every key',
    rule: { by: null, forMs: 0 },
    lines: [
      { at: 101, value: 90, key: {} },
      { at: 102, value: 90, key: { region: 'east', channel: 'app' } },
    ],
    changes: ['101 firing', '102 firing'],
  },
  {
    name: 'values of another KPI do not count',
    lines: [{ at: 101, value: 90, kpi: 'csat' }],
    changes: [],
  },
];

describe('rules', () => {
  it.each(CASES)('$name', ({ rule = {}, lines, changes: expected }) => {
    expect(changes(rule, lines)).toEqual(expected);
  });

  it.each(CASES)('restored at any point, and with another region beside it: $name', ({ rule = {}, lines }) => {
    const def = rulesOperator([{ ...RULE, ...rule }], [KPI], compileExpression, 'Asia/Shanghai');
    const steps = script(lines);
    verifyOperator<In>({
      def,
      script: steps,
      // The end of input adds nothing.
      expected: [...observe(def, steps), { watermark: END_OF_TIME }],
      twin: {
        of: (event) => {
          const value = event.value as KpiValue;
          return { ...event, value: { ...value, key: { ...value.key, region: 'twin' }, keyId: `${value.keyId} twin` } };
        },
        owns: (seen) => 'send' in seen && (seen.send.data as unknown as AlertMessage).key['region'] === 'twin',
      },
    });
  });

  it('says all there is to say', () => {
    const lines: readonly Line[] = [
      { at: 101, value: 50, interval: [36.6, 63.4], samples: ['太慢了', 'x'.repeat(300), 'c', 'd'] },
      [104, 62.5, 40],
    ];
    const [pending, firing] = alerts({}, lines);
    expect(pending).toMatchObject({ previous: null, state: 'pending' });
    expect(firing).toEqual({
      alert: pending?.alert,
      rule: 'voices_turning',
      kpi: 'negative_rate',
      key: { region: 'east' },
      state: 'firing',
      previous: 'pending',
      value: 62.5,
      n: 40,
      interval: null,
      threshold: 'value > 40',
      window: { start: '1970-01-01T00:00:44.000Z', end: '1970-01-01T00:01:44.000Z' },
      since: '1970-01-01T00:01:41.000Z',
      at: '1970-01-01T00:01:44.000Z',
      reason: 'Negative voices (region=east): 62.5 % over 1m (n = 40); value > 40 has held for 3s.',
      reason_zh: '负面声音占比（地区=east）：1m 窗口内为 62.5%（n=40）；条件 value > 40 已持续 3s。',
      title: RULE.title,
      flaps: 0,
      causes: [],
      samples: ['太慢了', `${'x'.repeat(200)}…`, 'c'],
      owner: 'care-team',
      runbook: null,
      severity: 'critical',
      acked: null,
      silenced: false,
    });
  });

  it('sends on cx.alerts.<severity>.<rule>, and asks for a commit when an alert fires or is resolved', () => {
    const def = rulesOperator([RULE], [KPI], compileExpression, 'Asia/Shanghai');
    const seen = observe(
      def,
      script([
        [101, 50],
        [104, 50],
        [105, 20],
        [110, 20],
      ]),
    );
    expect(
      seen.map((one) => ('send' in one ? [one.send.subject, one.send.type, one.send.time] : Object.keys(one))),
    ).toEqual([
      ['cx.alerts.critical.voices_turning', 'cx.alert.changed', 101_000],
      ['cx.alerts.critical.voices_turning', 'cx.alert.changed', 104_000],
      ['urgent'],
      ['cx.alerts.critical.voices_turning', 'cx.alert.changed', 105_000],
      ['cx.alerts.critical.voices_turning', 'cx.alert.changed', 110_000],
      ['urgent'],
    ]);
  });

  it('gives each episode an id of its own that depends on rule, key and beginning alone', () => {
    const lines: readonly Line[] = [
      [101, 50],
      [102, 20],
      [102, 50],
      [103, 50],
      [104, 20],
    ];
    const rule = { forMs: 0, keepFiringForMs: 0 };
    const ids = alerts(rule, lines).map((alert) => alert.alert);
    expect(ids).toEqual([ids[0], ids[0], ids[2], ids[2]]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(alerts(rule, lines.slice(0, 2)).map((alert) => alert.alert)).toEqual(ids.slice(0, 2));
    expect(ids[0]).toMatch(/^a[0-9a-f]{16}$/);
  });

  it('counts what it did', () => {
    const lines = script([
      [101, 50],
      [104, 50],
      [105, 20],
      [106, 50],
      [107, 20],
      [112, 20],
    ]);
    const def = rulesOperator([RULE], [KPI], compileExpression, 'Asia/Shanghai');
    verifyOperator<In>({
      def,
      script: lines,
      expected: [...observe(def, lines).filter((seen) => !('urgent' in seen)), { watermark: END_OF_TIME }],
      counts: { alerts_pending: 1, alerts_firing: 2, alerts_flapped: 1, alerts_recovering: 2, alerts_resolved: 1 },
      ignore: ['urgent'],
      twin: { none: 'counts only' },
    });
  });
});
