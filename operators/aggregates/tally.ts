/**
 * How often each of many whole numbers (0 to 2⁵³) was counted: open addressing with linear probing. Two flat arrays, so that
 * neither counting nor collecting garbage cares how many there are. Plain data.
 */
export interface Tally {
  /** Different numbers. */
  size: number;
  /** Only where the count beside it is not 0. A power of two of them. */
  keys: Float64Array;
  counts: Uint32Array;
}

const LEAST = 8;

export function emptyTally(): Tally {
  return { size: 0, keys: new Float64Array(LEAST), counts: new Uint32Array(LEAST) };
}
export function copyTally({ size, keys, counts }: Tally): Tally {
  return { size, keys: keys.slice(), counts: counts.slice() };
}

/** True: it was not there before. */
export function countIn(tally: Tally, key: number, by = 1): boolean {
  const at = slotOf(tally, key);
  const before = tally.counts[at] ?? 0;
  tally.counts[at] = before + by;
  if (before > 0) return false;
  tally.keys[at] = key;
  tally.size += 1;
  if (tally.size * 2 > tally.keys.length) grow(tally);
  return true;
}

/** Takes out what was counted in once before. True: none is left. */
export function countOut(tally: Tally, key: number): boolean {
  const at = slotOf(tally, key);
  const left = (tally.counts[at] ?? 0) - 1;
  tally.counts[at] = left;
  if (left > 0) return false;
  tally.size -= 1;
  closeGap(tally, at);
  return true;
}
export function isIn(tally: Tally, key: number): boolean {
  return (tally.counts[slotOf(tally, key)] ?? 0) > 0;
}
export function forEachIn({ keys, counts }: Tally, visit: (key: number, count: number) => void): void {
  for (let at = 0; at < keys.length; at++) {
    const count = counts[at] ?? 0;
    if (count > 0) visit(keys[at] ?? 0, count);
  }
}

/** Where the number is, or would be put. */
function slotOf({ keys, counts }: Tally, key: number): number {
  const mask = keys.length - 1;
  let at = home(key, mask);
  while (counts[at] !== 0 && keys[at] !== key) at = (at + 1) & mask;
  return at;
}
function home(key: number, mask: number): number {
  const mixed = Math.imul(key ^ (key / 0x1_0000_0000), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}
/** Whatever the empty slot keeps from being found moves up. */
function closeGap(tally: Tally, empty: number): void {
  const { keys, counts } = tally;
  const mask = keys.length - 1;
  let gap = empty;
  for (let at = (gap + 1) & mask; counts[at] !== 0; at = (at + 1) & mask) {
    const key = keys[at] ?? 0;
    if (((at - home(key, mask)) & mask) < ((at - gap) & mask)) continue;
    keys[gap] = key;
    counts[gap] = counts[at] ?? 0;
    counts[at] = 0;
    gap = at;
  }
}
function grow(tally: Tally): void {
  const { keys, counts } = tally;
  tally.keys = new Float64Array(keys.length * 2);
  tally.counts = new Uint32Array(keys.length * 2);
  for (let i = 0; i < keys.length; i++) {
    if (counts[i] === 0) continue;
    const at = slotOf(tally, keys[i] ?? 0);
    tally.keys[at] = keys[i] ?? 0;
    tally.counts[at] = counts[i] ?? 0;
  }
}
