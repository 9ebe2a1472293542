/** A saved key as it goes straight into the columns. */
import type { KeyState } from '../clock.ts';
import type { Lone } from './lone-record.ts';

/** A saved key of which no more is to be put into columns than this (saved/plain-keys.ts). Its key and the id of its record are plain ASCII. */
export interface PlainKey {
  /** Of which texts are a part, by where they begin. */
  readonly source: Uint8Array;
  readonly keyFrom: number;
  readonly keyLength: number;
  /** All but its values and pauses, of which it has none. */
  readonly state: Readonly<KeyState>;
  /** Numbers of values, so many. */
  readonly values: Int32Array;
  readonly count: number;
  /** `none`, or `begun` with these two of its record. */
  readonly lone: Lone;
  readonly verb: number;
  readonly idFrom: number;
  readonly idLength: number;
}
