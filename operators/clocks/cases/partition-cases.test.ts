/**
 * The cases of the catalogue in several partitions: message by message what one partition says, whose words the other files of this
 * folder hold to the catalogue. And those that are about partitions, by their number: 47, 48.
 */
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../engine/app/config/config.ts';
import { chainOf, stagesOf } from '../../../engine/app/pipeline.ts';
import { must } from '../../../engine/core/must.ts';
import type { Envelope, OutputMessage, RawMessage } from '../../../engine/core/types.ts';
import type { KpiMessage } from '../../../engine/core/wire.ts';
import { runFile } from '../../../engine/runtime/file-run.ts';
import { silentLogger } from '../../../engine/testing/line-pipeline.ts';
import { ManualClock } from '../../../engine/testing/manual-clock.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clockTime, configOf, shortOf, stepsOf } from '../testing/case-script.ts';
import { playInStep, playSingle } from '../testing/played.ts';

/** Nothing is scored. */
const QUIET = 'scoring: {sentiment: null, issues: null}';
const CLOCKS = `
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    resume: {on: [cx.case.replied, cx.interaction.message]}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    update: {on: cx.case.assigned}
    target: [{when: data.customer.tier == "vip", within: 10m}, {when: data.priority == "urgent", within: 30m}, {within: 2h}]
    warn: [50, 75, 90]
    keep: [channel, priority, agent, team]
  - id: resolution
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.resolved}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    restart: {on: cx.case.reopened}
    cancel: {on: cx.case.closed}
    target: [{within: 8h}]
  - id: next_response
    key: data.conversation
    start: {on: cx.interaction.message, where: data.author == "customer"}
    stop: {on: cx.interaction.message, where: data.author == "agent"}
    target: [{within: 15m}]
  - {id: keyless, key: data.ticket, start: {on: cx.case.opened}}
`;
const HOURS = `
calendars:
  - id: hours
    zone: Asia/Shanghai
    week: {mon-fri: ["09:00-12:00", "13:30-18:00"], sat: ["10:00-16:00"]}
    holidays: CN
    closed: [2026-12-31]
    makeup: mon
  - {id: night, zone: Asia/Shanghai, week: {mon-fri: ["22:00-06:00"]}, holidays: CN}
  - {id: berlin, zone: Europe/Berlin, week: {daily: ["22:00-06:00"]}}
  - {id: new_york, zone: America/New_York, week: {mon-fri: ["09:00-17:00"]}}
`;
const plain = configOf(QUIET + CLOCKS);
const working = (calendar: string, within: string): ReturnType<typeof configOf> =>
  configOf(
    (QUIET + HOURS + CLOCKS)
      .replace(
        '    target: [{when: data.customer.tier == "vip"',
        `    calendar: ${calendar}\n    target: [{when: data.customer.tier == "vip"`,
      )
      .replace('{within: 2h}]', `{within: ${within}}]`),
  );

const LEVELS = configOf(`${QUIET}${CLOCKS}kpis:
  - {id: open, measure: {kind: open, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}}
  - {id: overdue, measure: {kind: overdue, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}}
  - {id: oldest, measure: {kind: oldest, clock: first_response}, window: {kind: sliding, size: 1m, slide: 1m}, by: [[team]]}
`);
const WITHIN = configOf(`${QUIET}${CLOCKS}kpis:
  - {id: within, from: clock.first_response, where: data.outcome != "breached", measure: {kind: share, of: data.met == true}, window: {kind: tumbling, size: 1h}}
`);
const ACTIONS = configOf(`${QUIET}
actions:
  - {id: ask_csat, on: cx.case.resolved, kind: survey, after: 5m, at_most: {times: 1, in: 7d, per: data.customer.id}, data: {survey: post_case}}
  - {id: low_score, on: cx.survey.answered, where: data.metric == "csat" && data.score <= 2, kind: follow_up, due: 24h}
`);
const CHECKOUT = configOf(`${QUIET}
journeys:
  - id: checkout
    key: data.customer.id
    steps:
      - {id: cart, on: cx.journey.step, where: data.step == "cart"}
      - {id: pay, on: cx.journey.step, where: data.step == "pay"}
      - {id: done, on: cx.journey.step, where: data.step == "done"}
    stall: 10m
    expire: 24h
kpis:
  - {id: cart_done, measure: {kind: conversion, journey: checkout, from: cart, to: done}, window: {kind: tumbling, size: 7d}}
  - {id: cart_pay, measure: {kind: conversion, journey: checkout, from: cart, to: pay}, window: {kind: tumbling, size: 7d}}
  - {id: left_cart, measure: {kind: drop_off, journey: checkout, step: cart}, window: {kind: tumbling, size: 7d}}
  - {id: in_cart, measure: {kind: time_in_step, journey: checkout, step: cart}, window: {kind: tumbling, size: 7d}}
  - {id: in_pay, measure: {kind: time_in_step, journey: checkout, step: pay}, window: {kind: tumbling, size: 7d}}
`);

