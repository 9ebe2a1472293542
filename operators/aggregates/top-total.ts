/**
 * The most frequent labels over the slices of a moving window, at the cost of the slices that come and go: each label's sums,
 * and a heap of them by count. A label that a slice has no counter for counts with that slice's floor, as in combining; no
 * counter is dropped here, so that the bounds are at least as good. As many labels as the slices hold, at most.
 */
import type { Counter, TopState } from './top.ts';
import type { Lowered, WindowTotals } from './types.ts';

interface Ranked extends Counter {
  readonly label: string;
  /** Slices that have a counter for it. `count` and `error` are those of their counters, less the floor of each. */
  slices: number;
  /** Place in the heap. */
  at: number;
}
export interface TopTotal {
  n: number;
  /** Of all slices together. */
  floor: number;
  readonly labels: Map<string, Ranked>;
  /** The most frequent first; below each item, at 2·at + 1 and 2·at + 2, none that is more frequent. */
  readonly heap: Ranked[];
}

/** More frequent; equally often, by name. */
function isBefore(a: Ranked, b: Ranked): boolean {
  return a.count > b.count || (a.count === b.count && a.label < b.label);
}

function take(total: TopTotal, { n, floor, counters }: TopState): void {
  total.n += n;
  total.floor += floor;
  for (const [label, { count, error }] of counters) {
    let ranked = total.labels.get(label);
    if (ranked === undefined) {
      ranked = { label, count: 0, error: 0, slices: 0, at: total.heap.length };
      total.labels.set(label, ranked);
      total.heap.push(ranked);
    }
    ranked.count += count - floor;
    ranked.error += error - floor;
    ranked.slices += 1;
    siftUp(total.heap, ranked);
  }
}
function drop(total: TopTotal, { n, floor, counters }: TopState): void {
  total.n -= n;
  total.floor -= floor;
  for (const [label, { count, error }] of counters) {
    const ranked = total.labels.get(label);
    if (ranked === undefined) continue;
    ranked.slices -= 1;
    ranked.count -= count - floor;
    ranked.error -= error - floor;
    if (ranked.slices > 0) {
      siftDown(total.heap, ranked);
      continue;
    }
    total.labels.delete(label);
    const last = total.heap.pop();
    if (last === undefined || last === ranked) continue;
    put(total.heap, last, ranked.at);
    siftUp(total.heap, last);
    siftDown(total.heap, last);
  }
}

function put(heap: Ranked[], ranked: Ranked, at: number): void {
  heap[at] = ranked;
  ranked.at = at;
}
function siftUp(heap: Ranked[], ranked: Ranked): void {
  while (ranked.at > 0) {
    const { at } = ranked;
    const above = heap[(at - 1) >>> 1];
    if (above === undefined || !isBefore(ranked, above)) return;
    put(heap, ranked, above.at);
    put(heap, above, at);
  }
}
function siftDown(heap: Ranked[], ranked: Ranked): void {
  for (;;) {
    const { at } = ranked;
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const first = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
    if (first === undefined || !isBefore(first, ranked)) return;
    put(heap, ranked, first.at);
    put(heap, first, at);
  }
}

/** The k first, in order, at a cost of k²: those next in the heap wait in a list. */
function first(heap: readonly Ranked[], k: number): readonly Ranked[] {
  if (k * k > heap.length) return [...heap].sort((a, b) => (isBefore(a, b) ? -1 : 1)).slice(0, k);
  const found: Ranked[] = [];
  const waiting = heap.slice(0, 1);
  while (found.length < k) {
    let best = waiting[0];
    if (best === undefined) break;
    let at = 0;
    for (let i = 1; i < waiting.length; i++) {
      const other = waiting[i];
      if (other === undefined || !isBefore(other, best)) continue;
      best = other;
      at = i;
    }
    found.push(best);
    waiting.splice(at, 1, ...heap.slice(2 * best.at + 1, 2 * best.at + 3));
  }
  return found;
}

function lower({ n, floor, heap }: TopTotal, k: number): Lowered {
  if (n === 0) return { value: null, n, interval: null };
  const detail = first(heap, k).map(({ label, count, error }) => ({
    item: label,
    count: count + floor,
    error: error + floor,
  }));
  return { value: detail[0]?.count ?? 0, n, interval: null, detail };
}

function copy({ n, floor, heap }: TopTotal): TopTotal {
  const copies = heap.map((ranked) => ({ ...ranked }));
  return { n, floor, heap: copies, labels: new Map(copies.map((ranked) => [ranked.label, ranked])) };
}

export function topTotals(k: number): WindowTotals<TopState, TopTotal> {
  return {
    fresh: () => ({ n: 0, floor: 0, labels: new Map(), heap: [] }),
    copy,
    take,
    drop,
    lower: (total) => lower(total, k),
    isSpent: () => false,
  };
}
