/**
 * CloudEvents 1.0 on NATS in binary mode (https://github.com/cloudevents/spec, NATS protocol binding §3.1), and RFC 3339 instants.
 * Header values are percent-encoded: every character outside U+0021–U+007E, and space, `"` and `%`, as UTF-8 in upper-case hex.
 */
import { at, must } from './must.ts';
import type { Millis, Outgoing } from './types.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Version of every public schema; part of `dataschema`. */
export const SCHEMA_VERSION = '1.0.0';

/** What an installation may be called: part of `source`. */
export const INSTALLATION_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** Families of output whose types all share one schema, e.g. every `cx.kpi.*` has `kpi`. */
const SHARED_SCHEMAS: ReadonlySet<string> = new Set('kpi alert enriched dlq late action clock audit'.split(' '));

/** The schema of a type: `kpi` of `cx.kpi.changed`, else the type itself (`cx.feedback.posted`). */
export function schemaNameOf(type: string): string {
  const family = /^cx\.([a-z]+)/.exec(type)?.[1] ?? '';
  return SHARED_SCHEMAS.has(family) ? family : type;
}

export interface MessageOrigin {
  /** `urn:earshot:<installation>`: with the id it is unique over installations and stores. */
  readonly source: string;
  /** Where people reach Earshot, and with it `/schemas/…`; null: nobody said so. */
  readonly publicUrl: string | null;
}

/**
 * Gives the headers of messages out, all of one origin; a message's payload is `data` as JSON. `Nats-Msg-Id` is the sink's.
 * Types are few (they come from code), so whoever sends keeps one of these, which makes their headers once each.
 */
export function binaryHeaders({ source, publicUrl }: MessageOrigin): (message: Outgoing) => Record<string, string> {
  const ceSource = encodeAttribute(source);
  const ofTypes = new Map<string, TypeHeaders>();
  return ({ id, type, time }) => {
    let ofType = ofTypes.get(type);
    if (ofType === undefined) {
      ofType = headersOfType(type, publicUrl);
      if (ofTypes.size < 1000) ofTypes.set(type, ofType);
    }
    return {
      'ce-specversion': '1.0',
      'ce-id': encodeAttribute(id),
      'ce-source': ceSource,
      'ce-type': ofType.type,
      'ce-time': formatInstant(time),
      'ce-dataschema': ofType.schema,
      'ce-datacontenttype': 'application/json',
      'content-type': 'application/json',
    };
  };
}

/**
 * The same messages as events of a batch in the JSON format (`application/cloudevents-batch+json`), each as a JSON text; what
 * is the same for all of a type is written once.
 */
export function structuredEvents({ source, publicUrl }: MessageOrigin): (message: Outgoing) => string {
  const ofTypes = new Map<string, string>();
  return ({ id, type, time, data }) => {
    let same = ofTypes.get(type);
    if (same === undefined) {
      const dataschema = dataSchemaOf(type, publicUrl);
      same = JSON.stringify({ specversion: '1.0', source, type, dataschema, datacontenttype: 'application/json' });
      same = same.slice(0, -1);
      if (ofTypes.size < 1000) ofTypes.set(type, same);
    }
    return `${same},"id":${JSON.stringify(id)},"time":"${formatInstant(time)}","data":${JSON.stringify(data)}}`;
  };
}

interface TypeHeaders {
  readonly type: string;
  readonly schema: string;
}

function headersOfType(type: string, publicUrl: string | null): TypeHeaders {
  return { type: encodeAttribute(type), schema: encodeAttribute(dataSchemaOf(type, publicUrl)) };
}

/** An absolute URI, as CloudEvents asks for: the schema's address, else its name. */
function dataSchemaOf(type: string, publicUrl: string | null): string {
  const name = encodeURIComponent(schemaNameOf(type));
  return publicUrl === null
    ? `urn:earshot:schema:${name}:${SCHEMA_VERSION}`
    : `${publicUrl}/schemas/${name}/${SCHEMA_VERSION}.json`;
}

/**
 * CloudEvents attributes of a message in binary mode, without `ce-`, decoded. Other headers, and names that no attribute
 * may have (only a–z and 0–9), are left out. Never throws: what is not valid percent-encoding stays as it is. The name of the
 * header, where one does not stand for UTF-8: such a message is refused.
 */
export function decodeBinaryHeaders(headers: Readonly<Record<string, string>>): Record<string, string> | string {
  const attributes: Record<string, string> = {};
  for (const header in headers) {
    const name = header.toLowerCase();
    if (!name.startsWith('ce-') || !/^[a-z0-9]+$/.test(name.slice(3))) continue;
    const value = decodeAttribute(must(headers[header]));
    if (value === undefined) return name;
    attributes[name.slice(3)] = value;
  }
  return attributes;
}

