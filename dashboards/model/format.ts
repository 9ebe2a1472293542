/** Numbers, spans and instants as the board writes them: by language, 24 h, in the board's zone. Pure. */
import { fill, TEXTS, type Language } from './strings.ts';

export interface Quantity {
  readonly digits: string;
  readonly unit: string;
}
export const NO_VALUE = '—';
const MINUS = '−';
const COMPACT_FROM = 10_000;

const formats = new Map<string, Intl.NumberFormat>();
/** Number formats are costly to make and cheap to keep: a handful exist. */
function numberFormat(lang: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${lang} ${JSON.stringify(options)}`;
  let format = formats.get(name);
  if (format === undefined) formats.set(name, (format = new Intl.NumberFormat(lang, options)));
  return format;
}
function fixed(value: number, decimals: number, lang: Language): string {
  // Through toFixed first: −0.04 with one digit is 0, not −0.
  const rounded = Number(value.toFixed(decimals)) + 0;
  const text = numberFormat(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(rounded);
  return text.replace('-', MINUS);
}

/** Counts: all digits below ten thousand, then 万/亿 or K/M/B with three significant digits. */
export function formatCount(value: number, lang: Language): string {
  if (Math.abs(value) < COMPACT_FROM) return fixed(value, 0, lang);
  const compact = numberFormat(lang, { notation: 'compact', maximumSignificantDigits: 3 });
  return compact.format(value).replace('-', MINUS);
}

/**
 * One KPI value in the unit it is configured with (`percent`, `points`, `count`, `seconds`, `milliseconds`, `score`, `none`;
 * anything else is shown as it is written). Long waits change to minutes and hours.
 */
export function formatQuantity(value: number | null, unit: string, decimals: number, lang: Language): Quantity {
  if (value === null) return { digits: NO_VALUE, unit: '' };
  const texts = TEXTS[lang];
  const size = Math.abs(value);
  switch (unit) {
    case 'percent':
      return { digits: fixed(value, decimals, lang), unit: '%' };
    case 'points':
      return { digits: (value > 0 ? '+' : '') + fixed(value, decimals, lang), unit: texts.unitPoints };
    case 'count':
      return { digits: decimals > 0 ? fixed(value, decimals, lang) : formatCount(value, lang), unit: '' };
    case 'seconds':
      if (size >= 7200) return { digits: fixed(value / 3600, 1, lang), unit: texts.unitHours };
      if (size >= 600) return { digits: fixed(value / 60, 1, lang), unit: texts.unitMinutes };
      return { digits: fixed(value, decimals, lang), unit: texts.unitSeconds };
    case 'milliseconds':
      if (size >= 10_000) return { digits: fixed(value / 1000, 1, lang), unit: texts.unitSeconds };
      return { digits: fixed(value, decimals, lang), unit: texts.unitMilliseconds };
    case 'score':
      return { digits: fixed(value, decimals, lang), unit: texts.unitScore };
    case 'none':
      return size >= COMPACT_FROM
        ? { digits: formatCount(value, lang), unit: '' }
        : { digits: fixed(value, decimals, lang), unit: '' };
    default:
      return { digits: fixed(value, decimals, lang), unit };
  }
}

/** `85%`, `12.5 min`: for running text. */
export function quantityText(quantity: Quantity): string {
  if (quantity.unit === '') return quantity.digits;
  return quantity.unit === '%' ? `${quantity.digits}%` : `${quantity.digits} ${quantity.unit}`;
}

/** A span of time, never more than two units; negative spans count as none. */
export function formatSpan(ms: number, lang: Language): string {
  const texts = TEXTS[lang];
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return fill(texts.spanSeconds, { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10 && seconds % 60 > 0) return fill(texts.spanMinutesSeconds, { n: minutes, s: seconds % 60 });
  if (minutes < 60) return fill(texts.spanMinutes, { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 10 && minutes % 60 > 0) return fill(texts.spanHoursMinutes, { n: hours, m: minutes % 60 });
  if (hours < 48) return fill(texts.spanHours, { n: hours });
  return fill(texts.spanDays, { n: numberFormat(lang, {}).format(Math.floor(hours / 24)) });
}

/** `09:15:04` in the zone; with the date in front when it is another day than `now`. */
export function formatInstant(at: number, now: number, zone: string, lang: Language): string {
  const clock = formatClock(at, zone);
  if (dayOf(at, zone) === dayOf(now, zone)) return clock;
  return `${dateFormat(zone, lang).format(at)} ${clock}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function timeFormat(name: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  let format = clocks.get(name);
  if (format === undefined) clocks.set(name, (format = make()));
  return format;
}
export function formatClock(at: number, zone: string): string {
  const options = { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return timeFormat(`clock ${zone}`, () => new Intl.DateTimeFormat('en-GB', options)).format(at);
}
function dateFormat(zone: string, lang: Language): Intl.DateTimeFormat {
  const options = { timeZone: zone, month: 'short', day: 'numeric' } as const;
  return timeFormat(`date ${zone} ${lang}`, () => new Intl.DateTimeFormat(lang, options));
}
/** The date line beside the clock. */
export function formatDay(at: number, zone: string, lang: Language): string {
  const options = { timeZone: zone, month: 'short', day: 'numeric', weekday: 'short' } as const;
  return timeFormat(`day ${zone} ${lang}`, () => new Intl.DateTimeFormat(lang, options)).format(at);
}
function dayOf(at: number, zone: string): string {
  return timeFormat(`iso ${zone}`, () => new Intl.DateTimeFormat('en-CA', { timeZone: zone })).format(at);
}
