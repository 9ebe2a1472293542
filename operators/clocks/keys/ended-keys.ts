/**
 * Keys whose run has ended, the longest ended first: at the limit of keys they make space. One of which something may still change
 * stays, so at the limit most of the list may have to stay: that none may go is remembered until one may, or each new key would cost
 * a walk over all of them.
 */
import { at as elementAt, cellAt } from '../../../engine/core/must.ts';
import { SlotLists } from '../../shared/slot-lists.ts';
import type { KeyColumns } from './key-columns.ts';

export class EndedKeys {
  readonly #columns: KeyColumns;
  readonly #lists: SlotLists;
  /** By clock: none of its keys may be forgotten. */
  readonly #mustAllStay: boolean[];

  constructor(columns: KeyColumns, clocks: number) {
    this.#columns = columns;
    this.#lists = new SlotLists(clocks);
    this.#mustAllStay = new Array<boolean>(clocks).fill(false);
  }

  /** `hasTail`: something of it may still change. */
  add(clock: number, slot: number, hasTail: boolean): void {
    this.#lists.add(clock, slot);
    if (!hasTail) this.#mustAllStay[clock] = false;
  }
  remove(clock: number, slot: number): void {
    this.#lists.remove(clock, slot);
  }
  /** By when they ended, whatever their order was; at one instant in the order given. */
  arrange(clock: number, slots: readonly number[]): void {
    for (const slot of slots) this.#lists.remove(clock, slot);
    for (const place of orderOf(slots, (slot) => this.#columns.sinceOf(slot)))
      this.#lists.add(clock, elementAt(slots, place));
  }
  /** The longest ended that may be forgotten; −1: none may. */
  firstToForget(clock: number): number {
    if (elementAt(this.#mustAllStay, clock)) return -1;
    for (let slot = this.#lists.firstOf(clock); slot >= 0; slot = this.#lists.nextOf(slot))
      if (!this.#columns.hasTail(slot)) return slot;
    this.#mustAllStay[clock] = true;
    return -1;
  }
  clear(): void {
    this.#lists.clear();
    this.#mustAllStay.fill(false);
  }
}

/** Places of slots by the instant of each, then by place. Instant and place are sorted as one number where they fit in one. */
function orderOf(slots: readonly number[], atOf: (slot: number) => number): ArrayLike<number> & Iterable<number> {
  const ats = Float64Array.from(slots, atOf);
  const first = ats.reduce((least, at) => Math.min(least, at), Infinity);
  const last = ats.reduce((most, at) => Math.max(most, at), first);
  const { length } = ats;
  if (!ats.every(Number.isInteger) || !((last - first + 1) * length <= Number.MAX_SAFE_INTEGER))
    return [...slots.keys()].sort((a, b) => cellAt(ats, a) - cellAt(ats, b));
  const both = ats.map((at, place) => (at - first) * length + place);
  return both.sort().map((one) => one % length);
}
