/**
 * What the slices of a moving window add up to for one key and measure: slices come and go at a cost of their own, and the
 * value is reported at one that does not grow with how many there are. Three kinds: sums of cells, from which slices are taken
 * out again; the best of cells (extreme-total.ts); and sketches, each in its own way (`WindowTotals`).
 */
import { cellAt, must } from '../../../engine/core/must.ts';
import {
  best,
  bestStart,
  copyExtreme,
  emptyExtreme,
  leaveOldest,
  putBest,
  type ExtremeTotal,
} from '../../aggregates/extreme-total.ts';
import {
  isInvertibleCells,
  type AnyCellAggregate,
  type InvertibleCellAggregate,
  type LowerContext,
  type Lowered,
  type Part,
  type SelectiveCellAggregate,
  type SketchAggregate,
  type SketchState,
} from '../../aggregates/aggregate.ts';
import type { Bucket } from '../slices/bucket.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { SliceTable } from '../slices/slice-table.ts';

/** `T`: the form of the total, which only the operations of its own measure look into. */
export interface TotalOps<T extends Part = Part> {
  fresh(): T;
  /** One that a while may be spent with: a copy, or, where that would be large, the total itself, to be given back as it was. */
  copy(total: T): T | null;
  take(total: T, bucket: Bucket, row: number): void;
  drop(total: T, bucket: Bucket, row: number): void;
  /** Before something late is added to a slice that is in; after that, the slice is taken again. */
  release(total: T, bucket: Bucket, row: number): void;
  n(total: T): number;
  lower(total: T, context: LowerContext): Lowered;
  /** To be made again from the slices. */
  isSpent(total: T): boolean;
  /** Only the oldest slice may leave, and only the best value is known; null: slices may leave in any order. */
  readonly selective: Selective<T> | null;
}
export interface Selective<T extends Part = Part> {
  readonly better: (a: number, b: number) => boolean;
  bestOf(total: T): { readonly start: number; readonly value: number } | undefined;
  nOf(bucket: Bucket, row: number): number;
  valueOf(bucket: Bucket, row: number): number;
  lowerOf(n: number, value: number, context: LowerContext): Lowered;
}

export function cellTotals(aggregate: AnyCellAggregate, at: number): TotalOps {
  return isInvertibleCells(aggregate) ? sums(aggregate, at) : extremes(aggregate, at);
}

function sums(aggregate: InvertibleCellAggregate, at: number): TotalOps<Float64Array> {
  const drop = (total: Float64Array, bucket: Bucket, row: number): void => {
    aggregate.remove(total, 0, bucket.cells, row * bucket.width + at);
  };
  return {
    selective: null,
    fresh: () => new Float64Array(aggregate.width),
    copy: (total) => total.slice(),
    take(total, bucket, row) {
      aggregate.merge(total, 0, bucket.cells, row * bucket.width + at);
    },
    drop,
    release: drop,
    n: (total) => cellAt(total, 0),
    lower: (total, context) => aggregate.lowerAt(total, 0, context),
    isSpent: () => false,
  };
}

function extremes(aggregate: SelectiveCellAggregate, at: number): TotalOps<ExtremeTotal> {
  const { better } = aggregate;
  const nOf = (bucket: Bucket, row: number): number => cellAt(bucket.cells, row * bucket.width + at);
  const valueOf = (bucket: Bucket, row: number): number => cellAt(bucket.cells, row * bucket.width + at + 1);
  const lowerOf = (n: number, value: number, context: LowerContext): Lowered =>
    aggregate.lowerAt([n, value], 0, context);
  return {
    fresh: emptyExtreme,
    copy: copyExtreme,
    take(total, bucket, row) {
      const n = nOf(bucket, row);
      if (n === 0) return;
      total.n += n;
      putBest(total, bucket.start, valueOf(bucket, row), better);
    },
    drop(total, bucket, row) {
      total.n -= nOf(bucket, row);
      leaveOldest(total, bucket.start);
    },
    release(total, bucket, row) {
      total.n -= nOf(bucket, row);
    },
    n: (total) => total.n,
    lower: (total, context) => lowerOf(total.n, total.n === 0 ? 0 : must(best(total)), context),
    isSpent: () => false,
    selective: {
      better,
      bestOf(total) {
        const start = bestStart(total);
        return start === undefined ? undefined : { start, value: must(best(total)) };
      },
      nOf,
      valueOf,
      lowerOf,
    },
  };
}

export function sketchTotals({ totals }: SketchAggregate<SketchState>, at: number): TotalOps<SketchState> {
  const drop = (total: SketchState, bucket: Bucket, row: number): void => {
    const state = bucket.sketch(row, at);
    if (state !== undefined) totals.drop(total, state);
  };
  return {
    selective: null,
    fresh: () => totals.fresh(),
    copy: () => null,
    take(total, bucket, row) {
      const state = bucket.sketch(row, at);
      if (state !== undefined) totals.take(total, state);
    },
    drop,
    release: drop,
    n: (total) => total.n,
    lower: (total, context) => totals.lower(total, context),
    isSpent: (total) => totals.isSpent(total),
  };
}

/** The total of other slices than a window's own, for a look: what is done to it is undone. */
export class Detour {
  readonly #ops: TotalOps;
  readonly #table: SliceTable;
  readonly #entry: KeyEntry;
  readonly #total: Part;
  readonly #isCopy: boolean;
  readonly #done: { readonly bucket: Bucket; readonly row: number; readonly isTaken: boolean }[] = [];

  constructor(ops: TotalOps, table: SliceTable, entry: KeyEntry, total: Part) {
    this.#ops = ops;
    this.#table = table;
    this.#entry = entry;
    const copy = ops.copy(total);
    this.#isCopy = copy !== null;
    this.#total = copy ?? total;
  }
  /** The key's rows in the slices within [start, end). */
  take(start: number, end: number): void {
    this.#table.overRows(this.#entry, start, end, (bucket, row) => {
      this.#ops.take(this.#total, bucket, row);
      if (!this.#isCopy) this.#done.push({ bucket, row, isTaken: true });
    });
  }
  drop(start: number, end: number): void {
    this.#table.overRows(this.#entry, start, end, (bucket, row) => {
      this.#ops.drop(this.#total, bucket, row);
      if (!this.#isCopy) this.#done.push({ bucket, row, isTaken: false });
    });
  }
  /** `[start, end)`: the slices that are in now. */
  lower(start: number, end: number, context: LowerContext): Lowered {
    const ops = this.#ops;
    const total = ops.isSpent(this.#total) ? totalOver(ops, this.#table, this.#entry, start, end) : this.#total;
    return ops.lower(total, context);
  }
  undo(): void {
    for (let step = this.#done.pop(); step !== undefined; step = this.#done.pop()) {
      if (step.isTaken) this.#ops.drop(this.#total, step.bucket, step.row);
      else this.#ops.take(this.#total, step.bucket, step.row);
    }
  }
}

/** From the slices alone. */
export function totalOver(ops: TotalOps, table: SliceTable, entry: KeyEntry, start: number, end: number): Part {
  const total = ops.fresh();
  table.overRows(entry, start, end, (bucket, row) => ops.take(total, bucket, row));
  return total;
}
