/** What `top` keeps of the labels of a slice. */
export interface Counter {
  count: number;
  /** How much of the count may not be the label's own. */
  error: number;
}
export interface TopState {
  n: number;
  /** No label without a counter was seen more often. */
  floor: number;
  readonly counters: Map<string, Counter>;
  /** Labels whose counters changed since it was written; null: that is not known, or it is written whole anyway. */
  changed: Set<string> | 'none' | null;
}
