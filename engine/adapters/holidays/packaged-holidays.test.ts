import { describe, expect, it } from 'vitest';
import { packagedHolidays } from './packaged-holidays.ts';

const lookup = packagedHolidays();
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const date = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

function known(country: string): Exclude<ReturnType<typeof lookup>, { fault: string }> {
  const found = lookup(country);
  if ('fault' in found) throw new Error(found.fault);
  return found;
}
const datesOf = (days: ReadonlyMap<number, string> | undefined): readonly string[] =>
  [...(days?.keys() ?? [])].sort().map(date);
const range = (from: string, to: string): readonly string[] =>
  Array.from({ length: day(to) - day(from) + 1 }, (_, i) => date(day(from) + i));

/** As the State Council announced them. */
const ANNOUNCED: readonly (readonly [number, readonly (readonly [string, string])[], readonly string[]])[] = [
  [
    2024,
    [
      ['01-01', '01-01'],
      ['02-10', '02-17'],
      ['04-04', '04-06'],
      ['05-01', '05-05'],
      ['06-10', '06-10'],
      ['09-15', '09-17'],
      ['10-01', '10-07'],
    ],
    ['02-04', '02-18', '04-07', '04-28', '05-11', '09-14', '09-29', '10-12'],
  ],
  [
    2025,
    [
      ['01-01', '01-01'],
      ['01-28', '02-04'],
      ['04-04', '04-06'],
      ['05-01', '05-05'],
      ['05-31', '06-02'],
      ['10-01', '10-08'],
    ],
    ['01-26', '02-08', '04-27', '09-28', '10-11'],
  ],
  [
    2026,
    [
      ['01-01', '01-03'],
      ['02-15', '02-23'],
      ['04-04', '04-06'],
      ['05-01', '05-05'],
      ['06-19', '06-21'],
      ['09-25', '09-27'],
      ['10-01', '10-07'],
    ],
    ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10'],
  ],
];

describe('holidays of China', () => {
  it.each(ANNOUNCED)('of %d are those that were announced, with the make-up working days', (year, off, makeUp) => {
    const found = known('CN').year(year);
    expect(datesOf(found?.off)).toEqual(off.flatMap(([from, to]) => range(`${year}-${from}`, `${year}-${to}`)));
    expect(datesOf(found?.makeUp)).toEqual(makeUp.map((monthDay) => `${year}-${monthDay}`));
  });

  it('have names in both languages', () => {
    expect(known('CN').year(2026)?.makeUp.get(day('2026-02-14'))).toBe('春节 Spring Festival');
  });

  it('end with the last year that was announced, and say so', () => {
    const { lastYear, year } = known('CN');
    expect(lastYear).toBeGreaterThanOrEqual(2026);
    expect(year(Number(lastYear))?.off.size).toBeGreaterThan(20);
    expect(year(Number(lastYear) + 1)).toBeNull();
  });
});

describe('holidays by rule', () => {
  it('of Bavaria include its own, and nothing that is merely observed', () => {
    const off = datesOf(known('DE-BY').year(2026)?.off);
    expect(off).toEqual(expect.arrayContaining(['2026-01-06', '2026-04-03', '2026-05-25', '2026-11-01', '2026-12-26']));
    expect(off).not.toContain('2026-02-12');
    expect(off).not.toContain('2026-12-24');
  });

  it('of the United States include substitute days', () => {
    expect(datesOf(known('US').year(2026)?.off)).toEqual(expect.arrayContaining(['2026-07-03', '2026-11-26']));
  });

  it('of several days hold each of them', () => {
    const off = datesOf(known('SA').year(2026)?.off);
    expect(off).toEqual(expect.arrayContaining([...range('2026-03-19', '2026-03-22')]));
    expect(off).not.toContain('2026-03-23');
  });

  it.each([
    ['Germany', 'there is no country "Germany"'],
    ['de', 'there is no country "de"; did you mean DE?'],
    ['DE-XX', 'DE has no region "XX"'],
    ['CN-BJ', '"CN-BJ" is not known by region: expected CN'],
    ['', 'there is no country ""'],
  ])('%s is refused', (country, fault) => {
    expect(lookup(country)).toEqual({ fault: expect.stringContaining(fault) as string });
  });
});
