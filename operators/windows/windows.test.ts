import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../engine/core/errors.ts';
import { calendarOf, DAY_MS, mondayOf, monthOf } from './zone-days.ts';
import { touching } from './sessions.ts';
import { cumulativeWindows, epochWindows, slicedWindows, type SlicedWindows } from './windows.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

/** All windows of a list that hold `ts`, by looking. */
function holding(size: number, slide: number, offset: number, ts: number): { start: number; end: number }[] {
  const windows = [];
  for (let k = Math.floor((ts - size - Math.abs(offset)) / slide) - 1; k * slide + offset <= ts; k++) {
    const start = k * slide + offset;
    if (start <= ts && ts < start + size) windows.push({ start, end: start + size });
  }
  return windows;
}
/** The same through the interface: from the first end above `ts` to the last end that holds it. */
function assigned(windows: SlicedWindows, ts: number): { start: number; end: number }[] {
  const found = [];
  for (let end = windows.endAfter(ts); end <= windows.lastEnd(ts); end = windows.endAfter(end)) {
    found.push({ start: windows.startOf(end), end });
  }
  return found;
}

const ZONES = [
  'Asia/Shanghai',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
] as const;
/** When clocks were changed in one of them. */
const CHANGES = [
  '2026-03-08T12:00Z',
  '2026-11-01T12:00Z',
  '2026-03-29T12:00Z',
  '2026-10-25T12:00Z',
  '2026-04-04T12:00Z',
  '2018-11-04T12:00Z',
  '2006-10-29T12:00Z',
  '1986-01-01T00:00Z',
  '2011-12-30T12:00Z',
] as const;

/** Dates as the runtime's calendar has them; days are numbered as if each date were one of UTC. */
function datesOf(zone: string): { dateOf: (ts: number) => string; dayOf: (ts: number) => number } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dateOf = (ts: number): string => format.format(ts);
  // A date that comes again for an hour, after the clocks went back over midnight, is over once the next one began.
  const dayOf = (ts: number): number => {
    const last = at(`${dateOf(ts)}T00:00Z`) / DAY_MS;
    return midnightOf(zone, last + 1) <= ts ? last + 1 : last;
  };
  return { dateOf, dayOf };
}
const midnights = new Map<string, number>();
/** The first instant of that date or a later one, found by looking at each minute. */
function midnightOf(zone: string, day: number): number {
  const id = `${zone} ${day}`;
  const known = midnights.get(id);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const { dateOf } = datesOf(zone);
  let ts = (day - 1) * DAY_MS;
  while (dateOf(ts) < date) ts += HOUR;
  for (ts -= 3 * HOUR; dateOf(ts) < date;) ts += 60_000;
  midnights.set(id, ts);
  return ts;
}

/** The ends of a day's steps: every so long from its midnight on, and its own end. */
function stepsOf(zone: string, day: number, step: number): number[] {
  const edges = [];
  const [start, end] = [midnightOf(zone, day), midnightOf(zone, day + 1)];
  for (let edge = start + step; edge < end; edge += step) edges.push(edge);
  return end > start ? [...edges, end] : [];
}

