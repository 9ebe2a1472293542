/**
 * How often each of many whole numbers (0 to 2⁵³) was counted: open addressing with linear probing. One flat array, so that
 * neither counting nor collecting garbage cares how many there are. Plain data.
 */
import { cellAt, numberAt } from '../../engine/core/must.ts';
import { fibonacci } from '../../engine/core/hash.ts';

export interface Tally {
  /** Different numbers. */
  size: number;
  /** A power of two of slots of two: a number, and how often; 0 times: the slot is empty. */
  slots: Float64Array;
  /** Means nothing: reads whose result nobody keeps are compiled away (`fetchSlots`). */
  fetched: number;
}

const LEAST = 8;

export function emptyTally(): Tally {
  return { size: 0, slots: new Float64Array(2 * LEAST), fetched: 0 };
}
export function copyTally({ size, slots, fetched }: Tally): Tally {
  return { size, slots: slots.slice(), fetched };
}

/** True: it was not there before. */
export function countIn(tally: Tally, key: number, by = 1): boolean {
  const { slots } = tally;
  const at = slotOf(slots, key);
  const before = cellAt(slots, at + 1);
  slots[at + 1] = before + by;
  if (before > 0) return false;
  slots[at] = key;
  tally.size += 1;
  if (tally.size * 4 > slots.length) grow(tally);
  return true;
}

/** Takes out what was counted in once before. True: none is left. */
export function countOut(tally: Tally, key: number): boolean {
  const { slots } = tally;
  const at = slotOf(slots, key);
  const left = cellAt(slots, at + 1) - 1;
  slots[at + 1] = left;
  if (left > 0) return false;
  tally.size -= 1;
  closeGap(slots, at);
  return true;
}
export function isIn({ slots }: Tally, key: number): boolean {
  return cellAt(slots, slotOf(slots, key) + 1) > 0;
}
export function forEachIn({ slots }: Tally, visit: (key: number, count: number) => void): void {
  for (let at = 0; at < slots.length; at += 2) {
    const count = cellAt(slots, at + 1);
    if (count > 0) visit(cellAt(slots, at), count);
  }
}
/**
 * Before these numbers are counted in or out: their slots are read all at once, so that memory is waited for once and not for
 * each.
 */
export function fetchSlots(tally: Tally, keys: readonly number[]): void {
  const { slots } = tally;
  const mask = slots.length - 2;
  let sum = 0;
  for (let i = 0; i < keys.length; i++) sum += cellAt(slots, home(numberAt(keys, i), mask) + 1);
  tally.fetched = (tally.fetched + sum) | 0;
}

/** Where the number is, or would be put. */
function slotOf(slots: Float64Array, key: number): number {
  const mask = slots.length - 2;
  let at = home(key, mask);
  while (slots[at + 1] !== 0 && slots[at] !== key) at = (at + 2) & mask;
  return at;
}
function home(key: number, mask: number): number {
  const mixed = fibonacci(key ^ (key * 2 ** -32));
  return ((mixed ^ (mixed >>> 15)) << 1) & mask;
}
/** Whatever the empty slot keeps from being found moves up. */
function closeGap(slots: Float64Array, empty: number): void {
  const mask = slots.length - 2;
  let gap = empty;
  for (let at = (gap + 2) & mask; slots[at + 1] !== 0; at = (at + 2) & mask) {
    const key = cellAt(slots, at);
    if (((at - home(key, mask)) & mask) < ((at - gap) & mask)) continue;
    slots[gap] = key;
    slots[gap + 1] = cellAt(slots, at + 1);
    slots[at + 1] = 0;
    gap = at;
  }
}
function grow(tally: Tally): void {
  const { slots } = tally;
  tally.slots = new Float64Array(slots.length * 2);
  for (let from = 0; from < slots.length; from += 2) {
    if (slots[from + 1] === 0) continue;
    const at = slotOf(tally.slots, cellAt(slots, from));
    tally.slots[at] = cellAt(slots, from);
    tally.slots[at + 1] = cellAt(slots, from + 1);
  }
}
