import { describe, expect, it } from 'vitest';
import { timeReader, type DateOrder } from './mapped-time.ts';

const read = (value: unknown, dates: DateOrder | null = null, zone = 'Asia/Shanghai'): string => {
  const at = timeReader({ zone, dates })(value);
  return typeof at === 'string' ? `refused: ${at}` : new Date(at).toISOString();
};

describe('times of other systems', () => {
  it.each([
    ['2026-03-02T09:15:04.120+08:00', '2026-03-02T01:15:04.120Z'],
    ['2026-03-02 09:15:04', '2026-03-02T01:15:04.000Z'],
    ['2026-03-02 9:05', '2026-03-02T01:05:00.000Z'],
    ['2026/3/2 9:05:07', '2026-03-02T01:05:07.000Z'],
    ['2026.03.02 09:05', '2026-03-02T01:05:00.000Z'],
    ['2026年3月2日 9时5分', '2026-03-02T01:05:00.000Z'],
    ['2026年3月2日 下午3:05', '2026-03-02T07:05:00.000Z'],
    ['2026/3/2 上午12:30', '2026-03-01T16:30:00.000Z'],
    ['2026-03-02', '2026-03-01T16:00:00.000Z'],
    ['2020-03-03 13:05:57 UTC', '2020-03-03T13:05:57.000Z'],
    ['2026-03-02 09:15:04 +0200', '2026-03-02T07:15:04.000Z'],
    ['2026-03-02T09:15:04.5', '2026-03-02T01:15:04.500Z'],
    ['1627063369', '2021-07-23T18:02:49.000Z'],
    ['1627063369123', '2021-07-23T18:02:49.123Z'],
    [1627063369, '2021-07-23T18:02:49.000Z'],
    [1627063369123, '2021-07-23T18:02:49.123Z'],
    [new Date('2026-01-01T00:00:00Z'), '2026-01-01T00:00:00.000Z'],
  ])('%s is an instant', (value, at) => {
    expect(read(value)).toBe(at);
  });

  it('a date that does not begin with its year is read only in an order that somebody named', () => {
    expect(read('02.03.2026 09:15')).toMatch(/^refused: .*dates: dmy/);
    expect(read('02.03.2026 09:15', 'dmy', 'Europe/Berlin')).toBe('2026-03-02T08:15:00.000Z');
    expect(read('3/2/2026 9:15 PM', 'mdy', 'America/New_York')).toBe('2026-03-03T02:15:00.000Z');
    expect(read('3/2/26 12:00 am', 'mdy', 'UTC')).toBe('2026-03-02T00:00:00.000Z');
  });

  it('takes the first of two hours when the clocks go back, and the later when they skip one', () => {
    expect(read('2026-10-25 02:30', null, 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-03-29 02:30', null, 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  });

  it.each([
    '',
    'yesterday',
    '2026-02-30',
    '2026-13-01 00:00',
    '2026-03-02 25:00',
    '2026-03-02 10:61',
    null,
    undefined,
    true,
    -5,
    '2026-03-02 10:00 Mars',
  ])('%s is refused, and not repeated', (value) => {
    const said = read(value);
    expect(said).toMatch(/^refused: /);
    if (typeof value === 'string' && value.length > 3) expect(said).not.toContain(value);
  });
});