/** By number; those of a live engine, of crashes and of changed configurations are elsewhere. */
const CASES: readonly (readonly [number: string, script: string, config?: ReturnType<typeof configOf>])[] = [
  ['1', 'O10:00:00 A10:07:30'],
  ['2', 'O10:00 B10:00:05 A10:12'],
  ['3', 'O10:00 A(c1,agent=a1)10:03 A(c1,agent=a2)10:05'],
  ['4, 5', 'O10:00 M10:05 P10:10 P10:20 M10:40 A10:50'],
  ['6', 'O10:00 P10:10 A10:30'],
  ['7', 'O09:00 V09:05 R03-06T14:00 A03-06T14:10'],
  ['8', 'O10:00 A10:05 R03-23T15:00 A03-23T15:20'],
  ['9', 'O10:00 X10:30 A10:40'],
  ['10', 'O(c1)10:00 O(c2)10:01 X(c1)10:02 A(c2)10:06'],
  ['11', 'O10:00 Z05-31T10:00:05'],
  ['12', 'O10:00 P10:10 Z05-31T10:00:05'],
  ['13', 'A10:00:00.000 O10:00:00.000'],
  ['14', 'A09:59:30 O10:00 A10:20'],
  ['15', 'A10:00:30 O10:00:00 Z10:01'],
  ['16', 'A10:07:30 O10:00:00'],
  ['17', 'O(c1,id=e1)10:00 O(c1,id=e1)10:00 O(c1,id=e2)10:01 A10:04'],
  ['18', 'O(tier=vip)10:00 Z10:12 A10:25 Z11:00:10', WITHIN],
  ['19', 'O(tier=vip)10:00 Z10:10:02.000 A10:10:00.000'],
  ['20', 'O(tier=vip)10:00 Z10:10:05 A10:09:58'],
  ['21', 'O(tier=vip)10:00 Z10:12:00 A10:09:58'],
  [
    '24',
    'O(c1,tier=vip,priority=urgent)10:00 O(c2,priority=urgent)10:00 O(c3,priority=low)10:00 A(c1)10:01 A(c3)10:01',
  ],
  ['25', 'O10:00 U(priority=urgent)10:20 A10:35'],
  ['26', 'O10:00 U(priority=urgent)10:50'],
  ['27', 'O10:00 P10:05 M10:45 U(priority=urgent)10:50 A10:58'],
  ['28', 'O(priority=urgent)10:00 U(priority=low)10:40 A11:00'],
  ['29', 'O03-06T17:00 A03-07T10:30', working('hours', '2h')],
  ['30', 'O11:30 A13:30', working('hours', '2h')],
  ['30b', 'O04-30T16:00 A04-30T16:10 Z05-08T17:30:03', working('hours', '24h')],
  ['31', 'O03-01T22:00 A09:10', working('hours', '2h')],
  ['32', 'O10-10T11:30 A10-10T13:00', working('hours', '2h')],
  ['33', 'O02-13T17:30 A02-14T09:30', working('hours', '2h')],
  ['34', 'O02-14T17:30 A02-24T09:30', working('hours', '2h')],
  ['35', 'O09-30T17:00 A10-08T09:30', working('hours', '2h')],
  ['36', 'O12-30T17:30 Z12-31T12:00', working('hours', '2h')],
  ['37', 'O03-07T05:00 A03-10T02:00', working('night', '4h')],
  ['38', 'O09-30T23:00 Z10-08T23:30', working('night', '8h')],
  ['39', 'O03-29T05:00 Z03-30T06:00', working('berlin', '8h')],
  ['40', 'O10-25T04:00 A10-25T13:00', working('berlin', '8h')],
  ['41', 'O03-07T05:00 A03-09T22:00', working('new_york', '2h')],
  ['42', 'O16:00 P18:30 M22:00 A03-03T09:00', working('hours', '2h')],
  ['43', 'O16:00 P17:30 M03-03T09:30 A03-03T10:00', working('hours', '2h')],
  ['44', 'O02-02T10:00 A02-02T11:00 R02-28T11:00 A02-28T13:40', working('hours', '2h')],
  ['45', 'O10:00 A10:05 P10:10 M11:10 V12:00'],
  ['46', 'M10:00 M10:02 N10:05 N10:06 M10:20 N10:30'],
  [
    '54',
    'S(c1,opened=2026-03-01T10:00:00+08:00)10:00 S(c2,opened=2026-03-02T09:30:00+08:00)10:00 O(c3)10:00:30 Z12:40',
  ],
  ['55', 'O(c1)10:00 O(c2)10:00:30 A(c1)10:00:45 O(c3)10:01 Z10:02:10', LEVELS],
  ['56', 'O(tier=vip)10:00 Z10:11:10', LEVELS],
  ['57', 'O(c1,team=a)10:00:10 U(c1,team=b)10:01:10 A10:02:10 Z10:05:10', LEVELS],
  ['58', 'O(tier=vip)10:00 Z10:05:20', LEVELS],
  [
    '59',
    'V(c1,user=u1)10:00 V(c2,user=u1)03-05T10:00 V(c3,user=u1)03-09T09:59 V(c4,user=u1)03-09T10:00 Z03-09T10:10',
    ACTIONS,
  ],
  ['60', 'Q(c1,user=u1,score=2,id=a)10:00 Q(c2,user=u2,score=3)10:00 Q(c1,user=u1,score=2,id=a)10:00 Z10:30', ACTIONS],
  ['61', 'J(user=u1,step=cart)10:00 J(user=u1,step=done)10:05 Z03-10T00:00', CHECKOUT],
  [
    '62',
    'J(user=u2,step=cart)10:00 J(user=u2,step=cart)10:08 J(user=u2,step=pay)10:30 J(user=u2,step=done)10:31 Z03-10T00:00',
    CHECKOUT,
  ],
  ['63', 'J(user=u3,step=cart)10:00 J(user=u3,step=cart)03-03T11:00 Z03-10T00:00', CHECKOUT],
  ['64', 'O10:00 Z10:10'],
];

