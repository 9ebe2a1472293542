/** Worked cases of clocks with calendars, by their number in the catalogue of cases; instants are Shanghai's unless a case says otherwise. */
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../engine/adapters/expressions/cel.ts';
import { openCalendars } from '../../../engine/app/open-calendars.ts';
import { pipe } from '../../../engine/core/chain.ts';
import { must } from '../../../engine/core/must.ts';
import { END_OF_TIME } from '../../../engine/core/types.ts';
import { observe, verifyOperator, type Step } from '../../../engine/testing/verify-operator.ts';
import type { CxEvent } from '../../shared/messages.ts';
import { clocksOperator } from '../clocks.ts';
import { configOf, eventOf, onceOnly, shortOf, stepsOf } from '../testing/case-script.ts';

const SERVICE_HOURS = `
  - id: hours
    zone: Asia/Shanghai
    week: {mon-fri: ["09:00-12:00", "13:30-18:00"], sat: ["10:00-16:00"]}
    holidays: CN
    closed: [2026-12-31]
    makeup: mon
`;
const WITH_OPEN = `${SERVICE_HOURS}    open: {2026-10-10: ["10:00-16:00"]}\n`;
const NIGHT = `
  - {id: hours, zone: Asia/Shanghai, week: {mon-fri: ["22:00-06:00"]}}
`;
const NIGHT_CN = `
  - {id: hours, zone: Asia/Shanghai, week: {mon-fri: ["22:00-06:00"]}, holidays: CN}
`;
const BERLIN_NIGHT = `
  - {id: hours, zone: Europe/Berlin, week: {daily: ["22:00-06:00"]}}
`;
const BERLIN_DAY = `
  - {id: hours, zone: Europe/Berlin, week: {mon-fri: ["09:00-17:00"]}}
`;
const NEW_YORK = `
  - {id: hours, zone: America/New_York, week: {mon-fri: ["09:00-17:00"]}}
`;

/** What is said where the clock counts these hours, the same in every mode. */
function output(
  calendar: string,
  within: string,
  steps: readonly Step<CxEvent>[],
): ReturnType<typeof observe<CxEvent>> {
  const config = configOf(`
calendars:${calendar}
clocks:
  - id: first_response
    key: data.case
    start: {on: cx.case.opened}
    stop: {on: cx.case.replied, where: data.author == "agent"}
    pause: {on: cx.case.pending}
    resume: {on: cx.interaction.message}
    restart: {on: cx.case.reopened}
    calendar: hours
    target: [{within: ${within}}]
    warn: [50, 75, 90]
`);
  const calendars = openCalendars(config.calendars);
  const clocks = clocksOperator(config.clocks, compileExpression, (id) => must(calendars.get(id)));
  const def = pipe(onceOnly, clocks);
  const said = observe(def, [...steps, { watermark: END_OF_TIME }]);
  verifyOperator({
    ...{ def, script: steps, expected: said.filter((one) => !('urgent' in one)) },
    ...{ ignore: ['urgent'], twin: { none: 'cases name their keys' } },
  });
  return said;
}
function said(calendar: string, within: string, script: string): readonly string[] {
  return shortOf(output(calendar, within, stepsOf(script)));
}
const endings = (all: readonly string[]): readonly string[] => all.filter((text) => !text.includes('warning'));
/** When the run of the last outcome was due. */
function due(calendar: string, within: string, steps: readonly Step<CxEvent>[]): string {
  const outcomes = output(calendar, within, steps).flatMap((one) =>
    'send' in one && one.send.subject === 'cx.clocks.first_response' ? [one.send.data as { readonly due: string }] : [],
  );
  return must(outcomes.at(-1)).due;
}
/** At these instants: opened, answered. */
function stepsAt(opened: string, answered: string): readonly Step<CxEvent>[] {
  return [
    { event: { ...eventOf('O10:00', 0), ts: Date.parse(opened) } },
    { event: { ...eventOf('A10:00', 1), ts: Date.parse(answered) } },
    { watermark: Date.parse(answered) - 2000 },
  ];
}