const UNSAFE = /[^\u0021-\u007e]|["%]/;

export function encodeAttribute(value: string): string {
  if (!UNSAFE.test(value)) return value;
  let encoded = '';
  for (const byte of encoder.encode(value)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25;
    encoded += plain
      ? String.fromCharCode(byte)
      : byte < 16
        ? `%0${byte.toString(16).toUpperCase()}`
        : `%${byte.toString(16).toUpperCase()}`;
  }
  return encoded;
}

/** Undefined: what is encoded is not UTF-8. */
export function decodeAttribute(header: string): string | undefined {
  // A quoted string is unquoted first (RFC 7230 §3.2.6); a sender that follows the binding never makes one.
  const quoted = header.length > 1 && header.startsWith('"') && header.endsWith('"');
  const value = quoted ? header.slice(1, -1).replace(/\\([\s\S])/g, '$1') : header;
  if (!value.includes('%')) return value;
  const bytes = encoder.encode(value);
  let length = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0; // i < length
    if (byte === 0x25) {
      const high = hexDigit(bytes[i + 1]);
      const low = hexDigit(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        bytes[length++] = high * 16 + low;
        i += 2;
        continue;
      }
    }
    bytes[length++] = byte;
  }
  try {
    return decoder.decode(bytes.subarray(0, length));
  } catch {
    return undefined;
  }
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

// ── Instants ──────────────────────────────────────────────────────────────────────────────────────────────────────

const DAY_S = 86_400;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what RFC 3339 can say. */
const FIRST_INSTANT = -62_167_219_200_000;
const LAST_INSTANT = 253_402_300_799_999;

/**
 * RFC 3339 in UTC with milliseconds, `2026-03-02T01:15:04.120Z`. What lies outside the years 0000–9999 (as the end of
 * time does) becomes the nearest instant inside.
 */
export function formatInstant(time: Millis): string {
  return written(time, secondText);
}

/**
 * The same for many: instants that are written side by side lie in few seconds, and what stands before the milliseconds is kept of each
 * of those that came last.
 */
export function instantWriter(): (time: Millis) => string {
  const seconds = new Float64Array(KEPT_SECONDS).fill(NaN);
  const texts: string[] = Array.from(seconds, () => '');
  const kept = (second: number): string => {
    const place = second & (KEPT_SECONDS - 1);
    if (seconds[place] === second) return at(texts, place);
    seconds[place] = second;
    return (texts[place] = secondText(second));
  };
  return (time) => written(time, kept);
}
const KEPT_SECONDS = 64;

function written(time: Millis, textOf: (second: number) => string): string {
  const ms = Math.min(LAST_INSTANT, Math.max(FIRST_INSTANT, Math.floor(time)));
  const second = Math.floor(ms / 1000);
  const milli = ms - second * 1000;
  return `${textOf(second)}${milli < 10 ? '00' : milli < 100 ? '0' : ''}${milli}Z`;
}

/** `2026-03-02T01:15:04.` of a second since the epoch. */
function secondText(second: number): string {
  const day = Math.floor(second / DAY_S);
  const ofDay = second - day * DAY_S;
  const minute = Math.floor(ofDay / 60);
  return `${dateText(day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(ofDay % 60)}.`;
}

/** `2026-03-02` of a day since the epoch: `daysBefore` the other way round. */
function dateText(sinceEpoch: number): string {
  const days = sinceEpoch + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${two(Math.floor(year / 100))}${two(year % 100)}-${two(month)}-${two(day)}`;
}

const TWO: readonly string[] = Array.from({ length: 100 }, (_, i) => (i < 10 ? `0${i}` : String(i)));
const two = (number: number): string => at(TWO, number);

const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * RFC 3339 → ms since the epoch, or null. Strict: date, `T`, time and offset (`Z` or `±hh:mm`) must all be there and in
 * range, so a local time is refused. A fraction may have any number of digits; past the millisecond they are cut off.
 * `23:59:60` UTC, a leap second, counts as the first second of the next day, as in POSIX time.
 */
export function parseInstant(text: string): Millis | null {
  const length = text.length;
  if (length < 20) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59) return null;
  if (second < 0 || second > 60 || (text.charCodeAt(10) | 0x20) !== 0x74) return null;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return null;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return null;
  const leapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (month === 2 && leapYear ? 29 : must(MONTH_DAYS[month - 1]))) return null;

  let at = 19;
  let milli = 0;
  if (text.charCodeAt(at) === 0x2e) {
    const start = ++at;
    for (let scale = 100; at < length; at += 1) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      milli += digit * scale;
      scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
    }
    if (at === start) return null;
  }

  let offsetMinutes = 0;
  const sign = text.charCodeAt(at);
  if ((sign | 0x20) === 0x7a) {
    if (at + 1 !== length) return null;
  } else {
    if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== length || text.charCodeAt(at + 3) !== 0x3a) return null;
    const offsetHour = digits(text, at + 1, 2);
    const offsetMinute = digits(text, at + 4, 2);
    if (offsetHour < 0 || offsetHour > 23 || offsetMinute < 0 || offsetMinute > 59) return null;
    offsetMinutes = (offsetHour * 60 + offsetMinute) * (sign === 0x2d ? -1 : 1);
  }
  const minutes = daysBefore(year, month) * 1440 + (day - 1) * 1440 + hour * 60 + minute - offsetMinutes;
  if (second === 60 && (((minutes % 1440) + 1440) % 1440) + 1 !== 1440) return null;
  return minutes * 60_000 + second * 1000 + milli;
}

/** The number written at `at` in `count` ASCII digits, or −1. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from the epoch to the first of a month, proleptic Gregorian (H. Hinnant, "chrono-compatible date algorithms"). */
function daysBefore(year: number, month: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
