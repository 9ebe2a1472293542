/** The cases on calendars of the catalogue of clocks, by its numbers: when a target falls due, and how much of a stretch was worked. */
import { describe, expect, it } from 'vitest';
import { readCalendar } from './testing/read-calendar.ts';

const HOUR = 3_600_000;
const SERVICE = {
  zone: 'Asia/Shanghai',
  week: { 'mon-fri': ['09:00-12:00', '13:30-18:00'], sat: ['10:00-16:00'] },
  holidays: 'CN',
  closed: ['2026-12-31'],
  makeup: 'mon',
  open: { '2026-12-26': ['10:00-16:00'] },
};
const NIGHTS = { zone: 'Asia/Shanghai', week: { 'mon-fri': ['22:00-06:00'] } };
const BERLIN_NIGHTS = { zone: 'Europe/Berlin', week: { daily: ['22:00-06:00'] } };
const DESK = { 'mon-fri': ['09:00-17:00'] };

interface Case {
  readonly title: string;
  readonly calendar: object;
  readonly opened: string;
  readonly target: number;
  readonly due: string;
  /** Working seconds until the answer, pauses left out. */
  readonly answered?: { readonly at: string; readonly worked: number; readonly pause?: readonly [string, string] };
}

const CASES: readonly Case[] = [
  {
    title: '29, weekend',
    calendar: SERVICE,
    opened: '2026-03-06T17:00+08:00',
    target: 2,
    due: '2026-03-07T11:00+08:00',
    answered: { at: '2026-03-07T10:30+08:00', worked: 5400 },
  },
  {
    title: '30, lunch',
    calendar: SERVICE,
    opened: '2026-03-02T11:30+08:00',
    target: 2,
    due: '2026-03-02T15:00+08:00',
    answered: { at: '2026-03-02T13:30+08:00', worked: 1800 },
  },
  {
    title: '30b, 24 h are three days of work and a little',
    calendar: SERVICE,
    opened: '2026-04-30T16:00+08:00',
    target: 24,
    due: '2026-05-08T17:30+08:00',
  },
  {
    title: '31, outside hours',
    calendar: SERVICE,
    opened: '2026-03-01T22:00+08:00',
    target: 2,
    due: '2026-03-02T11:00+08:00',
    answered: { at: '2026-03-02T09:10+08:00', worked: 600 },
  },
  {
    title: '32, a day of its own has no lunch break',
    calendar: { ...SERVICE, open: { '2026-10-10': ['10:00-16:00'] } },
    opened: '2026-10-10T11:30+08:00',
    target: 2,
    due: '2026-10-10T13:30+08:00',
    answered: { at: '2026-10-10T13:00+08:00', worked: 5400 },
  },
  {
    title: '32, the same make-up day without that line has the hours of Monday',
    calendar: SERVICE,
    opened: '2026-10-10T11:30+08:00',
    target: 2,
    due: '2026-10-10T15:00+08:00',
    answered: { at: '2026-10-10T13:00+08:00', worked: 1800 },
  },
  {
    title: '33, a make-up Saturday (调休) has the hours of Monday, not of Saturday',
    calendar: SERVICE,
    opened: '2026-02-13T17:30+08:00',
    target: 2,
    due: '2026-02-14T10:30+08:00',
    answered: { at: '2026-02-14T09:30+08:00', worked: 3600 },
  },
  {
    title: '34, Spring Festival',
    calendar: SERVICE,
    opened: '2026-02-14T17:30+08:00',
    target: 2,
    due: '2026-02-24T10:30+08:00',
    answered: { at: '2026-02-24T09:30+08:00', worked: 3600 },
  },
  {
    title: '35, National Day',
    calendar: SERVICE,
    opened: '2026-09-30T17:00+08:00',
    target: 2,
    due: '2026-10-08T10:00+08:00',
    answered: { at: '2026-10-08T09:30+08:00', worked: 5400 },
  },
  {
    title: '36, closed, and beyond the end of the data',
    calendar: SERVICE,
    opened: '2026-12-30T17:30+08:00',
    target: 2,
    due: '2027-01-01T10:30+08:00',
  },
  {
    title: '37, overnight',
    calendar: NIGHTS,
    opened: '2026-03-06T23:00+08:00',
    target: 4,
    due: '2026-03-07T03:00+08:00',
  },
  {
    title: '37, overnight, over the weekend',
    calendar: NIGHTS,
    opened: '2026-03-07T05:00+08:00',
    target: 4,
    due: '2026-03-10T01:00+08:00',
    answered: { at: '2026-03-10T02:00+08:00', worked: 18_000 },
  },
  {
    title: '38, a night into a holiday works until its morning',
    calendar: { ...NIGHTS, holidays: 'CN' },
    opened: '2026-09-30T23:00+08:00',
    target: 8,
    due: '2026-10-08T23:00+08:00',
  },
  {
    title: '39, the night in spring has 7 hours',
    calendar: BERLIN_NIGHTS,
    opened: '2026-03-28T22:00+01:00',
    target: 8,
    due: '2026-03-29T21:00Z',
  },
  {
    title: '40, the night in autumn has 9 hours',
    calendar: BERLIN_NIGHTS,
    opened: '2026-10-24T22:00+02:00',
    target: 8,
    due: '2026-10-25T04:00Z',
    answered: { at: '2026-10-25T06:00+01:00', worked: 32_400 },
  },
  {
    title: '41, day hours over a change of clocks',
    calendar: { zone: 'America/New_York', week: DESK },
    opened: '2026-03-06T16:00-05:00',
    target: 2,
    due: '2026-03-09T10:00-04:00',
    answered: { at: '2026-03-09T10:00-04:00', worked: 7200 },
  },
  {
    title: '41, hours of another zone than that of the events',
    calendar: { zone: 'Europe/Berlin', week: DESK },
    opened: '2026-03-02T23:30+08:00',
    target: 1,
    due: '2026-03-03T09:30+01:00',
    answered: { at: '2026-03-03T16:15+08:00', worked: 2700 },
  },
  {
    title: '42, at the bell and not at the next opening',
    calendar: SERVICE,
    opened: '2026-03-02T16:00+08:00',
    target: 2,
    due: '2026-03-02T18:00+08:00',
    answered: {
      at: '2026-03-03T09:00+08:00',
      worked: 7200,
      pause: ['2026-03-02T18:30+08:00', '2026-03-02T22:00+08:00'],
    },
  },
];