describe('cases of clocks with calendars', () => {
  it.each<readonly [string, string, string, readonly string[]]>([
    [
      '29 weekend',
      SERVICE_HOURS,
      'O03-06T17:00 A03-07T10:30',
      ['warning 50 03-06 18:00:00', 'stopped 03-06 17:00:00→03-07 10:30:00 e63000 w5400 p0 t7200 met r0'],
    ],
    ['30 lunch', SERVICE_HOURS, 'O11:30 A13:30', ['stopped 11:30:00→13:30:00 e7200 w1800 p0 t7200 met r0']],
    [
      '31 outside hours',
      SERVICE_HOURS,
      'O03-01T22:00 A09:10',
      ['stopped 03-01 22:00:00→09:10:00 e40200 w600 p0 t7200 met r0'],
    ],
    [
      '33 a make-up Saturday has the hours of Monday',
      SERVICE_HOURS,
      'O02-13T17:30 A02-14T09:30',
      ['stopped 02-13 17:30:00→02-14 09:30:00 e57600 w3600 p0 t7200 met r0'],
    ],
    [
      '34 Spring Festival',
      SERVICE_HOURS,
      'O02-14T17:30 A02-24T09:30',
      ['stopped 02-14 17:30:00→02-24 09:30:00 e835200 w3600 p0 t7200 met r0'],
    ],
    [
      '35 National Day',
      SERVICE_HOURS,
      'O09-30T17:00 A10-08T09:30',
      ['stopped 09-30 17:00:00→10-08 09:30:00 e664200 w5400 p0 t7200 met r0'],
    ],
    [
      '32 an own day',
      WITH_OPEN,
      'O10-10T11:30 A10-10T13:00',
      ['stopped 10-10 11:30:00→10-10 13:00:00 e5400 w5400 p0 t7200 met r0'],
    ],
    [
      '32 without it',
      SERVICE_HOURS,
      'O10-10T11:30 A10-10T13:00',
      ['stopped 10-10 11:30:00→10-10 13:00:00 e5400 w1800 p0 t7200 met r0'],
    ],
    [
      '42 the bell: missed, though it worked no longer than the target',
      SERVICE_HOURS,
      'O16:00 P18:30 M22:00 A03-03T09:00',
      [
        'breached 18:00:00 e7200 w7200 p0 t7200 miss r0',
        'stopped 16:00:00→03-03 09:00:00 e61200 w7200 p12600 t7200 miss r0',
      ],
    ],
    [
      '43 a pause over closing',
      SERVICE_HOURS,
      'O16:00 P17:30 M03-03T09:30 A03-03T10:00',
      ['stopped 16:00:00→03-03 10:00:00 e64800 w7200 p57600 t7200 met r0'],
    ],
    [
      '44 reopened on a make-up Saturday',
      SERVICE_HOURS,
      'O02-02T09:00 A02-02T09:10 R02-28T11:00 A02-28T13:40',
      [
        'stopped 02-02 09:00:00→02-02 09:10:00 e600 w600 p0 t7200 met r0',
        'stopped 02-28 11:00:00→02-28 13:40:00 e9600 w4200 p0 t7200 met r1',
      ],
    ],
  ])('%s', (_, calendar, script, expected) => {
    const all = said(calendar, '2h', script);
    expect(expected.some((text) => text.includes('warning')) ? all : endings(all)).toEqual(expected);
  });

  it.each<readonly [string, string, string, string, string]>([
    ['29 weekend', SERVICE_HOURS, '2h', 'O03-06T17:00 A03-07T10:30', '2026-03-07T11:00+08:00'],
    ['30 lunch', SERVICE_HOURS, '2h', 'O11:30 A13:30', '2026-03-02T15:00+08:00'],
    [
      '30b a day of working hours is more than three days',
      SERVICE_HOURS,
      '24h',
      'O04-30T16:00 A04-30T16:10',
      '2026-05-08T17:30+08:00',
    ],
    ['31 outside hours', SERVICE_HOURS, '2h', 'O03-01T22:00 A09:10', '2026-03-02T11:00+08:00'],
    ['32 an own day', WITH_OPEN, '2h', 'O10-10T11:30 A10-10T13:00', '2026-10-10T13:30+08:00'],
    ['32 without it', SERVICE_HOURS, '2h', 'O10-10T11:30 A10-10T13:00', '2026-10-10T15:00+08:00'],
    ['33 a make-up Saturday', SERVICE_HOURS, '2h', 'O02-13T17:30 A02-14T09:30', '2026-02-14T10:30+08:00'],
    ['34 Spring Festival', SERVICE_HOURS, '2h', 'O02-14T17:30 A02-24T09:30', '2026-02-24T10:30+08:00'],
    ['35 National Day', SERVICE_HOURS, '2h', 'O09-30T17:00 A10-08T09:30', '2026-10-08T10:00+08:00'],
    [
      '36 a closed day, and a year that is not known',
      SERVICE_HOURS,
      '2h',
      'O12-30T17:30 A12-30T17:40',
      '2027-01-01T10:30+08:00',
    ],
    ['37 overnight', NIGHT, '4h', 'O03-06T23:00 A03-06T23:10', '2026-03-07T03:00+08:00'],
    ['38 a night into a holiday', NIGHT_CN, '8h', 'O09-30T23:00 A09-30T23:10', '2026-10-08T23:00+08:00'],
    ['42 the bell', SERVICE_HOURS, '2h', 'O16:00 P18:30 M22:00 A03-03T09:00', '2026-03-02T18:00+08:00'],
    [
      '43 a pause over closing',
      SERVICE_HOURS,
      '2h',
      'O16:00 P17:30 M03-03T09:30 A03-03T10:00',
      '2026-03-03T10:00+08:00',
    ],
    [
      '44 reopened',
      SERVICE_HOURS,
      '2h',
      'O02-02T09:00 A02-02T09:10 R02-28T11:00 A02-28T13:40',
      '2026-02-28T14:30+08:00',
    ],
  ])('due, %s', (_, calendar, within, script, expected) => {
    expect(due(calendar, within, stepsOf(script))).toBe(new Date(expected).toISOString());
  });

  it('37 overnight, from a Saturday morning', () => {
    expect(endings(said(NIGHT, '4h', 'O03-07T05:00 A03-10T02:00'))).toEqual([
      'breached 03-10 01:00:00 e244800 w14400 p0 t14400 miss r0',
      'stopped 03-07 05:00:00→03-10 02:00:00 e248400 w18000 p0 t14400 miss r0',
    ]);
  });

  it.each([
    [
      '39 DST, spring: the night has seven hours',
      BERLIN_NIGHT,
      '8h',
      '2026-03-28T22:00+01:00',
      '2026-03-29T06:00+02:00',
      '2026-03-29T21:00:00.000Z',
      { working_s: 25_200, met: true },
    ],
    [
      '40 DST, autumn: the night has nine',
      BERLIN_NIGHT,
      '8h',
      '2026-10-24T22:00+02:00',
      '2026-10-25T06:00+01:00',
      '2026-10-25T04:00:00.000Z',
      { elapsed_s: 32_400, working_s: 32_400, met: false },
    ],
    [
      '41 DST, day hours',
      NEW_YORK,
      '2h',
      '2026-03-06T16:00-05:00',
      '2026-03-09T10:00-04:00',
      '2026-03-09T14:00:00.000Z',
      { elapsed_s: 234_000, working_s: 7200, met: true },
    ],
    [
      '41 another zone',
      BERLIN_DAY,
      '1h',
      '2026-03-02T23:30+08:00',
      '2026-03-03T16:15+08:00',
      '2026-03-03T08:30:00.000Z',
      { elapsed_s: 60_300, working_s: 2700, met: true },
    ],
  ] as const)('%s', (_, calendar, within, opened, answered, dueAt, fields) => {
    const outcomes = output(calendar, within, stepsAt(opened, answered)).flatMap((one) =>
      'send' in one && one.send.subject === 'cx.clocks.first_response' ? [one.send.data] : [],
    );
    expect(outcomes.at(-1)).toMatchObject({ outcome: 'stopped', due: dueAt, ...fields });
  });
});
