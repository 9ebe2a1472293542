/**
 * The best value over the slices of a moving window: of each slice's best only those that no later slice matches, oldest and
 * best first (a monotone queue). A slice is put in once and taken out at most once, whatever the length of the window.
 */
import { numberAt } from '../../engine/core/must.ts';
import type { Millis } from '../../engine/core/types.ts';

export interface ExtremeTotal {
  n: number;
  /** The slices of the queue, from `head` on. */
  head: number;
  readonly starts: Millis[];
  readonly values: number[];
}
type Better = (a: number, b: number) => boolean;

/** Items that are gone are cut off when there are this many, and half of all. */
const MANY_GONE = 64;

export function emptyExtreme(): ExtremeTotal {
  return { n: 0, head: 0, starts: [], values: [] };
}
export function copyExtreme({ n, head, starts, values }: ExtremeTotal): ExtremeTotal {
  return { n, head: 0, starts: starts.slice(head), values: values.slice(head) };
}

/** The best of the slice that starts at `start`; of a slice that is in already, if it has become better. */
export function putBest(total: ExtremeTotal, start: Millis, value: number, better: Better): void {
  const { starts, values, head } = total;
  let after = starts.length;
  while (after > head && numberAt(starts, after - 1) > start) after--;
  if (after < starts.length && !better(value, numberAt(values, after))) return;
  let from = after;
  while (from > head && !better(numberAt(values, from - 1), value)) from--;
  if (from === starts.length) {
    starts.push(start);
    values.push(value);
  } else {
    starts.splice(from, after - from, start);
    values.splice(from, after - from, value);
  }
}
/** The slice at `start`, the oldest, leaves. */
export function leaveOldest(total: ExtremeTotal, start: Millis): void {
  if (total.starts[total.head] !== start) return;
  total.head += 1;
  if (total.head < MANY_GONE || total.head * 2 < total.starts.length) return;
  total.starts.splice(0, total.head);
  total.values.splice(0, total.head);
  total.head = 0;
}
/** Where the best of all was seen; undefined: nothing is in. */
export function bestStart(total: ExtremeTotal): Millis | undefined {
  return total.starts[total.head];
}
export function best(total: ExtremeTotal): number | undefined {
  return total.values[total.head];
}
