/** Worked cases of actions in the chain of one partition, in every mode; 59 and 60 are of the catalogue of clocks. */
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../engine/app/pipeline.ts';
import { Chain } from '../../engine/core/chain.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { observe, verifyOperator } from '../../engine/testing/verify-operator.ts';
import { END_OF_TIME } from '../../engine/core/types.ts';
import { Played } from '../clocks/testing/played.ts';
import { noticeAction } from '../notices/action-notices.ts';
import { configOf, dataOf, leanChain, shortOf, stepsOf } from './testing/action-script.ts';

const SURVEY = `
actions:
  - id: ask_csat
    on: cx.case.resolved
    kind: survey
    after: 5m
    at_most: {times: 1, in: 7d, per: data.customer.id}
    data: {survey: post_case}
`;
const LOW_SCORE = `
actions:
  - {id: low_score, on: cx.survey.answered, where: data.metric == "csat" && data.score <= 2, kind: follow_up, due: 24h, owner: enrichment.owner}
`;
const CALL_BACK = `
actions:
  - id: call_back
    title: {zh-CN: 回访, en: Call back}
    on: cx.case.resolved
    kind: call_back
    key: data.customer.id
    after: 10m
    unless: {on: cx.case.reopened}
    due: 2h
    done: {on: cx.interaction.call, where: data.outcome == "answered"}
    owner: '"care"'
    escalate: {after: 30m, to: managers}
`;

/** What is said, the same in every mode. */
function said(yaml: string, script: string): readonly string[] {
  return shortOf(played(yaml, script));
}
function played(yaml: string, script: string): ReturnType<typeof observe> {
  const def = leanChain(configOf(yaml));
  const steps = [...stepsOf(script), { watermark: END_OF_TIME }];
  const expected = observe(def, steps);
  const leaves = 'ids that were seen; what actions hold is looked at here';
  verifyOperator({ def, script: steps, expected, leaves, twin: { none: 'caps and keys are not those of partitions' } });
  const chain = new Chain(def, { partition: 0 }, new Played());
  for (const step of steps) {
    if ('event' in step) chain.event(step.event);
    else if ('watermark' in step) chain.advance(step.watermark);
  }
  expect(chain.size()['actions']).toEqual({ waiting: 0, open: 0, known: 0, capped: 0 });
  return expected;
}

