/**
 * The most frequent labels over the slices of a moving window, at the cost of the slices that come and go: each label's sums,
 * searched through while they are few, and kept as a heap by count once they are many. A label that a slice has no counter for counts with that slice's floor, as in combining; no
 * counter is dropped here, so that the bounds are at least as good. As many labels as the slices hold, at most.
 */
import type { Counter, TopState } from './top-state.ts';
import type { Lowered, WindowTotals } from './aggregate.ts';

interface Ranked extends Counter {
  readonly label: string;
  /** Slices that have a counter for it. `count` and `error` are those of their counters, less the floor of each. */
  slices: number;
  /** Place in `ranked`. */
  at: number;
}
export interface TopTotal {
  n: number;
  /** Of all slices together. */
  floor: number;
  readonly labels: Map<string, Ranked>;
  readonly ranked: Ranked[];
  /** Below each of `ranked`, at 2·at + 1 and 2·at + 2, is none that is more frequent. Otherwise they are in any order. */
  isHeap: boolean;
}

/** More labels than this make a heap; it is given up where far fewer are left. */
const MOST_SEARCHED = 256;
const LEAST_HEAP = 64;

/** More frequent; equally often, by name. */
function isBefore(a: Ranked, b: Ranked): boolean {
  return a.count > b.count || (a.count === b.count && a.label < b.label);
}

function take(total: TopTotal, { n, floor, counters }: TopState): void {
  const { labels, ranked } = total;
  total.n += n;
  total.floor += floor;
  for (const [label, { count, error }] of counters) {
    let own = labels.get(label);
    if (own === undefined) {
      own = { label, count: 0, error: 0, slices: 0, at: ranked.length };
      labels.set(label, own);
      ranked.push(own);
    }
    own.count += count - floor;
    own.error += error - floor;
    own.slices += 1;
    if (total.isHeap) siftUp(ranked, own);
  }
  if (total.isHeap || ranked.length <= MOST_SEARCHED) return;
  total.isHeap = true;
  for (let at = ranked.length >>> 1; at >= 0; at--) siftDown(ranked, ranked[at] as Ranked);
}
function drop(total: TopTotal, { n, floor, counters }: TopState): void {
  const { labels, ranked } = total;
  total.n -= n;
  total.floor -= floor;
  for (const [label, { count, error }] of counters) {
    const own = labels.get(label);
    if (own === undefined) continue;
    own.slices -= 1;
    own.count -= count - floor;
    own.error -= error - floor;
    if (own.slices > 0) {
      if (total.isHeap) siftDown(ranked, own);
      continue;
    }
    labels.delete(label);
    const last = ranked.pop();
    if (last === undefined || last === own) continue;
    put(ranked, last, own.at);
    if (!total.isHeap) continue;
    siftUp(ranked, last);
    siftDown(ranked, last);
  }
  if (ranked.length < LEAST_HEAP) total.isHeap = false;
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

/** The k first, in order: put into their place among those found so far. */
function search(ranked: readonly Ranked[], k: number): readonly Ranked[] {
  const found: Ranked[] = [];
  for (let i = 0; i < ranked.length; i++) {
    const own = ranked[i] as Ranked;
    let at = found.length;
    if (at < k) found.push(own);
    else if (!isBefore(own, found[--at] as Ranked)) continue;
    for (; at > 0 && isBefore(own, found[at - 1] as Ranked); at--) found[at] = found[at - 1] as Ranked;
    found[at] = own;
  }
  return found;
}
/** The same from a heap, at a cost of k²: those next in the heap wait in a list. */
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

function lower({ n, floor, ranked, isHeap }: TopTotal, k: number): Lowered {
  if (n === 0) return { value: null, n, interval: null };
  const detail = (isHeap ? first(ranked, k) : search(ranked, k)).map(({ label, count, error }) => ({
    item: label,
    count: count + floor,
    error: error + floor,
  }));
  return { value: detail[0]?.count ?? 0, n, interval: null, detail };
}

function copy({ n, floor, ranked, isHeap }: TopTotal): TopTotal {
  const copies = ranked.map((own) => ({ ...own }));
  return { n, floor, ranked: copies, isHeap, labels: new Map(copies.map((own) => [own.label, own])) };
}

export function topTotals(k: number): WindowTotals<TopState, TopTotal> {
  return {
    fresh: () => ({ n: 0, floor: 0, labels: new Map(), ranked: [], isHeap: false }),
    copy,
    take,
    drop,
    lower: (total) => lower(total, k),
    isSpent: () => false,
  };
}