describe('windows that step from the epoch', () => {
  it('hold exactly the windows that a search finds: indivisible slides, offsets, negative times (case 22: Bytewax)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: -500, max: 500 }),
        (slide, more, offset, ts) => {
          const windows = epochWindows(slide + more, slide, offset);
          expect(assigned(windows, ts)).toEqual(holding(slide + more, slide, offset, ts));
        },
      ),
    );
  });

  it('are made of whole slices, at most two a slide', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: -500, max: 500 }),
        (slide, more, offset, ts) => {
          const windows = epochWindows(slide + more, slide, offset);
          const start = windows.sliceOf(ts);
          const end = windows.sliceEnd(start);
          expect(start <= ts && ts < end).toBe(true);
          expect(windows.sliceOf(end)).toBe(end);
          // No window edge within a slice.
          for (let inside = start; inside < end; inside++) {
            expect(assigned(windows, inside)).toEqual(assigned(windows, start));
          }
          let slices = 0;
          for (let edge = start; edge < start + slide; edge = windows.sliceEnd(edge)) slices += 1;
          expect(slices).toBeLessThanOrEqual(2);
          expect(windows.endAtOrBefore(ts)).toBeLessThanOrEqual(ts);
          expect(windows.endAfter(windows.endAtOrBefore(ts))).toBe(windows.endAfter(ts));
        },
      ),
    );
  });

  it('are half-open: an event at the end of one is in the next', () => {
    const windows = slicedWindows({ kind: 'tumbling', sizeMs: 1000 }, 'Asia/Shanghai');
    expect(assigned(windows, 999)).toEqual([{ start: 0, end: 1000 }]);
    expect(assigned(windows, 1000)).toEqual([{ start: 1000, end: 2000 }]);
    expect(assigned(windows, -1)).toEqual([{ start: -1000, end: 0 }]);
  });

  it('share slices when they step alike, and only then', () => {
    const slices = (sizeMs: number, slideMs: number): string =>
      slicedWindows({ kind: 'sliding', sizeMs, slideMs }, 'UTC').slices;
    expect(slices(3_600_000, 60_000)).toBe(slices(60_000, 60_000));
    expect(slices(3_600_000, 60_000)).not.toBe(slices(3_600_000, 30_000));
    expect(slices(90_000, 60_000)).not.toBe(slices(120_000, 60_000));
  });
});

