/**
 * Instants as other systems write them: RFC 3339, Unix seconds or milliseconds, and local dates of a zone in the ways that
 * exports use (2026-03-02 9:15, 2026/3/2 09:15:04, 2026年3月2日 9时15分, 02.03.2026 09:15, 3/2/2026 9:15 PM).
 */
import { parseInstant } from '../../../engine/core/cloud-events.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { zoneOffset, type ZoneOffset } from '../../shared/zone-offset.ts';

/** In which order a date is read that does not begin with its year. */
export const DATE_ORDERS = ['dmy', 'mdy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

export interface TimeReading {
  /** IANA, of times that name none. */
  readonly zone: string;
  /** null: such dates are not read, since nobody can know. */
  readonly dates: DateOrder | null;
}

/** `value`: what an expression gave. A text says what is wrong; it does not repeat the value. */
export type ReadTime = (value: unknown) => Millis | string;

const LONGEST = 64;
const DATE = /^(\d{1,4})([-/.年])(\d{1,2})[-/.月](\d{1,4})日?/;
const CLOCK =
  /^(?:T|\s+|$)(?:(上午|下午|凌晨|中午|晚上)\s*)?(\d{1,2})[:：时](\d{1,2})分?(?:[:：]?(\d{1,2})秒?)?(?:[.,](\d{1,9}))?/i;
const REST = /^\s*(am|pm)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$/i;
const EXPECTED =
  'expected an instant such as 2026-03-02T09:15:04+08:00, Unix seconds, or a local time such as 2026-03-02 09:15';
/** Unix times below are seconds (up to the year 2286), those above milliseconds (from April 1970 on). */
const SECONDS_BELOW = 10_000_000_000;

export function timeReader({ zone, dates }: TimeReading): ReadTime {
  let offset: ZoneOffset | undefined;
  return (value) => {
    if (value instanceof Date) return value.getTime();
    if (typeof value === 'number') return unixTime(value);
    if (typeof value !== 'string') return EXPECTED;
    const text = value.trim();
    if (text.length > LONGEST) return EXPECTED;
    if (/^\d{10}(?:\.\d+)?$|^\d{13}$/.test(text)) return unixTime(Number(text));
    const instant = parseInstant(text);
    if (instant !== null) return instant;
    const written = partsOf(text, dates);
    if (typeof written === 'string') return written;
    if (written.offsetMs !== null) return written.localMs - written.offsetMs;
    offset ??= zoneOffset(zone);
    return offset === undefined ? `the zone "${zone}" is not known` : instantOf(written.localMs, offset);
  };
}

function unixTime(value: number): Millis | string {
  const ms = value < SECONDS_BELOW ? value * 1000 : value;
  return value >= 0 && ms < 8.64e15 ? Math.round(ms) : EXPECTED;
}

/** The first of two where the clocks go back, the later where they skip it. */
function instantOf(local: Millis, offset: ZoneOffset): Millis {
  const before = local - offset(local - 86_400_000);
  const after = local - offset(local + 86_400_000);
  return before === after || before + offset(before) === local
    ? before
    : after + offset(after) === local
      ? after
      : before;
}

interface Written {
  /** As if it were UTC. */
  readonly localMs: Millis;
  readonly offsetMs: Millis | null;
}

function partsOf(text: string, dates: DateOrder | null): Written | string {
  const date = DATE.exec(text);
  if (date === null) return EXPECTED;
  const [all, first = '', mark, second = '', third = ''] = date;
  const day = dayOf(first, second, third, mark === '年' || first.length === 4 ? 'ymd' : dates);
  if (typeof day === 'string') return day;
  const rest = text.slice(all.length);
  if (rest === '') return { localMs: day, offsetMs: null };
  const clock = CLOCK.exec(rest);
  const more = clock === null ? null : REST.exec(rest.slice(clock[0].length));
  if (clock === null || more === null) return EXPECTED;
  const [, half, hours = '', minutes = '', seconds = '0', fraction = '0'] = clock;
  const hour = hourOf(Number(hours), more[1]?.toLowerCase() ?? half ?? ''); // neither a.m. nor p.m.: of 24
  if (hour === null || Number(minutes) > 59 || Number(seconds) > 60) return 'its hours, minutes or seconds are none';
  const ms = hour * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(`0.${fraction}`) * 1000;
  return { localMs: day + Math.floor(ms), offsetMs: offsetOf(more[2]) };
}

function dayOf(first: string, second: string, third: string, order: DateOrder | 'ymd' | null): Millis | string {
  if (order === null)
    return 'a date that does not begin with its year is read where the source says `dates: dmy` or `dates: mdy`';
  const [year, month, day] =
    order === 'ymd' ? [first, second, third] : order === 'dmy' ? [third, second, first] : [third, first, second];
  const [y, m, d] = [year.length === 2 ? 2000 + Number(year) : Number(year), Number(month), Number(day)];
  const at = new Date(Date.UTC(y, m - 1, d));
  const isDay = y >= 1970 && at.getUTCFullYear() === y && at.getUTCMonth() === m - 1 && at.getUTCDate() === d;
  return isDay ? at.getTime() : 'there is no such day';
}

/** null: there is no such hour. */
function hourOf(hour: number, half: string): number | null {
  if (half === '') return hour <= 24 ? hour : null;
  if (half === '下午' || half === '晚上' || half === '中午')
    return hour <= 24 ? (hour < 12 && !(half === '中午' && hour === 11) ? hour + 12 : hour) : null;
  if (half === '上午' || half === '凌晨') return hour <= 12 ? hour % 12 : null;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

/** null: none is written. */
function offsetOf(text: string | undefined): Millis | null {
  if (text === undefined) return null;
  const found = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (found === null) return 0;
  const ms = (Number(found[2]) * 60 + Number(found[3])) * 60_000;
  return found[1] === '-' ? -ms : ms;
}