/** What passes time beyond the last of a script; a file that ends (58) has none. */
function closed(number: string, events: readonly Envelope<CxEvent>[]): readonly Envelope<CxEvent>[] {
  const last = Math.max(...events.map(({ ts }) => ts));
  const [after] = eventsOf('Z(z,id=last)10:00');
  return number === '58' ? events : [...events, { ...must(after), ts: last + 5000 }];
}
const eventsOf = (script: string): readonly Envelope<CxEvent>[] =>
  stepsOf(script).flatMap((step) => ('event' in step ? [step.event] : []));
/** What is said of clocks, in its order. */
const heard = (sent: readonly OutputMessage[]): readonly OutputMessage[] =>
  sent.filter(({ subject }) => /^cx\.(clocks|actions|late)\./.test(subject));
/** And of KPIs, each by itself: of several that end at one instant the order is free. */
const valued = (sent: readonly OutputMessage[]): readonly OutputMessage[] =>
  sent
    .filter(({ subject }) => subject.startsWith('cx.kpi.'))
    .sort((a, b) => (JSON.stringify(a.data) < JSON.stringify(b.data) ? -1 : 1));
/** Of these nothing is said, which is their point. */
const SILENT = ['16', '64'];

const named = CASES.map(([number, script, config = plain]) => ({ number, script, config }));

describe.each([2, 4])('the cases of the catalogue in %i partitions', (partitions) => {
  it.each(named)('$number: each message is the one that a single partition sends', ({ number, script, config }) => {
    const events = closed(number, eventsOf(script));
    const expected = playSingle(config, events).sent;
    // Every event somewhere else, whosever it is; repeats are known where they came before.
    const places = new Map(events.map(({ id }, i) => [id, i % partitions]));
    for (const restores of [false, true]) {
      const { sent } = playInStep(config, events, partitions, ({ id }) => places.get(id) ?? 0, { restores });
      expect(heard(sent)).toEqual(heard(expected));
      expect(valued(sent)).toEqual(valued(expected));
    }
    if (!SILENT.includes(number)) expect(heard(expected).length + valued(expected).length).toBeGreaterThan(0);
  });
});

describe('the cases of the catalogue over a file', () => {
  it.each(named)(
    '$number: `process` writes what the chain of one partition says',
    async ({ number, script, config }) => {
      const events = closed(number, eventsOf(script));
      const expected = playSingle(config, events).sent;
      const written = await processed(config, events);
      expect(heard(written)).toEqual(heard(expected));
    },
  );
});

