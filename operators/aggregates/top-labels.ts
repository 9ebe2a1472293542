/**
 * The most frequent labels, by counters of a bounded number ("space-saving": Metwally, Agrawal, El Abbadi 2005; merged as in
 * Agarwal et al., "Mergeable Summaries", 2012). A label's count is at most what is reported, and at least that less its error;
 * up to 1,000 labels every count is exact.
 */
import { must } from '../../engine/core/must.ts';
import type { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import type { Counter, TopState } from './top-state.ts';
import { topTotals } from './top-total.ts';
import type { SketchAggregate } from './aggregate.ts';

/** Counters kept; while adding twice as many, so that dropping the least is rare. */
const CAPACITY = 1000;
/** Fewer counters are always written whole. */
const LEAST_CHANGES = 16;

function zero(): TopState {
  return { n: 0, floor: 0, counters: new Map(), changed: null };
}
function note(state: TopState, label: string): void {
  if (state.changed === 'none') state.changed = new Set();
  state.changed?.add(label);
}
function addLabel(state: TopState, label: string): void {
  note(state, label);
  const counter = state.counters.get(label);
  if (counter !== undefined) {
    counter.count += 1;
    return;
  }
  state.counters.set(label, { count: state.floor + 1, error: state.floor });
  if (state.counters.size > 2 * CAPACITY) prune(state);
}
function prune(state: TopState): void {
  state.changed = null;
  const ranked = rank(state);
  for (const [label, counter] of ranked.slice(CAPACITY)) {
    state.counters.delete(label);
    state.floor = Math.max(state.floor, counter.count);
  }
}
/** Most frequent first; equal ones by name, so that the order is the same everywhere. */
function rank(state: TopState): (readonly [string, Counter])[] {
  return [...state.counters].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
}

function add(state: TopState, value: string | readonly string[]): void {
  state.n += 1;
  if (typeof value === 'string') addLabel(state, value);
  else for (const label of value) addLabel(state, label);
}
function merge(state: TopState, from: TopState): void {
  if (from.floor > 0) {
    state.changed = null;
    for (const [label, counter] of state.counters) {
      if (from.counters.has(label)) continue;
      counter.count += from.floor;
      counter.error += from.floor;
    }
  }
  for (const [label, { count, error }] of from.counters) {
    note(state, label);
    const counter = state.counters.get(label);
    if (counter === undefined) state.counters.set(label, { count: count + state.floor, error: error + state.floor });
    else {
      counter.count += count;
      counter.error += error;
    }
  }
  state.n += from.n;
  state.floor += from.floor;
  if (state.counters.size > 2 * CAPACITY) prune(state);
}

/** `value` is the count of the most frequent label, `detail` the k most frequent: `[{item, count, error}]`. */
export function top(k: number): SketchAggregate<TopState, string | readonly string[]> {
  return {
    form: 'sketch',
    zero,
    lift(value) {
      const state = zero();
      add(state, value);
      return state;
    },
    combine(a, b) {
      const state = zero();
      merge(state, a);
      merge(state, b);
      return state;
    },
    lower(state) {
      if (state.n === 0) return { value: null, n: 0, interval: null };
      const detail = rank(state)
        .slice(0, k)
        .map(([item, { count, error }]) => ({ item, count, error }));
      return { value: detail[0]?.count ?? 0, n: state.n, interval: null, detail };
    },
    add,
    merge,
    totals: topTotals(k),
    changes: {
      begin(state) {
        state.changed = state.counters.size < LEAST_CHANGES ? null : 'none';
      },
      isKnown: ({ changed }) => changed !== null,
      write({ n, floor, counters, changed }, to) {
        to.uint(n);
        to.uint(floor);
        const labels = changed === null || changed === 'none' ? [] : [...changed];
        to.uint(labels.length);
        for (const label of labels) {
          const { count, error } = must(counters.get(label), 'the counter of a label that changed');
          to.string(label);
          to.uint(count);
          to.uint(error);
        }
      },
      read(state, from) {
        state.n = from.uint();
        state.floor = from.uint();
        for (let size = from.uint(); size > 0; size--) {
          state.counters.set(from.string(), { count: from.uint(), error: from.uint() });
        }
      },
    },
    write({ n, floor, counters }: TopState, to: ByteWriter) {
      to.uint(n);
      to.uint(floor);
      to.uint(counters.size);
      for (const [label, { count, error }] of counters) {
        to.string(label);
        to.uint(count);
        to.uint(error);
      }
    },
    read(from: ByteReader): TopState {
      const state: TopState = { n: from.uint(), floor: from.uint(), counters: new Map(), changed: null };
      for (let size = from.uint(); size > 0; size--) {
        state.counters.set(from.string(), { count: from.uint(), error: from.uint() });
      }
      return state;
    },
  };
}
