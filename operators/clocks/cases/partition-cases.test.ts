/**
 * The cases of the catalogue in several partitions: message by message what one partition says, whose words the other files of this
 * folder hold to the catalogue. And those that are about partitions, by their number: 47, 48.
 */
import { describe, expect, it } from 'vitest';
import { must } from '../../../engine/core/must.ts';
import type { Envelope, OutputMessage } from '../../../engine/core/types.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { configOf, stepsOf } from '../testing/case-script.ts';
import { playInStep, playSingle } from '../testing/played.ts';

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
    keep: [channel, priority, agent]
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
const plain = configOf(CLOCKS);
const working = (calendar: string, within: string): ReturnType<typeof configOf> =>
  configOf(
    (HOURS + CLOCKS)
      .replace(
        '    target: [{when: data.customer.tier == "vip"',
        `    calendar: ${calendar}\n    target: [{when: data.customer.tier == "vip"`,
      )
      .replace('{within: 2h}]', `{within: ${within}}]`),
  );

/** By number; those of levels, journeys, actions, crashes and changed configurations are elsewhere. */
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
  ['18', 'O(tier=vip)10:00 Z10:12 A10:25'],
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
  ['58', 'O(tier=vip)10:00 Z10:05:20'],
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

describe.each([2, 4])('the cases of the catalogue in %i partitions', (partitions) => {
  it.each(CASES.map(([number, script, config = plain]) => ({ number, script, config })))(
    '$number: each message is the one that a single partition sends',
    ({ number, script, config }) => {
      const events = closed(number, eventsOf(script));
      const expected = heard(playSingle(config, events).sent);
      // Every event somewhere else, whosever it is; repeats are known where they came before.
      const places = new Map(events.map(({ id }, i) => [id, i % partitions]));
      const found = playInStep(config, events, partitions, ({ id }) => places.get(id) ?? 0);
      expect(heard(found.sent)).toEqual(expected);
      if (!['16', '64'].includes(number)) expect(expected.length).toBeGreaterThan(0);
    },
  );
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
    heard(playInStep(plain, eventsOf(script), 2, () => 0, 1).sent)
      .filter(({ subject }) => subject === 'cx.clocks.first_response')
      .map(({ time, data }) => [time, (data as Readonly<Record<string, unknown>>)['outcome']]);
  const due = Date.parse('2026-03-02T10:10:00+08:00');
  expect(emitted('O(tier=vip)10:00 Z10:10:02.000')).toEqual([]);
  expect(emitted('O(tier=vip)10:00 Z10:10:02.001')).toEqual([[due, 'breached']]);
});