/** Read as lines of a file, through the stages. */
async function processed(config: Config, events: readonly Envelope<CxEvent>[]): Promise<readonly OutputMessage[]> {
  const headers = { 'content-type': 'application/cloudevents+json' };
  const lines = events.map(({ ts, value: { type, eventId, source, data } }, i): RawMessage => {
    const event = { specversion: '1.0', id: eventId, source, type, time: new Date(ts).toISOString() };
    const more = type === 'cx.page.viewed' ? { page: '/' } : null;
    return {
      subject: '',
      headers,
      data: Buffer.from(JSON.stringify({ ...event, data: { ...data, ...more } })),
      seq: i + 1,
      stored: 0,
    };
  });
  async function* input(): AsyncGenerator<readonly RawMessage[]> {
    yield await Promise.resolve(lines);
  }
  const written: OutputMessage[] = [];
  await runFile({
    ...{ input: input(), stage: stagesOf(config, null, { isFile: true, maskKey: 'k' }), chain: chainOf(config) },
    ...{ outOfOrdernessMs: config.time.outOfOrdernessMs, logger: silentLogger, clock: new ManualClock(0) },
    signal: new AbortController().signal,
    // Ids are made of places in the input, which a chain alone does not know.
    write: (some) => Promise.resolve(void written.push(...some.map(({ id: _, ...message }) => message))),
  });
  return written;
}

/** `10:01 open 1`, and of a key `10:01 oldest a 50`. */
const kpiLines = (sent: readonly OutputMessage[]): readonly string[] =>
  sent
    .filter(({ subject }) => subject.startsWith('cx.kpi.'))
    .map(({ data }) => {
      const { kpi, key, window, value } = data as unknown as KpiMessage;
      return [clockTime(Date.parse(window.end)), kpi, ...Object.values(key), String(value)].join(' ');
    });
const actionLines = (sent: readonly OutputMessage[]): readonly string[] =>
  sent
    .filter(({ subject }) => subject.startsWith('cx.actions.'))
    .map(({ subject, time, data }) => {
      const { state, case: ofCase, key, due } = data as Readonly<Record<string, unknown>>;
      const until = typeof due === 'string' ? ` due ${clockTime(Date.parse(due))}` : '';
      return `${String(state)} ${subject.slice(11)} ${String(ofCase ?? key)} ${clockTime(time)}${until}`;
    });

describe('of levels, actions and journeys, what the catalogue says', () => {
  const sentOf = (number: string): readonly OutputMessage[] => {
    const [, script, config = plain] = must(CASES.find(([one]) => one === number));
    return playSingle(config, closed(number, eventsOf(script))).sent;
  };
  it.each<readonly [string, readonly string[]]>([
    ['18', ['11:00:00 within 0']],
    [
      '55',
      [
        '10:01:00 open 1',
        '10:01:00 overdue 0',
        '10:01:00 oldest  30',
        '10:02:00 open 2',
        '10:02:00 overdue 0',
        '10:02:00 oldest  90',
      ],
    ],
    [
      '61',
      [
        '03-09 00:00:00 cart_done 100',
        '03-09 00:00:00 cart_pay 0',
        '03-09 00:00:00 left_cart 0',
        '03-09 00:00:00 in_cart 300',
      ],
    ],
    ['62', ['03-09 00:00:00 cart_pay 100', '03-09 00:00:00 in_cart 1800', '03-09 00:00:00 in_pay 60']],
    ['63', ['03-09 00:00:00 left_cart 100']],
  ])('%s: these figures', (number, expected) => {
    expect(kpiLines(sentOf(number))).toEqual(expect.arrayContaining([...expected]));
  });
  it('56: past its target only after it', () => {
    const lines = kpiLines(sentOf('56')).filter((line) => /^10:1[01]/.test(line));
    expect(lines).toEqual([
      ...['10:10:00 open 1', '10:10:00 overdue 0', '10:10:00 oldest  600'],
      ...['10:11:00 open 1', '10:11:00 overdue 1', '10:11:00 oldest  660'],
    ]);
  });
  it('57: of a team that has none any more it is said once', () => {
    expect(kpiLines(sentOf('57')).filter((line) => line.includes('oldest'))).toEqual([
      ...['10:01:00 oldest a 50', '10:02:00 oldest a null', '10:02:00 oldest b 110', '10:03:00 oldest b null'],
    ]);
  });
  it.each<readonly [string, readonly string[]]>([
    [
      '59',
      [
        'due survey c1 10:05:00',
        'suppressed survey c2 03-05 10:05:00',
        'suppressed survey c3 03-09 10:04:00',
        'due survey c4 03-09 10:05:00',
      ],
    ],
    ['60', ['due follow_up c1 10:00:00 due 03-03 10:00:00']],
    ['61', []],
    ['62', ['due journey_stalled u2 10:18:00 due 10:18:00']],
    [
      '63',
      ['due journey_stalled u3 10:10:00 due 10:10:00', 'due journey_stalled u3 03-03 11:10:00 due 03-03 11:10:00'],
    ],
  ])('%s: these actions', (number, expected) => {
    expect(actionLines(sentOf(number))).toEqual(expected);
  });
});

