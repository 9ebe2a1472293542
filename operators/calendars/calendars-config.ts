/** `calendars`: when people work, for clocks and quiet hours. */
import { at } from '../../engine/core/must.ts';
import type { JsonObject } from '../../engine/core/types.ts';
import { choice, object, text, titles } from '../config/config-schema-forms.ts';
import { reportRepeatedIds, type Checks, type ConfigPart, type Report } from '../config/config-part.ts';
import type { Section, Titles } from '../config/config-values.ts';
import { zoneOffset } from '../shared/zone-offset.ts';
import { WEEKDAYS, dayOfDate, type Weekday } from './calendar-dates.ts';
import { readDay, readDays, type Days } from './date-ranges.ts';
import { hoursText, readHours, readWeekdays, type Hours } from './day-hours.ts';

export interface CalendarConfig {
  readonly id: string;
  readonly title: Titles;
  /** IANA name. */
  readonly zone: string;
  /** Of the seven days, Monday first. */
  readonly week: readonly (readonly Hours[])[];
  /** Whose public holidays: `CN` with its make-up days, `DE-BY`. The first that knows a day as special decides. */
  readonly countries: readonly string[];
  /** Own holidays. */
  readonly holidayDates: readonly Days[];
  readonly closed: readonly Days[];
  /** By date. */
  readonly open: Readonly<Record<string, readonly Hours[]>>;
  /** Whose hours a make-up working day has. */
  readonly makeup: Weekday;
  /** Up to this day, that one included, own dates say what the package does not know; null: they do not. */
  readonly holidaysUntil: number | null;
}

/** Longer without an open hour, and a target would never be reached. */
const LONGEST_CLOSED_DAYS = 400;
const MOST_DATES = 2000;

const hours: JsonObject = {
  type: ['array', 'string'],
  description: 'from-to, such as "09:00-12:00"; "22:00-06:00" goes on into the next day',
  items: { type: 'string' },
  maxItems: 24,
};
const dates = (description: string): JsonObject => ({
  type: 'array',
  description,
  default: [],
  items: { type: 'string' },
  maxItems: MOST_DATES,
});

const calendar = object(
  'one calendar',
  {
    id: { $ref: '#/$defs/id', description: 'what clocks and hooks name' },
    title: titles('what people read; the id unless given'),
    zone: text('IANA zone; that of `time` unless given'),
    week: {
      type: 'object',
      description: 'hours by day: `mon`, `mon-fri`, `sat,sun` or `daily`; a day that is not named is free',
      minProperties: 1,
      maxProperties: 7,
      additionalProperties: hours,
    },
    holidays: {
      type: ['array', 'string'],
      description:
        'public holidays, free: `CN` (with its make-up working days, 调休), another country (`DE`, `US-CA`), dates, or a list of these',
      default: [],
      items: { type: 'string' },
      maxItems: MOST_DATES,
    },
    holidays_until: text('the last day that own dates cover, where the package does not know the year yet'),
    closed: dates('further days without hours: `2026-12-31`, `2027-02-05..2027-02-11`'),
    makeup: choice('the day whose hours a make-up working day has', 'mon', WEEKDAYS),
    open: {
      type: 'object',
      description:
        'hours of single days, before everything else: {2026-12-26: ["10:00-16:00"]}, or a day of the week whose hours it has',
      default: {},
      maxProperties: MOST_DATES,
      additionalProperties: hours,
    },
  },
  ['id', 'week'],
);

export const CALENDARS_PART: ConfigPart<readonly CalendarConfig[]> = {
  fields: {
    calendars: {
      type: ['array', 'null'],
      description: 'when people work',
      default: [],
      items: calendar,
      maxItems: 100,
    },
  },
  read(root, checks) {
    const sections = root.sections('calendars');
    reportRepeatedIds(sections, 'calendars', checks.report);
    const zone = root.section('time').text('zone', 'Asia/Shanghai');
    return sections.map((section) => readCalendar(section, zone, checks));
  },
};

function readCalendar(section: Section, engineZone: string, checks: Checks): CalendarConfig {
  const { report } = checks;
  const id = section.text('id', '');
  const zone = section.text('zone', engineZone);
  if (section.has('zone') && zoneOffset(zone) === undefined)
    report(section.path('zone'), `"${zone}" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC`);
  const week = readWeek(section.section('week'), report);
  const makeup = section.choice('makeup', WEEKDAYS, 'mon');
  const { countries, holidayDates } = readHolidays(section, checks);
  const closed = readDays(section, 'closed', report);
  reportLongClosing(section, closed, report);
  if (countries.includes('CN') && week.some((day) => day.length > 0) && hoursOn(week, makeup).length === 0) {
    report(
      section.path(section.has('makeup') ? 'makeup' : 'week'),
      `make-up working days (调休) would be free, as they have the hours of ${makeup}, which has none: expected \`makeup\` to name a day with hours`,
    );
  }
  return {
    id,
    title: section.titles('title', id),
    zone,
    week,
    countries,
    holidayDates,
    closed,
    open: readOpen(section.section('open'), week, report),
    makeup,
    holidaysUntil: readDay(section, 'holidays_until', report),
  };
}

