/** Alerts of single events: by hand, for any order and interruption, in several partitions, and what a configuration may say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { parseConfig, type Config } from '../../../engine/app/config/config.ts';
import { END_OF_TIME, type OutputMessage } from '../../../engine/core/types.ts';
import type { AlertMessage } from '../../../engine/core/wire.ts';
import { playThrough } from '../../../engine/testing/several-partitions.ts';
import { observe, verifyOperator, type Step } from '../../../engine/testing/verify-operator.ts';
import type { RuleControl } from '../../controls/controls.ts';
import type { CxEnvelope, KpiBirth, KpiValue } from '../../shared/messages.ts';
import { rulesOperator } from '../rules.ts';
import type { Raised } from './raised.ts';
import { NOT_SCORED } from '../../shared/not-scored.ts';

const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;

const YAML = `
event_rules:
  - id: vip_unhappy
    title: {zh-CN: VIP 强烈不满, en: A VIP is very unhappy}
    key: data.customer.id
    raise: {on: [cx.feedback.posted, cx.interaction.message], where: data.customer.tier == "vip" && data.bad == true}
    resolve: {on: cx.case.closed}
    by: [channel]
    expire: 1h
    severity: critical
`;
function configOf(text: string): Config {
  const parsed = parseConfig(parse(text), compileExpression);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}
const CONFIG = configOf(YAML);

let ids = 0;
function event(
  minute: number,
  type: string,
  customer: string,
  more: { bad?: boolean; tier?: string; key?: string } = {},
): CxEnvelope {
  const ts = START + minute * MINUTE;
  const { bad = true, tier = 'vip', key = customer } = more;
  const data = { channel: 'app', customer: { id: customer, tier }, bad, text: `words at ${String(minute)}` };
  const names = {
    source: '/t',
    eventId: `e${String(++ids)}`,
    type,
    family: type.split('.')[1] ?? '',
    channel: 'app',
    subjectKey: key,
  };
  return {
    id: `/t|e${String(ids)}`,
    key,
    ts,
    value: { ...names, attributes: {}, data, time: ts, received: ts, enrichment: NOT_SCORED },
  };
}
const unhappy = (minute: number, customer = 'c1', more = {}): CxEnvelope =>
  event(minute, 'cx.feedback.posted', customer, more);
const closed = (minute: number, customer = 'c1', more = {}): CxEnvelope =>
  event(minute, 'cx.case.closed', customer, more);

const alertsIn = (sent: readonly OutputMessage[]): readonly AlertMessage[] =>
  sent.filter(({ subject }) => subject.startsWith('cx.alerts.')).map(({ data }) => data as unknown as AlertMessage);
const changes = (alerts: readonly AlertMessage[]): readonly string[] =>
  alerts.map(({ key, state, at }) => `${String((Date.parse(at) - START) / MINUTE)} ${String(key['id'])} ${state}`);
const play = (events: readonly CxEnvelope[]): readonly AlertMessage[] =>
  alertsIn(playThrough(CONFIG, events, { partitions: 1, commitEvery: 1, crashEvery: 0 }));
const later = (minute: number): CxEnvelope => event(minute, 'cx.page.viewed', 'nobody');

describe('an event that a rule is about', () => {
  it('raises an alert at once, before time has passed it, with the words of the customer', () => {
    const [alert, ...others] = play([unhappy(1)]);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      ...{ rule: 'vip_unhappy', state: 'firing', severity: 'critical', key: { channel: 'app', id: 'c1' }, n: 1 },
      samples: ['words at 1'],
      reason: 'A VIP is very unhappy (channel=app, id=c1): raised by one event.',
      reason_zh: 'VIP 强烈不满（渠道=app，编号=c1）：由 1 个事件触发。',
    });
  });
  it('raises none where the condition does not hold, or nobody is named', () => {
    expect(play([unhappy(1, 'c1', { tier: 'member' }), unhappy(1, 'c1', { bad: false }), unhappy(1, '')])).toEqual([]);
  });
  it('adds to the alert that is open, and each customer has an own', () => {
    const alerts = play([unhappy(1), unhappy(2), unhappy(2, 'c2'), closed(3)]);
    expect(changes(alerts)).toEqual(['1 c1 firing', '2 c2 firing', '3 c1 resolved']);
    expect(alerts[2]).toMatchObject({ n: 2, samples: ['words at 2', 'words at 1'] });
    expect(alerts[2]?.reason).toContain('ended by cx.case.closed after 2 events');
  });
  it('raises a new alert after the end of one', () => {
    const alerts = play([unhappy(1), closed(2), unhappy(3)]);
    expect(changes(alerts)).toEqual(['1 c1 firing', '2 c1 resolved', '3 c1 firing']);
    expect(alerts[2]?.alert).not.toBe(alerts[0]?.alert);
  });
  it('ends by itself so long after the last of its events', () => {
    expect(changes(play([unhappy(1), unhappy(31), later(90), later(92)]))).toEqual(['1 c1 firing', '91 c1 resolved']);
  });
  it('raises none where it is older than that', () => {
    expect(play([later(100), unhappy(30)])).toEqual([]);
  });
});

describe('an end', () => {
  it('that is older than the last event ends nothing', () => {
    expect(changes(play([unhappy(2), closed(1)]))).toEqual(['2 c1 firing']);
  });
  it('that comes before what it ends gives the same as in the other order', () => {
    const [a, b] = [unhappy(1), closed(1.5)];
    expect(play([b, a])).toEqual(play([a, b]));
    expect(changes(play([b, a]))).toEqual(['1 c1 firing', '1.5 c1 resolved']);
  });
  it('is not undone by an event from before it that comes late', () => {
    expect(changes(play([unhappy(1), closed(1.5), unhappy(1.2)]))).toEqual(['1 c1 firing', '1.5 c1 resolved']);
  });
});

describe('in several partitions, crashed and calm', () => {
  it('the same alerts are raised and ended', () => {
    const events = Array.from({ length: 300 }, (_, i) => {
      const customer = `c${String((i * 7) % 23)}`;
      // What ends it lies under the key of a case, in any partition.
      return i % 3 === 2 ? closed(i, customer, { key: `s${String(i)}` }) : unhappy(i, customer);
    });
    const played = (partitions: number, crashEvery: number): readonly string[] =>
      changes(
        alertsIn(
          playThrough(configOf(`partitions: ${String(partitions)}\n${YAML}`), events, {
            partitions,
            commitEvery: 1,
            crashEvery,
          }),
        ),
      ).toSorted();
    const expected = played(1, 0);
    expect(expected.length).toBeGreaterThan(100);
    for (const partitions of [1, 2, 4])
      for (const crashEvery of [0, 7]) expect(played(partitions, crashEvery)).toEqual(expected);
  });
});

it('a clock that breaches raises an alert, which its ending ends', () => {
  const config = configOf(`
clocks:
  - {id: reply, key: data.customer.id, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, target: [{within: 10m}], keep: [channel]}
event_rules:
  - id: reply_overdue
    key: data.key
    raise: {on: clock.reply, where: data.outcome == "breached"}
    resolve: {on: clock.reply, where: data.outcome != "breached"}
    expire: 1d
`);
  const events = [event(0, 'cx.case.opened', 'c1'), later(20), event(25, 'cx.case.replied', 'c1'), later(30)];
  const sent = playThrough(config, events, { partitions: 1, commitEvery: 1, crashEvery: 0 });
  expect(changes(alertsIn(sent))).toEqual(['10 c1 firing', '25 c1 resolved']);
});

type In = KpiValue | KpiBirth | RuleControl | Raised;
const happenings = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 100 }),
    isEnd: fc.boolean(),
    id: fc.constantFrom('c1', 'c2'),
    back: fc.integer({ min: 0, max: 1 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('for any events', () => {
  const def = rulesOperator([], [], compileExpression, 'UTC', CONFIG.eventRules);
  const scriptOf = (given: typeof happenings extends fc.Arbitrary<infer T> ? T : never): readonly Step<In>[] =>
    given
      .toSorted((a, b) => a.minute - b.minute)
      .flatMap(({ minute, isEnd, id, back }, i): Step<In>[] => {
        const at = START + (minute - back) * MINUTE;
        const value: Raised = {
          raised: 'vip_unhappy',
          isEnd,
          id,
          at,
          event: `e${String(i)}`,
          key: isEnd ? {} : { id },
          quote: null,
        };
        return [
          { event: { id: `e${String(i)}`, key: id, ts: at, value } },
          { watermark: START + minute * MINUTE - 2000 },
        ];
      });

  it('alerts open and end in turn, each end not before the last event, nothing is open longer than it expires', () => {
    fc.assert(
      fc.property(happenings, (given) => {
        const script = scriptOf(given);
        const sent = observe(def, [...script, { watermark: START + 500 * MINUTE }]).flatMap((one) =>
          'send' in one ? [one.send] : [],
        );
        for (const id of ['c1', 'c2']) {
          const own = alertsIn(sent).filter(({ key }) => key['id'] === id);
          own.forEach((alert, i) => {
            expect(alert.state).toBe(i % 2 === 0 ? 'firing' : 'resolved');
            if (i % 2 === 0) return;
            expect(alert.alert).toBe(own[i - 1]?.alert);
            expect(Date.parse(alert.at)).toBeGreaterThanOrEqual(Date.parse(alert.window.end));
            expect(Date.parse(alert.at) - Date.parse(alert.window.end)).toBeLessThanOrEqual(60 * MINUTE);
          });
          expect(own.length % 2).toBe(0);
          expect(new Set(own.map(({ alert }) => alert)).size).toBe(own.length / 2);
        }
      }),
      { numRuns: 300 },
    );
  });
  it('it is the same after any interruption', () => {
    fc.assert(
      fc.property(happenings, (given) => {
        const script = scriptOf(given);
        const expected = [...observe(def, script), { watermark: END_OF_TIME }];
        verifyOperator<In>({ def, script, expected, twin: { none: 'two customers are in every script' } });
      }),
      { numRuns: 20 },
    );
  });
});

describe('a rule of single events is refused where it cannot be meant', () => {
  const faultsOf = (rule: object, more: object = {}): string[] => {
    const given = { id: 'vip', key: 'data.customer.id', raise: { on: 'cx.feedback.posted' }, ...rule };
    const parsed = parseConfig({ ...more, event_rules: [given] }, compileExpression);
    return 'faults' in parsed ? parsed.faults.map(({ at, message }) => `${at.slice(2).join('.')}: ${message}`) : [];
  };
  const csat = {
    id: 'vip_csat',
    from: 'cx.survey.answered',
    measure: { kind: 'csat', value: 'data.score' },
    window: { kind: 'tumbling', size: '1h' },
  };

  it.each([
    [
      { raise: { on: 'cx.feedback.post' } },
      {},
      'raise.on: there is no event type "cx.feedback.post"; did you mean cx.feedback.posted?',
    ],
    [{ raise: { on: 'clock.reply' } }, {}, 'raise.on: there is no event type "clock.reply"'],
    [{ raise: { on: ['cx.case.opened', 'x'] } }, {}, 'raise.on.1: there is no event type "x"'],
    [{ raise: { on: 'cx.case.opened', where: 'value > 1' } }, {}, 'raise.where: there is no variable "value" here'],
    [{ runbook: 'javascript:alert(1)' }, {}, 'runbook: expected an address of http or https'],
    [
      {},
      { kpis: [csat], rules: [{ id: 'vip', kpi: 'vip_csat', fire: 'value < 80' }] },
      'id: there is a rule with the id "vip"',
    ],
  ])('%j', (rule, more, message) => {
    expect(faultsOf(rule, more)).toEqual([expect.stringContaining(message)]);
  });
});