const U = configOf(`
clocks:
  - id: care
    key: data.customer.id
    start: {on: cx.survey.answered, where: data.score <= 2.0}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    target: [{within: 24h}]
`);

it.each([1, 2, 4])('47: a clock of customers whose cases lie in other partitions, in %i', (partitions) => {
  const [low, reply, later] = eventsOf('A(c1,tier=vip)10:00 A(c2,tier=vip)12:00 Z12:10');
  const survey = { ...low, value: { ...low?.value, type: 'cx.survey.answered', family: 'survey' } };
  const data = { ...low?.value.data, metric: 'csat', score: 1 };
  const scored = { ...survey, value: { ...survey.value, data } } as Envelope<CxEvent>;
  const events = [scored, reply, later] as readonly Envelope<CxEvent>[];
  const { sent } =
    partitions === 1
      ? playSingle(U, events)
      : playInStep(U, events, partitions, (event) => events.indexOf(event) % partitions);
  expect(heard(sent).map(({ data: said }) => said)).toEqual([
    {
      ...{ clock: 'care', key: 'u1', run: 1, revision: 0, outcome: 'stopped', met: true, restarts: 0, late_by_s: 0 },
      ...{ started: '2026-03-02T02:00:00.000Z', ended: '2026-03-02T04:00:00.000Z', due: '2026-03-03T02:00:00.000Z' },
      ...{ elapsed_s: 7200, working_s: 7200, paused_s: 0, target_s: 86_400, over_s: -79_200 },
    },
  ]);
});

it('48: a partition that is silent holds no breach back', () => {
  const emitted = (script: string): readonly unknown[] =>
    heard(playInStep(plain, eventsOf(script), 2, () => 0, { silent: 1 }).sent)
      .filter(({ subject }) => subject === 'cx.clocks.first_response')
      .map(({ time, data }) => [time, (data as Readonly<Record<string, unknown>>)['outcome']]);
  const due = Date.parse('2026-03-02T10:10:00+08:00');
  expect(emitted('O(tier=vip)10:00 Z10:10:02.000')).toEqual([]);
  expect(emitted('O(tier=vip)10:00 Z10:10:02.001')).toEqual([[due, 'breached']]);
});

describe.each([2, 4])('52: another configuration while clocks run, in %i partitions', (partitions) => {
  const other = (onChange: string): Config =>
    configOf(
      QUIET +
        CLOCKS.replace('{within: 2h}], warn', '{within: 1h}], warn')
          .replace('{within: 2h}]', '{within: 1h}]')
          .replace('    key: data.case\n', `    key: data.case\n    on_change: ${onChange}\n`),
    );
  it.each<readonly [string, string, number, string, readonly string[]]>([
    [
      'keep: open runs keep their target, new ones have the new',
      ...(['keep', 2, 'O(c1)10:00 Z10:30:02 O(c2)10:40 Z13:00'] as const),
      ['c2 breached 11:40:00 e3600 w3600 p0 t3600 miss r0', 'c1 breached 12:00:00 e7200 w7200 p0 t7200 miss r0'],
    ],
    [
      'move: open runs have the new one',
      ...(['move', 2, 'O(c1)10:00 Z10:30:02 O(c2)10:40 Z13:00'] as const),
      ['c1 breached 11:00:00 e3600 w3600 p0 t3600 miss r0', 'c2 breached 11:40:00 e3600 w3600 p0 t3600 miss r0'],
    ],
    [
      'move past the new target: breached then',
      ...(['move', 2, 'O(c1)10:00 Z11:30:02 Z13:00'] as const),
      ['c1 breached 11:30:00 e5400 w5400 p0 t3600 miss r0'],
    ],
  ])('%s', (_, onChange, after, script, expected) => {
    const events = eventsOf(script);
    const { sent } = playInStep(plain, events, partitions, (event) => events.indexOf(event) % partitions, {
      change: { after, config: other(onChange) },
    });
    const said = shortOf(
      sent.filter(({ subject }) => subject === 'cx.clocks.first_response').map((send) => ({ send })),
      true,
    );
    expect(said).toEqual(expected);
  });
});
