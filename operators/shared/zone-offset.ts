/** How far local time is ahead of UTC in an IANA zone. Pure: the zone's rules come from the runtime's ICU data. */
import type { Millis } from '../../engine/core/types.ts';

export type ZoneOffset = (at: Millis) => Millis;

/** undefined: the zone is not known. */
export function zoneOffset(zone: string): ZoneOffset | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  } catch {
    return undefined;
  }
  return (at) => parseOffset(format.format(at));
}

/** `1/1/2026, GMT+08:00` → 28,800,000. */
function parseOffset(text: string): Millis {
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (match?.[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0); // most offsets have no seconds
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}
