import { describe, expect, it } from 'vitest';
import { calendarNotes } from './calendars-config.ts';
import { readCalendars } from './testing/read-calendar.ts';

const week = { 'mon-fri': ['09:00-18:00'] };

describe('a calendar that cannot be meant', () => {
  it.each([
    ['a zone that is none', { week, zone: 'Asia/Peking' }, 'zone', '"Asia/Peking" is not a time zone'],
    [
      'hours that are none',
      { week: { mon: ['9-18'] } },
      'week.mon.0',
      'found "9-18", expected from-to such as "09:00-12:00"',
    ],
    ['minutes of YAML 1.1', { week: { mon: [540] } }, 'week.mon.0', 'found 540, expected from-to'],
    ['a time past the day', { week: { mon: ['09:00-24:30'] } }, 'week.mon.0', 'holds no time of a day'],
    ['a start at 24:00', { week: { mon: ['24:00-06:00'] } }, 'week.mon.0', 'holds no time of a day'],
    ['empty hours', { week: { mon: ['09:00-09:00'] } }, 'week.mon.0', 'is empty: for a whole day write "00:00-24:00"'],
    ['days that are none', { week: { 'mon-fry': ['09:00-18:00'] } }, 'week.mon-fry', 'names no days'],
    [
      'a day that is named twice',
      { week: { ...week, fri: ['09:00-16:00'] } },
      'week.fri',
      'fri is named twice, by "mon-fri" and "fri"',
    ],
    ['a week without hours', { week: { mon: [] } }, 'week', 'no day of the week has hours'],
    ['a country that is none', { week, holidays: 'XX' }, 'holidays', 'there is no country "XX"'],
    ['a country of a list', { week, holidays: ['2026-01-01', 'XX'] }, 'holidays.1', 'there is no country "XX"'],
    ['a holiday that is no date', { week, holidays: ['2026-02-30'] }, 'holidays.0', '"2026-02-30" is no date'],
    ['a closed day that is no date', { week, closed: ['31.12.2026'] }, 'closed.0', '"31.12.2026" is no date'],
    ['a range backwards', { week, closed: ['2026-12-31..2026-12-01'] }, 'closed.0', 'ends before it begins'],
    ['a range over years', { week, closed: ['2026-01-01..2029-01-01'] }, 'closed.0', 'is longer than a year'],
    [
      'years in a row',
      { week, closed: ['2027-01-01..2027-12-31', '2026-06-01..2026-12-31'] },
      'closed',
      'more than 400 days in a row',
    ],
    [
      'an open day that is no date',
      { week, open: { saturday: ['10:00-16:00'] } },
      'open.saturday',
      '"saturday" is no date',
    ],
    ['open hours that are none', { week, open: { '2026-12-26': ['10:00'] } }, 'open.2026-12-26.0', 'expected from-to'],
    [
      'make-up days without hours',
      { week: { tue: ['09:00-18:00'] }, holidays: 'CN' },
      'week',
      'make-up working days (调休) would be free',
    ],
    ['an end that is no date', { week, holidays_until: 'soon' }, 'holidays_until', '"soon" is no date'],
  ])('%s', (_title, raw, at, message) => {
    const { faults } = readCalendars({ calendars: [{ id: 'desk', ...raw }] });
    expect(faults.map((fault) => [fault.at.slice(2).join('.'), fault.message])).toEqual([
      [at, expect.stringContaining(message)],
    ]);
  });

  it('one of two with the same id', () => {
    const { faults } = readCalendars({
      calendars: [
        { id: 'desk', week },
        { id: 'desk', week },
      ],
    });
    expect(faults.map(({ message }) => message)).toEqual([
      'there are two calendars with the id "desk": ids are unique',
    ]);
  });
});

describe('a calendar', () => {
  it('has the zone of the engine unless it names one', () => {
    const { calendars } = readCalendars({ time: { zone: 'Europe/Berlin' }, calendars: [{ id: 'desk', week }] });
    expect(calendars[0]?.zone).toBe('Europe/Berlin');
  });

  it.each([
    ['mon', [1, 0, 0, 0, 0, 0, 0]],
    ['mon-fri', [1, 1, 1, 1, 1, 0, 0]],
    ['sat-mon', [1, 0, 0, 0, 0, 1, 1]],
    ['mon, wed,sat', [1, 0, 1, 0, 0, 1, 0]],
    ['daily', [1, 1, 1, 1, 1, 1, 1]],
  ])('names days as %s', (days, count) => {
    const { calendars, faults } = readCalendars({ calendars: [{ id: 'desk', week: { [days]: '09:00-18:00' } }] });
    expect(faults).toEqual([]);
    expect(calendars[0]?.week.map((hours) => hours.length)).toEqual(count);
  });

  it('whose hours are rarely meant is noted: a lost minute, hours that overlap', () => {
    const { calendars } = readCalendars({
      calendars: [{ id: 'desk', week: { 'mon-fri': ['00:00-23:59'], sat: ['09:00-12:00', '11:00-15:00'] } }],
    });
    expect(calendars.flatMap(calendarNotes)).toEqual([
      'calendar desk: "00:00-23:59" leaves out the last minute of the day; its end is written 24:00',
      'calendar desk: "09:00-12:00" and "11:00-15:00" overlap, and count once',
    ]);
  });
});
