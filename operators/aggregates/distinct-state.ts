/** What `distinct` keeps of the labels of a slice. */
export interface DistinctState {
  n: number;
  /** One of the two is null. A short list, a set once it is long. */
  hashes: number[] | Set<number> | null;
  registers: Uint8Array | null;
  /** What was added since it was written: hashes, or cells of registers (`cellOf`); null: that is not known, or too much. */
  changed: number[] | null;
}
