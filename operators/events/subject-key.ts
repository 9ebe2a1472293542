/** The last token of an event's subjects: what it belongs to, in a form that any NATS subject can hold. */
import { fnv1a, hex32, shiftMultiply } from '../../engine/core/hash.ts';
import type { Json, JsonObject } from '../../engine/core/types.ts';

/** Where an event belongs to no case, conversation or customer. */
export const NO_KEY = '-';

/** Case, else conversation or call, else customer. What it gives is public: of data that is not masked yet, `masked` masks it. */
export function subjectKeyOf(data: JsonObject, masked?: (identifier: string) => string): string {
  const found =
    identifier(data['case']) ?? identifier(data['conversation']) ?? identifier(data['call']) ?? customerIdOf(data);
  return found === null ? NO_KEY : subjectToken(masked === undefined ? found : masked(found));
}

function customerIdOf(data: JsonObject): string | null {
  const customer = data['customer'];
  return typeof customer === 'object' && customer !== null && !Array.isArray(customer)
    ? identifier((customer as JsonObject)['id'])
    : null;
}

function identifier(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * A text as one subject token: itself if it is short and made of letters, digits, `_` and `-`; else what is left of it
 * plus a hash, so that two different texts practically never give the same token.
 */
export function subjectToken(text: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text) && text !== NO_KEY) return text;
  const safe = text.slice(0, 40).replace(/[^A-Za-z0-9_-]+/g, '_');
  return `${safe}~${hex32(fnv1a(text))}${hex32(shiftMultiply(text))}`;
}
