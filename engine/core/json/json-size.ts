/** How many bytes a value takes as JSON, near enough to bound what is kept of such values: without writing it out. */
import type { Json } from '../types.ts';

/** Of a number, a quote, a comma: what does not grow with what somebody sent. */
const SMALL = 8;

export function jsonSize(value: Json): number {
  if (typeof value === 'string') return utf8Size(value);
  if (typeof value !== 'object' || value === null) return SMALL;
  let bytes = SMALL;
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) bytes += jsonSize(one);
    return bytes;
  }
  const fields = value as { readonly [name: string]: Json };
  for (const name in fields) bytes += name.length + SMALL + jsonSize(fields[name] ?? null);
  return bytes;
}

function utf8Size(text: string): number {
  let bytes = text.length + SMALL;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A pair of surrogates is four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit & 0xf800) !== 0xd800 ? 2 : 1;
  }
  return bytes;
}