describe('actions', () => {
  it('59: a survey after a case is asked once in seven days; what is more is suppressed, with its reason', () => {
    const script = 'V(c1,u1)10:00 V(c2,u1)03-05T10:00 V(c3,u1)03-09T09:59 V(c4,u1)03-09T10:00 W03-09T10:10';
    const output = played(SURVEY, script);
    expect(shortOf(output)).toEqual([
      'due survey c1 10:05:00',
      'suppressed survey c2 03-05 10:05:00',
      'suppressed survey c3 03-09 10:04:00',
      'due survey c4 03-09 10:05:00',
    ]);
    expect(dataOf(output)).toMatchObject({ name: 'ask_csat', case: 'c1', data: { survey: 'post_case' } });
    expect(dataOf(output, 1)['reason']).toBe('at_most: 1 in 7d to u1, the last at 2026-03-02T02:05:00.000Z');
  });

  it('60: a low score is followed up once, redelivered or not; a better one is not', () => {
    const output = played(
      LOW_SCORE,
      'S(c1,u1,score=2,id=a)10:00 S(c2,u2,score=3)10:00 S(c1,u1,score=2,id=a)10:00 W10:30',
    );
    expect(shortOf(output)).toEqual(['due follow_up c1 10:00:00 due 03-03 10:00:00']);
    const { id, reason, customer } = dataOf(output);
    expect([reason, customer]).toEqual(['low_score: cx.survey.answered of c1', { id: 'u1' }]);
    expect(dataOf(output)['reason_zh']).toBe('low_score：c1 的 cx.survey.answered');
    const notice = noticeAction('cx.actions.follow_up', 'm1', dataOf(output));
    expect(notice).toMatchObject({ kind: 'follow_up', case: 'c1', reason_zh: 'low_score：c1 的 cx.survey.answered' });
    expect(id).toMatch(/^low_score\.[0-9a-z]+$/);
  });

  it.each([
    ['of a case', 'data.case', 'c1', ['c1', 'c1', 'c1']],
    ['of a customer', 'data.customer.id', 'u1', [undefined, undefined, null]],
  ])('of a clock %s name the case, where it is one', (_, key, ofWhom, cases) => {
    const yaml = `
clocks:
  - {id: answer, key: ${key}, start: {on: cx.case.opened}, stop: {on: cx.case.replied}, target: [{within: 10m}], warn: [50]}
actions:
  - {id: step_in, on: clock.answer, where: data.outcome == "breached", kind: escalation, due: 1h}
`;
    const sent = played(yaml, 'O(c1,u1)10:00 W10:11').flatMap((one) =>
      'send' in one && one.send.subject.startsWith('cx.actions.') ? [one.send] : [],
    );
    const fields = sent.map(({ data }) => data as JsonObject);
    expect(sent.map(({ subject }) => subject.slice(11)).sort()).toEqual(['escalation', 'sla_breached', 'sla_warning']);
    expect(fields.map((one) => one['key'])).toEqual([ofWhom, ofWhom, ofWhom]);
    const byKind = new Map(sent.map(({ subject, data }) => [subject.slice(11), (data as JsonObject)['case']]));
    expect(['sla_warning', 'sla_breached', 'escalation'].map((kind) => byKind.get(kind))).toEqual(cases);
  });

  it.each([
    ['before it is sent: nothing is said', 'V(c1,u1)10:00 R(c1,u1)10:05 W10:20', []],
    ['at the very instant', 'V(c1,u1)10:00 R(c1,u1)10:10 W10:20', []],
    ['of another customer', 'V(c1,u1)10:00 R(c2,u2)10:05 W10:20', ['due call_back u1 10:10:00 due 12:10:00 by care']],
    ['out of order, before what it withdraws', 'R(c1,u1)10:00:01 V(c1,u1)10:00 W10:20', []],
    [
      'before the case was resolved',
      'R(c1,u1)09:59 V(c1,u1)10:00 W10:20',
      ['due call_back u1 10:10:00 due 12:10:00 by care'],
    ],
  ])('are withdrawn by `unless` while they wait: %s', (_, script, expected) => {
    expect(said(CALL_BACK, script)).toEqual(expected);
  });

  it('that are sent are withdrawn by an `unless` that comes late, within the lateness; a later one is reported', () => {
    expect(said(CALL_BACK, 'V(c1,u1)10:00 W10:10:30 R(c1,u1)10:09:50 W10:20')).toEqual([
      'due call_back u1 10:10:00 due 12:10:00 by care',
      'withdrawn call_back u1 10:10:00 due 12:10:00 by care',
    ]);
    const output = played(CALL_BACK, 'V(c1,u1)10:00 W10:12:30 R(c1,u1)10:09:50 W10:20');
    expect(shortOf(output)).toEqual(['due call_back u1 10:10:00 due 12:10:00 by care']);
    const late = output.flatMap((one) => ('send' in one && one.send.subject === 'cx.late.call_back' ? [one.send] : []));
    expect(late).toMatchObject([{ data: { action: 'call_back', verb: 'unless', late_by_ms: 158_000 } }]);
  });

  it('are done by an event of their key, and say whether in time', () => {
    const output = played(CALL_BACK, 'V(c1,u1)10:00 C(u2)10:15 C(u1)11:00 C(u1)11:30 W15:00');
    expect(shortOf(output)).toEqual([
      'due call_back u1 10:10:00 due 12:10:00 by care',
      'done call_back u1 11:00:00 due 12:10:00 by care',
    ]);
    expect(dataOf(output, 1)['done']).toEqual({
      at: '2026-03-02T03:00:00.000Z',
      on: 'cx.interaction.call',
      in_time: true,
    });
  });

  it('are needless where they are done before they are sent', () => {
    expect(said(CALL_BACK, 'V(c1,u1)10:00 C(u1)10:05 W15:00')).toEqual([]);
  });

  it('that nobody does are escalated, once, to who is to know; done after that, they are done late', () => {
    const output = played(CALL_BACK, 'V(c1,u1)10:00 W12:39 W12:50 C(u1)13:00 W15:00');
    expect(shortOf(output)).toEqual([
      'due call_back u1 10:10:00 due 12:10:00 by care',
      'due escalation u1 12:10:00 due 12:10:00 by managers',
      'done call_back u1 13:00:00 due 12:10:00 by care',
    ]);
    const { id } = dataOf(output) as { readonly id: string };
    expect(dataOf(output, 1)).toMatchObject({ id: `${id}.escalation`, of: { id, action: 'call_back' } });
    expect(dataOf(output, 2)['done']).toMatchObject({ in_time: false });
  });

  it('that were done in time, which is heard late, take their escalation back', () => {
    expect(said(CALL_BACK, 'V(c1,u1)10:00 W12:40:30 C(u1)12:39:50 W15:00')).toEqual([
      'due call_back u1 10:10:00 due 12:10:00 by care',
      'due escalation u1 12:10:00 due 12:10:00 by managers',
      'done call_back u1 12:39:50 due 12:10:00 by care',
      'withdrawn escalation u1 12:39:50 due 12:10:00 by managers',
    ]);
  });

  it('go no further than the end of a file: what is due after it is not overdue', () => {
    expect(said(CALL_BACK, 'V(c1,u1)10:00 W10:10')).toEqual(['due call_back u1 10:10:00 due 12:10:00 by care']);
    expect(said(CALL_BACK, 'V(c1,u1)10:00 W10:09:59')).toEqual([]);
  });

  it('are done by a person, with an entry of the audit; a second time, or of none, it has no effect', () => {
    const first = observe(chainOf(configOf(LOW_SCORE)), stepsOf('S(c1,u1,score=2,id=a)10:00'));
    const { id } = dataOf(first) as { readonly id: string };
    const script = `S(c1,u1,score=2,id=a)10:00 D(action=${id},by=li,note=called)10:20 D(action=${id},by=li,id=d2)10:21 W11:00`;
    const output = played(LOW_SCORE, script);
    expect(shortOf(output)).toEqual([
      'due follow_up c1 10:00:00 due 03-03 10:00:00',
      'done follow_up c1 10:20:00 due 03-03 10:00:00',
    ]);
    expect(dataOf(output, 1)['done']).toMatchObject({ by: 'li', note: 'called', in_time: true });
    const audit = output.flatMap((one) => ('send' in one && one.send.subject === 'cx.audit' ? [one.send.data] : []));
    expect(audit).toMatchObject([
      { action: 'action.complete', of: id, outcome: 'done', by: 'li' },
      { action: 'action.complete', of: id, outcome: 'no effect', because: 'there is no such open action' },
    ] satisfies JsonObject[]);
  });

  it('of one name share their cap', () => {
    const yaml = `
actions:
  - {id: ask, on: cx.case.resolved, kind: survey, at_most: {in: 7d, shared: surveys}}
  - {id: ask_more, on: cx.case.closed, kind: survey, at_most: {in: 1d, shared: surveys}}
`;
    expect(
      said(yaml, 'V(c1,u1)10:00 X(c1,u1)11:00 X(c2,u1)03-04T11:00 V(c3,u1)03-10T10:00 V(c4)10:00 W03-10T11:00'),
    ).toEqual([
      'due survey c1 10:00:00',
      'suppressed survey c1 11:00:00',
      'due survey c2 03-04 11:00:00',
      'suppressed survey c3 03-10 10:00:00',
    ]);
  });

  it('of nobody are not capped', () => {
    expect(said(SURVEY, 'V(c1)10:00 V(c2)10:01 W10:10')).toEqual(['due survey c1 10:05:00', 'due survey c2 10:06:00']);
  });

  it('are due in working time where they have a calendar', () => {
    const yaml = `
calendars:
  - {id: hours, zone: Asia/Shanghai, week: {mon-fri: ["09:00-12:00", "13:30-18:00"]}}
actions:
  - {id: low, on: cx.survey.answered, kind: follow_up, due: 4h, calendar: hours, escalate: {enabled: false}}
`;
    expect(said(yaml, 'S(c1,u1,score=2)11:00 S(c2,u2,score=2)16:00 W17:00')).toEqual([
      'due follow_up c1 11:00:00 due 16:30:00',
      'due follow_up c2 16:00:00 due 03-03 11:00:00',
    ]);
  });

  it('have an owner by issue, and a priority by formula', () => {
    const yaml = `
actions:
  - {id: take, on: cx.case.opened, kind: dispatch, due: 4h}
dispatch:
  priority: tier_weight * urgency_weight * intensity
  weights: {tier: {vip: 3}}
  owners: {delivery: logistics}
`;
    const output = played(
      yaml,
      'O(c1,u1,tier=vip,urgency=high,intensity=strong_negative,issue=delivery)10:00 O(c2,u2,owner=zhang)10:01 W11:00',
    );
    expect(shortOf(output)).toEqual([
      'due dispatch c1 10:00:00 due 14:00:00 by logistics',
      'due dispatch c2 10:01:00 due 14:01:00 by zhang',
    ]);
    expect([dataOf(output)['priority'], dataOf(output, 1)['priority']]).toEqual([27, 1]);
    expect(dataOf(output)).toMatchObject({ tier: 'vip', urgency: 'high', issue: 'delivery', channel: 'app' });
  });

  it('leave the list where nobody ever does them', () => {
    const yaml = `
actions:
  - {id: take, on: cx.case.opened, kind: dispatch, done: {on: cx.case.closed}, expire: 3h}
`;
    expect(said(yaml, 'O(c1)10:00 W12:00 W13:01 X(c1)13:02 W14:00')).toEqual([
      'due dispatch c1 10:00:00',
      'expired dispatch c1 13:00:00',
    ]);
  });
});

