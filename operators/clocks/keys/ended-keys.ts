/**
 * Keys whose run has ended, the longest ended first: at the limit of keys they make space. One of which something may still change
 * stays, so at the limit most of the list may have to stay: that none may go is remembered until one may, or each new key would cost
 * a walk over all of them.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
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
  /** In this order, whatever it was. */
  arrange(clock: number, slots: readonly number[]): void {
    for (const slot of slots) this.#lists.remove(clock, slot);
    for (const slot of slots) this.#lists.add(clock, slot);
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
