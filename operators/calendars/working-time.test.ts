/** Working time against an oracle that looks at every minute, and by its laws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, dateOfDay, dayOfDate, weekdayOfDay, WEEKDAYS } from './calendar-dates.ts';
import { LOOKUP, readCalendar } from './testing/read-calendar.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const YEAR = 366 * DAY_MS;

/** Zones with the instants around which their clocks are changed, or a day is left out. */
const ZONES: readonly (readonly [string, readonly string[]])[] = [
  ['Asia/Shanghai', ['2026-02-14T00:00:00Z', '2026-10-01T00:00:00Z', '1991-09-14T17:00:00Z']],
  ['Europe/Berlin', ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z']],
  ['America/New_York', ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z']],
  ['Australia/Lord_Howe', ['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z']],
  ['Asia/Kolkata', ['2026-05-01T00:00:00Z']],
  ['Pacific/Chatham', ['2026-04-04T14:00:00Z', '2026-09-26T14:00:00Z']],
  ['America/St_Johns', ['2006-10-29T02:31:00Z', '2007-03-11T03:31:00Z']],
  ['Pacific/Apia', ['2011-12-30T10:00:00Z']],
  ['Africa/Casablanca', ['2026-02-15T02:00:00Z', '2026-03-22T02:00:00Z']],
  ['America/Sao_Paulo', ['2018-11-04T03:00:00Z', '2018-02-18T02:00:00Z']],
];

interface Raw {
  readonly zone: string;
  readonly week: Readonly<Record<string, readonly string[]>>;
  readonly closed: readonly string[];
  readonly open: Readonly<Record<string, readonly string[]>>;
  readonly holidays: string | readonly string[];
  readonly makeup: string;
}

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const interval = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${clock(from)}-${clock(to)}`);
const hours = fc.oneof(
  { weight: 4, arbitrary: fc.array(interval, { minLength: 1, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['09:00-12:00', '13:30-18:00'], ['22:00-06:00'], ['00:00-24:00'], ['01:30-02:30']),
  },
);

const scene = fc.constantFrom(...ZONES).chain(([zone, instants]) =>
  fc.constantFrom(...instants.map(Date.parse)).chain((around) => {
    const near = fc.integer({ min: -3, max: 3 }).map((days) => dateOfDay(Math.floor(around / DAY_MS) + days));
    const written = fc.record({
      zone: fc.constant(zone),
      week: fc.dictionary(fc.constantFrom(...WEEKDAYS), hours, { minKeys: 1, maxKeys: 7, noNullPrototype: true }),
      closed: fc.array(near, { maxLength: 1 }),
      open: fc.dictionary(near, hours, { maxKeys: 1, noNullPrototype: true }),
      holidays: fc.oneof(fc.constant('CN'), fc.array(near, { maxLength: 2 })),
    });
    const raw: fc.Arbitrary<Raw> = written.chain((one) =>
      fc.constantFrom(...Object.keys(one.week)).map((makeup) => ({ ...one, makeup })),
    );
    const instant = fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }).map((ms) => around + ms);
    return fc.record({
      raw,
      instants: fc.tuple(instant, instant).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    });
  }),
);

/** By the letter of the rule: an instant works if its local time lies in an interval of its day, or in the tail of the day before. */
function oracle(raw: Raw): (minute: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: raw.zone,
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const china = LOOKUP('CN');
  const hoursOf = (day: number): readonly string[] => {
    const date = dateOfDay(day);
    const ofWeek = (weekday: string | undefined): readonly string[] => raw.week[String(weekday)] ?? [];
    if (raw.open[date] !== undefined) return raw.open[date];
    if (raw.closed.includes(date) || raw.holidays.includes(date)) return [];
    if (raw.holidays === 'CN' && 'year' in china) {
      const year = china.year(Number(date.slice(0, 4)));
      if (year?.off.has(day) === true) return [];
      if (year?.makeUp.has(day) === true) return ofWeek(raw.makeup);
    }
    return ofWeek(WEEKDAYS[weekdayOfDay(day)]);
  };
  const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const day =
      dayOfDate(`${String(parts.get('year'))}-${String(parts.get('month'))}-${String(parts.get('day'))}`) ?? NaN;
    const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
    const inside = (hoursToday: readonly string[], at: number): boolean =>
      hoursToday.some((one) => {
        const [from = NaN, to = NaN] = one.split('-').map(minutesOf);
        return at >= from && at < (to < from ? to + 1440 : to);
      });
    return inside(hoursOf(day), minute) || inside(hoursOf(day - 1), minute + 1440);
  };
}

describe('working time', () => {
  it('is what counting every minute gives, over changed clocks, half-hour zones, lunch breaks, nights and holidays', () => {
    fc.assert(
      fc.property(scene, fc.double({ min: 0, max: 1, noNaN: true }), ({ raw, instants: [from, to] }, share) => {
        const calendar = readCalendar(raw);
        const isOpen = oracle(raw);
        const first = Math.floor(from / MINUTE) * MINUTE;
        let worked = 0;
        const open = new Map<number, boolean>();
        for (let minute = first; minute < to; minute += MINUTE) {
          open.set(minute, isOpen(minute));
          if (open.get(minute) === true) worked += Math.min(minute + MINUTE, to) - Math.max(minute, from);
        }
        expect(calendar.workingMs(from, to)).toBe(worked);
        if (worked === 0) return;
        const target = Math.max(1, Math.floor(worked * share));
        let left = target;
        let due = NaN;
        for (const [minute, isWorked] of open) {
          const length = isWorked ? Math.min(minute + MINUTE, to) - Math.max(minute, from) : 0;
          if (length >= left && Number.isNaN(due) && length > 0) due = Math.max(minute, from) + left;
          left -= length;
        }
        expect(calendar.instantAfter(from, target)).toBe(due);
        expect(calendar.isOpen(from)).toBe(open.get(first));
        const changed = [...open].find(([minute, isWorked]) => minute > from && isWorked !== open.get(first));
        if (changed !== undefined) expect(calendar.nextChange(from)).toBe(changed[0]);
      }),
      { numRuns: 120 },
    );
  });

  const distant = scene.chain(({ raw, instants: [from] }) =>
    fc.record({
      calendar: fc.constant(raw).map(readCalendar),
      from: fc.constant(from),
      spans: fc.tuple(fc.integer({ min: 0, max: 2 * YEAR }), fc.integer({ min: 0, max: 2 * YEAR })),
      targets: fc.tuple(fc.integer({ min: 1, max: 300 * HOUR }), fc.integer({ min: 1, max: 300 * HOUR })),
    }),
  );

  it('adds up, and reaches each target at the earliest instant', () => {
    fc.assert(
      fc.property(distant, ({ calendar, from, spans: [one, two_], targets: [x, y] }) => {
        const [middle, to] = [from + one, from + one + two_];
        expect(calendar.workingMs(from, from)).toBe(0);
        expect(calendar.workingMs(from, to)).toBe(calendar.workingMs(from, middle) + calendar.workingMs(middle, to));
        const due = calendar.instantAfter(from, x) ?? NaN;
        expect(calendar.workingMs(from, due)).toBe(x);
        expect(calendar.workingMs(from, due - 1)).toBe(x - 1);
        expect(calendar.instantAfter(due, y)).toBe(calendar.instantAfter(from, x + y));
        expect(calendar.instantAfter(from, 0)).toBe(from);
        const change = calendar.nextChange(from);
        if (change === null) return;
        expect(calendar.isOpen(change)).toBe(!calendar.isOpen(from));
        const worked = calendar.workingMs(from, change);
        expect(worked).toBe(calendar.isOpen(from) ? change - from : 0);
      }),
      { numRuns: 300 },
    );
  });

  it('of every hour is calendar time, and never changes', () => {
    const always = readCalendar({ zone: 'Europe/Berlin', week: { daily: ['00:00-24:00'] } });
    const from = Date.parse('2026-03-01T12:34:56.789Z');
    expect([
      always.workingMs(from, from + 300 * DAY_MS + 1),
      always.instantAfter(from, 77),
      always.nextChange(from),
    ]).toEqual([300 * DAY_MS + 1, from + 77, null]);
  });

  it('counts nothing backwards', () => {
    const calendar = readCalendar({ zone: 'UTC', week: { daily: ['00:00-24:00'] } });
    expect([calendar.workingMs(5, 4), calendar.instantAfter(5, -3)]).toEqual([0, 5]);
  });

  it('that cannot be reached within 200 years has no instant', () => {
    const calendar = readCalendar({ zone: 'UTC', week: { mon: ['00:00-00:01'] } });
    expect(calendar.instantAfter(0, 366 * 24 * HOUR)).toBeNull();
  });
});
