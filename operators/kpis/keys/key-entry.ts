/** One key of a table: which dimension values it stands for, and what is remembered about it across slices. */
import { at } from '../../../engine/core/must.ts';
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { Part } from '../../aggregates/aggregate.ts';
import type { Quote } from '../output/quote.ts';

/** The slice that a key was last found in, as far as the key knows it. */
export interface LastSlice {
  /** The key goes to another slice: this one remembers its row. */
  park(entry: KeyEntry, row: number): void;
}

/** A key's share of a running window (windows/running-window.ts). */
export interface Running {
  readonly entry: KeyEntry;
  /** Slices of the window that hold data of the key. */
  slices: number;
  total: Part | null;
}

export class KeyEntry {
  /** Rises with each new key of the operator and is never used again: names the key in saved state. */
  readonly serial: number;
  readonly values: readonly string[];
  /** Slices that hold data of it; at 0 the key is forgotten. */
  slices = 0;
  /** Where it was last found: most events meet the slice of the event before. */
  bucket: LastSlice | null = null;
  row = -1;
  /** That slice finds the row by itself. */
  isParked = false;
  /** Its change is known, and was not looked at yet. */
  queued = false;
  /** Will be shown when its time comes. */
  isWaiting = false;
  /** When its live values were shown last, on the clock of wake-ups. */
  shownAt: Millis = START_OF_TIME;
  /** Bit i: the last value shown by view i of the table was a number. */
  shown = 0;
  /** Bit i: the last value of view i that rules judged was a number. */
  judged = 0;
  /** By view of the table; only for windows of more than one slice. */
  running: (Running | undefined)[] | null = null;
  quotes: Quote[] | null = null;
  quotesTouched = false;
  #key: Readonly<Record<string, string>> | null = null;
  #keyId: string | null = null;

  constructor(serial: number, values: readonly string[]) {
    this.serial = serial;
    this.values = values;
  }

  key(names: readonly string[]): Readonly<Record<string, string>> {
    return (this.#key ??= Object.fromEntries(names.map((name, i) => [name, at(this.values, i)])));
  }
  keyId(names: readonly string[], make: (names: readonly string[], values: readonly string[]) => string): string {
    return (this.#keyId ??= make(names, this.values));
  }
}