describe('actions of what clocks, journeys and alerts say', () => {
  const OVERDUE = `
clocks:
  - id: reply
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied}
    target: [{within: 10m}]
    keep: [channel, customer.id, tier]
actions:
  - {id: chase, on: clock.reply, where: data.outcome == "breached", kind: dispatch, due: 1h, done: {on: clock.reply, where: data.outcome == "stopped"}}
`;
  it('20: come with a breach, and are withdrawn with it where it was not one; an ending does them', () => {
    expect(said(OVERDUE, 'O(c1,u1)10:00 W10:12 A(c1,u1)10:30 W10:40')).toEqual([
      'due dispatch c1 10:10:00 due 11:10:00',
      'done dispatch c1 10:30:00 due 11:10:00',
    ]);
    const output = played(OVERDUE, 'O(c1,u1,tier=vip)10:00 W10:10:05 A(c1,u1)10:09:58 W10:30');
    expect(shortOf(output)).toEqual([
      'due dispatch c1 10:10:00 due 11:10:00',
      'withdrawn dispatch c1 10:10:00 due 11:10:00',
    ]);
    expect(dataOf(output)).toMatchObject({ customer: { id: 'u1' }, tier: 'vip' });
  });

  it('come with an alert that begins to fire, once an episode, and are done when it is resolved', () => {
    const yaml = `
kpis:
  - {id: bad, from: cx.survey.answered, where: data.score <= 2, measure: {kind: count}, window: {kind: tumbling, size: 1m}, by: [[channel]]}
rules:
  - {id: many, kpi: bad, fire: value >= 2.0, severity: major, owner: care}
actions:
  - {id: kick_off, title: {zh-CN: 协同会议, en: Kick off}, on: alert.many, kind: kick_off, due: 2h, done: {on: alert.many}}
`;
    const low = (at: string): string => `S(c1,u1,score=1)${at}`;
    const script = [low('10:00'), low('10:00:10'), low('10:01'), low('10:01:10'), 'W10:02:10', 'W10:05'].join(' ');
    const output = observe(chainOf(configOf(yaml)), stepsOf(script));
    const [first = '', second = '', ...rest] = shortOf(output);
    expect(first).toMatch(/^due kick_off \S+ 10:01:00 due 12:01:00 by care$/);
    expect(second).toMatch(/^done kick_off \S+ 10:03:00 due 12:01:00 by care$/);
    expect(rest).toEqual([]);
    expect(dataOf(output)).toMatchObject({ channel: 'app', event: { type: 'alert.many' } });
  });
});

describe('a configuration of actions that cannot be meant', () => {
  const action = (fields: string): string => `actions: [{id: a, on: cx.case.opened, kind: task, ${fields}}]`;
  it.each([
    ['owner: care-team', `a text stands in both kinds of quotes: expected '"care-team"'`],
    ['unless: {on: cx.case.closed}', 'it leaves at once, so that nothing can withdraw it: expected `after` too'],
    ['calendar: hours', 'there is no calendar "hours"'],
    ['escalate: {after: 1h}', 'nothing is due, so nothing is overdue: expected `due` too'],
    ['due: 40d', 'it leaves the list after 30d, before it is due'],
    ['done: {on: clock.reply}', 'there is no event type "clock.reply"'],
    ['keep: [region]', '"region" is a field of every action: keep another, or none'],
    ['at_most: {in: 0s}', 'in no time at all nothing is too often: expected at least 1ms'],
  ])('says what is wrong: %s', (fields, fault) => {
    expect(() => configOf(action(fields))).toThrow(JSON.stringify(fault).slice(1, -1));
  });
});
