/** What boards are sent, cut to what a broker takes as one message. */
import { must } from '../must.ts';
import type { ShowCall } from './mirror-message.ts';

const encoder = new TextEncoder();

/** At least one; each of no more bytes than `most`, where no single item is larger. */
export function partsOf(calls: readonly ShowCall[], most: number): readonly (readonly ShowCall[])[] {
  const parts: ShowCall[][] = [[]];
  let bytes = 0;
  for (const call of calls.flatMap((one) => callsWithin(one, most))) {
    const size = sizeOf(call);
    if (bytes > 0 && bytes + size > most) {
      parts.push([]);
      bytes = 0;
    }
    must(parts.at(-1)).push(call);
    bytes += size;
  }
  return parts;
}

/** The same call, or several that do the same. */
function callsWithin(one: ShowCall, most: number): readonly ShowCall[] {
  if (one.call === 'show' && isLarge(one, one.items.length, most))
    return halves(one.items).flatMap((items) => callsWithin({ ...one, items }, most));
  if (one.call === 'committed' && isLarge(one, one.messages.length, most))
    return halves(one.messages).flatMap((messages) => callsWithin({ ...one, messages }, most));
  return [one];
}
function isLarge(one: ShowCall, items: number, most: number): boolean {
  return items > 1 && sizeOf(one) > most;
}
function halves<T>(list: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}
function sizeOf(call: ShowCall): number {
  return encoder.encode(JSON.stringify(call)).length;
}
