/** Moments, earliest first; equal ones by rule, then key, so that their order never depends on history. */
import type { Millis } from '../../engine/core/types.ts';
import { Heap } from '../shared/heap.ts';

export interface Deadline {
  readonly at: Millis;
  /** Position of the rule in the configuration. */
  readonly rule: number;
  readonly key: string;
}

export class Deadlines extends Heap<Deadline> {
  constructor() {
    super(isBefore);
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  return a.at !== b.at ? a.at < b.at : a.rule !== b.rule ? a.rule < b.rule : a.key < b.key;
}
