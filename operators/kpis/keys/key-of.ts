/** Which key of a KPI an event counts under. */
import { at } from '../../../engine/core/must.ts';
import { cutText } from '../../../engine/core/json/well-formed.ts';
import type { Json, JsonObject } from '../../../engine/core/types.ts';
import type { CxEvent } from '../../shared/messages.ts';

/** What new keys become once a KPI holds as many as it may. */
export const OTHER = '~other';
/** Longer values are cut: a key is a label, not a text. */
const MAX_LENGTH = 200;

export type Dimension = (event: CxEvent) => string;

/**
 * A dimension by its name: `channel` · `tier` and `segment` of the customer · `sentiment`, `issue` (the surest one),
 * `urgency`, `owner`, `lang` of the enrichment · else the data field of that name, or of that dotted path.
 * Absent, null or structured values count under "".
 */
export function dimension(name: string): Dimension {
  switch (name) {
    case 'channel':
      return (event) => event.channel;
    case 'type':
      return (event) => event.type;
    case 'family':
      return (event) => event.family;
    case 'tier':
    case 'segment':
      return (event) => text(field(event.data['customer'], name));
    case 'sentiment':
      return (event) => event.enrichment.sentiment?.label ?? '';
    case 'issue':
      return (event) => event.enrichment.issues[0]?.label ?? '';
    case 'urgency':
    case 'owner':
      return (event) => event.enrichment[name] ?? text(event.data[name]);
    case 'lang':
      return (event) => event.enrichment.lang ?? text(event.data['lang']);
    default:
      return name.includes('.') ? path(name.split('.')) : (event) => text(event.data[name]);
  }
}

function path(names: readonly string[]): Dimension {
  const steps = names[0] === 'data' ? names.slice(1) : names;
  return (event) => {
    let value: Json | undefined = event.data;
    for (const name of steps) value = field(value, name);
    return text(value);
  };
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined;
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return cutText(value, MAX_LENGTH);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** `channel=app,region=east`: names in order, and `,`, `=` and `%` in values escaped, so that no two keys look alike. */
export function keyIdOf(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return names
    .map((name, i) => `${name}=${at(values, i).replace(/[%,=]/g, encodeURIComponent)}`)
    .sort()
    .join(',');
}
