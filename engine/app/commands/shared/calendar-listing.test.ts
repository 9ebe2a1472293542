import { expect, it } from 'vitest';
import { readCalendar } from '../../../../operators/calendars/testing/read-calendar.ts';
import { dayOfDate } from '../../../../operators/calendars/calendar-dates.ts';
import { calendarDays, calendarText } from './calendar-listing.ts';

const calendar = readCalendar({
  zone: 'Asia/Shanghai',
  week: { 'mon-fri': ['09:00-12:00', '13:30-18:00'], sat: ['10:00-16:00'] },
  holidays: 'CN',
  closed: ['2026-12-31'],
  open: { '2026-12-26': ['22:00-06:00'] },
});
const day = (date: string): number => dayOfDate(date) ?? NaN;

it('days are listed with their hours and why they have them', () => {
  const spring = calendarDays(calendar, day('2026-02-13'), day('2026-02-15'));
  expect(calendarText(calendar, spring, [{ message: 'a warning' }]).split('\n')).toEqual([
    'hours: Asia/Shanghai, holidays known to 2026-12-31',
    '2026-02-13 fri  09:00-12:00 13:30-18:00',
    '2026-02-14 sat  09:00-12:00 13:30-18:00  make-up working day: make-up',
    '2026-02-15 sun  -                        holiday: off',
    '! a warning',
    '',
  ]);
});

it('own days, closed ones and those whose holidays are not known say so', () => {
  const days = calendarDays(calendar, day('2026-12-26'), day('2027-01-01'));
  const lines = calendarText(calendar, days, []).split('\n');
  expect([lines[1], lines[6], lines[7]]).toEqual([
    '2026-12-26 sat  22:00-06:00              own hours (open)',
    '2026-12-31 thu  -                        closed',
    '2027-01-01 fri  09:00-12:00 13:30-18:00  holidays not known',
  ]);
});