const HALF_PAST = [
  {
    title: '43, a pause over closing time',
    opened: '2026-03-02T16:00+08:00',
    pause: ['2026-03-02T17:30+08:00', '2026-03-03T09:30+08:00'],
    due: '2026-03-03T10:00+08:00',
  },
] as const;

describe('case', () => {
  it.each(CASES)('$title', ({ calendar: raw, opened, target, due, answered }) => {
    const calendar = readCalendar(raw);
    const from = Date.parse(opened);
    expect(iso(calendar.instantAfter(from, target * HOUR))).toBe(iso(Date.parse(due)));
    if (answered === undefined) return;
    const pause = (answered.pause ?? []).map((text) => Date.parse(text));
    const paused = pause.length === 2 ? calendar.workingMs(pause[0] ?? NaN, pause[1] ?? NaN) : 0;
    expect((calendar.workingMs(from, Date.parse(answered.at)) - paused) / 1000).toBe(answered.worked);
  });

  it.each(HALF_PAST)('$title', ({ opened, pause: [paused, resumed], due }) => {
    const calendar = readCalendar(SERVICE);
    const left = 2 * HOUR - calendar.workingMs(Date.parse(opened), Date.parse(paused));
    expect(iso(calendar.instantAfter(Date.parse(resumed), left))).toBe(iso(Date.parse(due)));
  });

  it('44, a reopening on a make-up day', () => {
    const calendar = readCalendar(SERVICE);
    const from = Date.parse('2026-02-28T11:00+08:00');
    expect(iso(calendar.instantAfter(from, 2 * HOUR))).toBe(iso(Date.parse('2026-02-28T14:30+08:00')));
    expect(calendar.workingMs(from, Date.parse('2026-02-28T13:40+08:00')) / 1000).toBe(4200);
  });

  it('36, the data of China end with their year, in the zone of the calendar', () => {
    expect(iso(readCalendar(SERVICE).dataEnds)).toBe(iso(Date.parse('2027-01-01T00:00+08:00')));
  });
});

describe('data that end', () => {
  it.each([
    [
      'a list of own dates, with the year of the last',
      { holidays: ['2026-05-01', '2027-01-01'] },
      '2028-01-01T00:00:00.000Z',
    ],
    [
      'China, unless own dates go further',
      { holidays: 'CN', holidays_until: '2027-12-31' },
      '2028-01-01T00:00:00.000Z',
    ],
    [
      'not before China, whatever a list says',
      { holidays: 'CN', holidays_until: '2025-12-31' },
      '2027-01-01T00:00:00.000Z',
    ],
    ['no holidays at all, never', {}, null],
  ])('%s', (_title, raw, ends) => {
    expect(iso(readCalendar({ zone: 'UTC', week: DESK, ...raw }).dataEnds)).toBe(ends);
  });

  it('own dates fill a year that the package does not know', () => {
    const calendar = readCalendar({
      ...SERVICE,
      closed: ['2027-02-05..2027-02-11'],
      open: { '2027-02-14': 'mon' },
      holidays_until: '2027-12-31',
    });
    const day = (date: string): number =>
      calendar.workingMs(Date.parse(`${date}T00:00+08:00`), Date.parse(`${date}T24:00+08:00`)) / HOUR;
    expect(['2027-02-04', '2027-02-05', '2027-02-11', '2027-02-12', '2027-02-14'].map(day)).toEqual([
      7.5, 0, 0, 7.5, 7.5,
    ]);
  });
});

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
