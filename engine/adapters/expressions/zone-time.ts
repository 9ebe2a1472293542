/** Parts of an instant as clocks and calendars of a zone show it, the same on every machine: the library's own follow the host's zone. */

/** In the order of CEL's specification: months, days of the month (`getDayOfMonth`) and of the year are counted from 0. */
const PARTS: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: (local) => local.getUTCFullYear(),
  getMonth: (local) => local.getUTCMonth(),
  getDate: (local) => local.getUTCDate(),
  getDayOfMonth: (local) => local.getUTCDate() - 1,
  getDayOfWeek: (local) => local.getUTCDay(),
  getDayOfYear: (local) => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000),
  getHours: (local) => local.getUTCHours(),
  getMinutes: (local) => local.getUTCMinutes(),
  getSeconds: (local) => local.getUTCSeconds(),
  getMilliseconds: (local) => local.getUTCMilliseconds(),
};
export type TimePart = (instant: number) => number;

export function isTimePart(name: string): boolean {
  return Object.hasOwn(PARTS, name);
}

/** `getHours` in a zone (an IANA name, or an offset like `+08:00`); of UTC without one. Throws RangeError where there is no such zone. */
export function timePart(name: string, zone: string | null): TimePart | null {
  const part = isTimePart(name) ? PARTS[name] : undefined;
  if (part === undefined) return null;
  if (zone === null) return (instant) => part(new Date(instant));
  const offsetAt = offsets(zone);
  return (instant) => part(new Date(instant + offsetAt(instant)));
}

/** Offsets of zones change at quarters of an hour. */
const QUARTER = 900_000;

const FIXED = /^([+-])([0-9]{2}):([0-9]{2})$/;

function offsets(zone: string): (instant: number) => number {
  const [, sign, hours, minutes] = FIXED.exec(zone) ?? [];
  if (sign !== undefined) {
    const fixed = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return () => (sign === '-' ? -fixed : fixed);
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  let quarter = Number.NaN;
  let offset = 0;
  return (instant) => {
    const now = Math.floor(instant / QUARTER);
    if (now !== quarter) {
      offset = offsetOf(format, now * QUARTER);
      quarter = now;
    }
    return offset;
  };
}

function offsetOf(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const local = new Date(0);
  local.setUTCFullYear(year, number('month') - 1, number('day'));
  local.setUTCHours(number('hour'), number('minute'), number('second'));
  return local.getTime() - instant;
}