describe('calendars', () => {
  it.each([
    ['Asia/Shanghai', '2026-03-02T00:00:00+08:00', '2026-03-03T00:00:00+08:00'],
    // Clocks go forward: 23 hours. Clocks go back: 25.
    ['America/New_York', '2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00'],
    ['America/New_York', '2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00'],
    ['Europe/Berlin', '2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00'],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-04-05T00:00:00+11:00', '2026-04-06T00:00:00+10:30'],
    // Midnight itself is skipped: the day begins at one o'clock.
    ['America/Sao_Paulo', '2018-11-04T01:00:00-02:00', '2018-11-05T00:00:00-02:00'],
    ['Asia/Beirut', '2022-03-27T01:00:00+03:00', '2022-03-28T00:00:00+03:00'],
    // The clocks go back over midnight, from 0:01 to 23:01: the day begins at the first of its two midnights.
    ['America/St_Johns', '2006-10-28T00:00:00-02:30', '2006-10-29T00:00:00-02:30'],
    ['America/St_Johns', '2006-10-29T00:00:00-02:30', '2006-10-30T00:00:00-03:30'],
    ['Europe/Berlin', '2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00'],
    ['Australia/Lord_Howe', '2026-10-04T00:00:00+10:30', '2026-10-05T00:00:00+11:00'],
    // Half an hour off the others, and a quarter.
    ['Asia/Kolkata', '1969-12-31T00:00:00+05:30', '1970-01-01T00:00:00+05:30'],
    ['Asia/Kathmandu', '2026-03-02T00:00:00+05:45', '2026-03-03T00:00:00+05:45'],
    ['Asia/Kathmandu', '1985-12-31T00:00:00+05:30', '1986-01-01T00:15:00+05:45'],
    // The day between these two, the 30th, Apia did not have.
    ['Pacific/Apia', '2011-12-29T00:00:00-10:00', '2011-12-30T00:00:00-10:00'],
    ['Pacific/Apia', '2011-12-31T00:00:00+14:00', '2012-01-01T00:00:00+14:00'],
  ])('a day in %s from %s to %s', (zone, start, end) => {
    const windows = slicedWindows({ kind: 'tumbling', sizeMs: DAY_MS }, zone);
    for (const ts of [at(start), at(start) + 1, at(end) - 1]) {
      expect(assigned(windows, ts)).toEqual([{ start: at(start), end: at(end) }]);
    }
    expect(windows.startOf(windows.endAfter(at(end)))).toBe(at(end));
  });

  it('days follow each other without gap or overlap, in any zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: -3e11, max: 2e12 }), (zone, ts) => {
        const calendar = calendarOf(zone);
        const day = calendar.dayOf(ts);
        expect(calendar.startOfDay(day)).toBeLessThanOrEqual(ts);
        expect(calendar.startOfDay(day + 1)).toBeGreaterThan(ts);
      }),
      { numRuns: 300 },
    );
  });

  it.each([...ZONES])('%s: windows of days are those that a search over its dates finds', (zone) => {
    const { dayOf } = datesOf(zone);
    const day = fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -40, max: 40 }))
      .map(([near, away]) => Math.floor(at(near) / DAY_MS) + away);
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: DAY_MS - 1 }),
        fc.constantFrom<[number, number]>([1, 1], [2, 1], [7, 1], [7, 7], [14, 7], [3, 3], [5, 3], [30, 2]),
        (number, within, [size, slide]) => {
          const ts = number * DAY_MS + within;
          const config = { sizeMs: size * DAY_MS, slideMs: slide * DAY_MS };
          const windows = slicedWindows({ kind: 'sliding', ...config }, zone);
          const phase = slide % 7 === 0 ? mondayOf(0) : 0;
          const own = dayOf(ts);
          // By end: of those that end at the same instant the longest.
          const expected = new Map<number, { start: number; end: number }>();
          for (let first = own; first > own - size; first--) {
            if ((first - phase) % slide !== 0) continue;
            const end = midnightOf(zone, first + size);
            expected.set(end, { start: midnightOf(zone, first), end });
          }
          expect(assigned(windows, ts)).toEqual([...expected.values()].sort((a, b) => a.end - b.end));
          const slice = windows.sliceOf(ts);
          const sliceEnd = windows.sliceEnd(slice);
          expect(slice <= ts && ts < sliceEnd && windows.sliceOf(sliceEnd - 1) === slice).toBe(true);
          expect(windows.sliceOf(sliceEnd)).toBe(sliceEnd);
          expect(windows.endAfter(windows.endAtOrBefore(ts))).toBe(windows.endAfter(ts));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([...ZONES])(
    '%s: windows of days that slide within the day are those that a search over its days finds',
    (zone) => {
      const { dayOf } = datesOf(zone);
      fc.assert(
        fc.property(
          fc.constantFrom(...CHANGES),
          fc.integer({ min: -10 * DAY_MS, max: 10 * DAY_MS }),
          fc.integer({ min: 1, max: 8 }),
          fc.constantFrom(HOUR / 2, HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR),
          (near, away, size, slide) => {
            const ts = at(near) + away;
            const windows = slicedWindows(
              { kind: 'sliding', sizeMs: size * DAY_MS, slideMs: slide, fromMidnight: true },
              zone,
            );
            const expected = [];
            for (let day = dayOf(ts); day <= dayOf(ts) + size + 1; day++) {
              for (const end of stepsOf(zone, day, slide)) {
                const first = midnightOf(zone, day - size);
                const until = midnightOf(zone, day - size + 1);
                const start =
                  end === midnightOf(zone, day + 1) ? until : Math.min(first + end - midnightOf(zone, day), until);
                if (start <= ts && ts < end) expected.push({ start, end });
              }
            }
            expect(assigned(windows, ts)).toEqual(expected);
            const slice = windows.sliceOf(ts);
            const sliceEnd = windows.sliceEnd(slice);
            expect(slice <= ts && ts < sliceEnd && windows.sliceOf(sliceEnd - 1) === slice).toBe(true);
            expect(windows.sliceOf(sliceEnd)).toBe(sliceEnd);
            expect(windows.endAfter(windows.endAtOrBefore(ts))).toBe(windows.endAfter(ts));
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it('a day that slides by six hours ends at midnight, and six, twelve and eighteen hours after it', () => {
    const windows = (zone: string): SlicedWindows =>
      slicedWindows({ kind: 'sliding', sizeMs: DAY_MS, slideMs: 6 * HOUR, fromMidnight: true }, zone);
    expect(assigned(windows('Asia/Shanghai'), at('2026-03-02T13:00:00+08:00'))).toEqual([
      { start: at('2026-03-01T18:00:00+08:00'), end: at('2026-03-02T18:00:00+08:00') },
      { start: at('2026-03-02T00:00:00+08:00'), end: at('2026-03-03T00:00:00+08:00') },
      { start: at('2026-03-02T06:00:00+08:00'), end: at('2026-03-03T06:00:00+08:00') },
      { start: at('2026-03-02T12:00:00+08:00'), end: at('2026-03-03T12:00:00+08:00') },
    ]);
    // 25 hours: the last step is of one.
    const berlin = windows('Europe/Berlin');
    expect(berlin.startOf(at('2026-10-25T23:00:00+01:00'))).toBe(at('2026-10-25T00:00:00+02:00'));
    expect(berlin.startOf(at('2026-10-26T00:00:00+01:00'))).toBe(at('2026-10-25T00:00:00+02:00'));
    expect(berlin.startOf(at('2026-10-26T06:00:00+01:00'))).toBe(at('2026-10-25T00:00:00+02:00') + 6 * HOUR);
  });

  it.each([...ZONES])('%s: day, week and month to date, whatever `every` divides', (zone) => {
    const { dayOf, dateOf } = datesOf(zone);
    fc.assert(
      fc.property(
        fc.constantFrom(...CHANGES),
        fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS }),
        fc.constantFrom('day', 'week', 'month'),
        fc.constantFrom(7 * 60_000, 5 * HOUR, 7 * HOUR, 23 * HOUR, DAY_MS, 2 * DAY_MS, 4 * DAY_MS),
        (near, away, period, every) => {
          const ts = at(near) + away;
          let first = dayOf(ts);
          let next = first + 1;
          if (period === 'week') next = (first = mondayOf(first)) + 7;
          if (period === 'month') {
            while (!dateOf(midnightOf(zone, first)).endsWith('-01')) first--;
            while (!dateOf(midnightOf(zone, next)).endsWith('-01')) next++;
          }
          const [start, end] = [midnightOf(zone, first), midnightOf(zone, next)];
          const ends = new Set<number>();
          if (every % DAY_MS === 0) {
            for (let day = first; midnightOf(zone, day) < end;) {
              day = Math.min(day + every / DAY_MS, next);
              if (midnightOf(zone, day) > ts) ends.add(midnightOf(zone, day));
            }
          } else {
            for (let day = first; day < next; day++)
              stepsOf(zone, day, every).forEach((edge) => edge > ts && ends.add(edge));
          }
          const windows = cumulativeWindows(period, every, calendarOf(zone));
          expect(assigned(windows, ts)).toEqual([...ends].map((edge) => ({ start, end: edge })));
          const slice = windows.sliceOf(ts);
          expect(slice <= ts && ts < windows.sliceEnd(slice)).toBe(true);
          expect(windows.sliceOf(windows.sliceEnd(slice))).toBe(windows.sliceEnd(slice));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('weeks begin on Monday', () => {
    const windows = slicedWindows({ kind: 'tumbling', sizeMs: 7 * DAY_MS }, 'Asia/Shanghai');
    // 2026-03-02 is a Monday.
    const week = { start: at('2026-03-02T00:00:00+08:00'), end: at('2026-03-09T00:00:00+08:00') };
    expect(assigned(windows, at('2026-03-08T23:59:59.999+08:00'))).toEqual([week]);
    expect(assigned(windows, at('2026-03-02T00:00:00+08:00'))).toEqual([week]);
    expect(mondayOf(-1)).toBe(-3);
  });

  it('months are those of the calendar', () => {
    const feb = Date.UTC(2028, 1, 29) / DAY_MS;
    expect(monthOf(feb)).toEqual({ first: Date.UTC(2028, 1, 1) / DAY_MS, next: Date.UTC(2028, 2, 1) / DAY_MS });
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (day) => {
        const date = new Date(day * DAY_MS);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        expect(monthOf(day)).toEqual({
          first: utcDay(year, month),
          next: utcDay(year, month + 1),
        });
      }),
    );
  });

  it('seven days to yesterday, stepping by day, are seven local days', () => {
    const windows = slicedWindows({ kind: 'sliding', sizeMs: 7 * DAY_MS, slideMs: DAY_MS }, 'America/New_York');
    const end = at('2026-03-10T00:00:00-04:00');
    expect(windows.startOf(end)).toBe(at('2026-03-03T00:00:00-05:00'));
    expect(assigned(windows, end - 1)).toHaveLength(7);
  });
});

/** Years below 100 are not what Date.UTC takes them for. */
function utcDay(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / DAY_MS;
}

describe('to date', () => {
  it('grows from midnight, step by step, and ends with the day', () => {
    const windows = cumulativeWindows('day', 5 * HOUR, calendarOf('Asia/Shanghai'));
    const start = at('2026-03-02T00:00:00+08:00');
    expect(assigned(windows, start + 6 * HOUR)).toEqual(
      [10, 15, 20, 24].map((hours) => ({ start, end: start + hours * HOUR })),
    );
    expect(windows.endAfter(start + 24 * HOUR)).toBe(start + 29 * HOUR);
  });
  it('follows the clocks: a short day, a month by local midnights', () => {
    const day = cumulativeWindows('day', 12 * HOUR, calendarOf('America/New_York'));
    const start = at('2026-03-08T00:00:00-05:00');
    expect(assigned(day, start)).toEqual([12, 23].map((hours) => ({ start, end: start + hours * HOUR })));
    const month = cumulativeWindows('month', DAY_MS, calendarOf('America/New_York'));
    const first = at('2026-03-01T00:00:00-05:00');
    expect(month.endAfter(at('2026-03-20T12:00:00-04:00'))).toBe(at('2026-03-21T00:00:00-04:00'));
    expect(month.startOf(at('2026-03-21T00:00:00-04:00'))).toBe(first);
    expect(month.lastEnd(first)).toBe(at('2026-04-01T00:00:00-04:00'));
  });
  it('a month whose clocks were changed still tells a value at each midnight', () => {
    const month = cumulativeWindows('month', 6 * HOUR, calendarOf('America/New_York'));
    expect(month.endAfter(at('2026-03-20T19:00:00-04:00'))).toBe(at('2026-03-21T00:00:00-04:00'));
    expect(month.endAfter(at('2026-03-07T19:00:00-05:00'))).toBe(at('2026-03-08T00:00:00-05:00'));
  });
  it('refuses an update interval that is more than a day and not whole days', () => {
    expect(() => cumulativeWindows('week', 25 * HOUR, calendarOf('UTC'))).toThrow(EngineError);
  });
});

describe('sessions', () => {
  const sessions = [
    { start: 0, end: 10 },
    { start: 20, end: 30 },
    { start: 40, end: 50 },
  ];
  it.each([
    [12, 18, 1, 1],
    [5, 15, 0, 1],
    // Ends that touch merge, on either side.
    [10, 15, 0, 1],
    [15, 20, 1, 2],
    [10, 20, 0, 2],
    [9, 41, 0, 3],
    [60, 70, 3, 3],
    [-20, -5, 0, 0],
  ])('[%d, %d) merges with those from %d to %d', (start, end, from, to) => {
    expect(touching(sessions, { start, end })).toEqual({ from, to });
  });
});

describe('what is refused', () => {
  it.each([
    [{ kind: 'sliding', sizeMs: 1000, slideMs: 2000 }, 'longer than the size'],
    [{ kind: 'tumbling', sizeMs: 0 }, 'not a positive number'],
    [{ kind: 'tumbling', sizeMs: 1.5 }, 'not a positive number'],
    [{ kind: 'tumbling', sizeMs: 36 * HOUR }, 'whole days'],
    [{ kind: 'cumulative', period: 'day', everyMs: 0 }, 'not a positive number'],
  ] as const)('%j', (config, reason) => {
    expect(() => slicedWindows(config, 'UTC')).toThrow(reason);
  });
  it('a zone that is not known', () => {
    const make = (): unknown => slicedWindows({ kind: 'tumbling', sizeMs: DAY_MS }, 'Mars/Olympus');
    expect(make).toThrow(EngineError);
    expect(make).toThrow('Mars/Olympus');
  });
});