const hoursOn = (week: CalendarConfig['week'], day: Weekday): readonly Hours[] => at(week, WEEKDAYS.indexOf(day));

function readWeek(section: Section, report: Report): CalendarConfig['week'] {
  const week = WEEKDAYS.map((): readonly Hours[] => []);
  const named = new Map<Weekday, string>();
  for (const key of section.names()) {
    const days = readWeekdays(key);
    if (days === undefined) {
      report(section.path(key), `"${key}" names no days: expected e.g. mon, mon-fri, sat,sun or daily`);
      continue;
    }
    const ofDays = readHoursList(section, key, report);
    for (const day of days) {
      const before = named.get(day);
      if (before !== undefined)
        report(
          section.path(key),
          `${day} is named twice, by "${before}" and "${key}": all its hours stand in one list`,
        );
      named.set(day, key);
      week[WEEKDAYS.indexOf(day)] = ofDays;
    }
  }
  // Hours that cannot be read are named where they stand.
  const isEmpty = section.names().every((key) => Array.isArray(section.raw(key)) && section.list(key).length === 0);
  if (section.names().length > 0 && isEmpty)
    report(section.at, 'no day of the week has hours: expected at least one, e.g. mon-fri: ["09:00-18:00"]');
  return week;
}

function readHoursList(section: Section, key: string, report: Report): readonly Hours[] {
  const raw = section.raw(key);
  const written = Array.isArray(raw) ? (raw as readonly unknown[]) : [raw];
  return written.flatMap((one, i) => {
    const read = readHours(one);
    if (typeof read !== 'string') return [read];
    report(Array.isArray(raw) ? section.path(key, i) : section.path(key), read);
    return [];
  });
}

function readOpen(section: Section, week: CalendarConfig['week'], report: Report): CalendarConfig['open'] {
  const open: Record<string, readonly Hours[]> = {};
  for (const date of section.names()) {
    if (dayOfDate(date) === undefined) {
      report(section.path(date), `"${date}" is no date: expected e.g. 2026-12-26`);
      continue;
    }
    const day = WEEKDAYS.find((name) => name === section.raw(date));
    open[date] = day === undefined ? readHoursList(section, date, report) : hoursOn(week, day);
  }
  return open;
}

function readHolidays(
  section: Section,
  { report, holidays }: Checks,
): Pick<CalendarConfig, 'countries' | 'holidayDates'> {
  const raw = section.raw('holidays');
  const isList = Array.isArray(raw);
  const written = isList ? section.strings('holidays') : typeof raw === 'string' ? [raw] : [];
  const countries: string[] = [];
  const holidayDates: Days[] = [];
  written.forEach((one, i) => {
    const path = isList ? section.path('holidays', i) : section.path('holidays');
    if (/^\d/.test(one)) {
      const days = readDays(section, 'holidays', report, i);
      holidayDates.push(...days);
      return;
    }
    const found = holidays(one);
    if ('fault' in found) report(path, found.fault);
    else countries.push(one);
  });
  return { countries, holidayDates };
}

function reportLongClosing(section: Section, closed: readonly Days[], report: Report): void {
  let run: Days | undefined;
  for (const days of [...closed].sort((a, b) => a.from - b.from)) {
    run = run !== undefined && days.from <= run.to + 1 ? { from: run.from, to: Math.max(run.to, days.to) } : days;
    if (run.to - run.from < LONGEST_CLOSED_DAYS) continue;
    report(
      section.path('closed'),
      `more than ${LONGEST_CLOSED_DAYS} days in a row are closed: targets would never fall due`,
    );
    return;
  }
}

/** Things that are allowed and rarely meant, in words for whoever checks the configuration. */
export function calendarNotes({ id, week }: CalendarConfig): readonly string[] {
  const untilLastMinute = week.flat().filter(({ to }) => to % 86_400_000 === 86_340_000);
  const overlapping = week.flatMap((day) => overlapsOf(day));
  return [
    ...untilLastMinute
      .slice(0, 1)
      .map(
        (one) => `calendar ${id}: "${hoursText(one)}" leaves out the last minute of the day; its end is written 24:00`,
      ),
    ...overlapping.slice(0, 1).map((pair) => `calendar ${id}: ${pair} overlap, and count once`),
  ];
}

function overlapsOf(day: readonly Hours[]): readonly string[] {
  const sorted = [...day].sort((a, b) => a.from - b.from);
  return sorted.flatMap((one, i) => {
    const next = sorted[i + 1];
    return next !== undefined && next.from < one.to ? [`"${hoursText(one)}" and "${hoursText(next)}"`] : [];
  });
}
