/** What one key adds up to in the window of one view that closed last. */
import type { KeyEntry } from './key-entry.ts';
import type { Part } from './part.ts';
import type { TwoStacks } from './two-stacks.ts';

export interface Running {
  readonly entry: KeyEntry;
  /** Slices of the window that hold data of the key. */
  slices: number;
  /** In the view's list of active keys. */
  listed: boolean;
  /** The running total; for aggregates without an inverse over sliding windows the stacks instead. */
  total: Part | null;
  stacks: TwoStacks | null;
}
