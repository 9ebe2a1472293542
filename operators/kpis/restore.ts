/** From saved state back to keys, slices and sessions. Rows are many: they go straight from the bytes into their slices. */
import { EngineError } from '../../engine/core/errors.ts';
import type { Millis } from '../../engine/core/types.ts';
import type { AnyAggregate } from '../aggregates/types.ts';
import { ByteReader } from './bytes.ts';
import type { KeyDirectory } from './key-directory.ts';
import type { KeyEntry } from './key-entry.ts';
import type { SessionView } from './session-view.ts';
import type { SliceTable } from './slice-table.ts';
import { sketchesOf, widthOf, type SavedTable } from './table-state.ts';

/** Where the rows of one slice lie in a saved part. */
export interface RowsAt {
  readonly part: Uint8Array;
  readonly position: number;
}
export function skipRows(from: ByteReader, aggregates: readonly AnyAggregate[]): void {
  from.number();
  const width = widthOf(aggregates);
  const sketches = sketchesOf(aggregates);
  for (let count = from.uint(); count > 0; count--) {
    from.uint();
    from.skipNumbers(width);
    for (const aggregate of sketches) if (from.uint() === 1) aggregate.read(from);
  }
}

/** Fills an empty table, in the order of the parts; what it no longer needs at this watermark stays out. */
export function restoreTable(table: SliceTable, saved: SavedTable, rows: readonly RowsAt[], watermark: Millis): void {
  const entries = new Map<number, KeyEntry>();
  const sketches = sketchesOf(table.columns.map((column) => column.aggregate));
  for (const { part, position } of rows) {
    const from = new ByteReader(part, position);
    const start = from.number();
    if (table.expiryOf(start) <= watermark) continue;
    const bucket = table.buckets.get(start) ?? table.openBucket(start);
    for (let count = from.uint(); count > 0; count--) {
      const serial = from.uint();
      let entry = entries.get(serial);
      if (entry === undefined) entries.set(serial, (entry = restoreKey(table.directory, saved, serial)));
      const row = table.rowOf(bucket, entry);
      from.numbers(bucket.cells, row * bucket.width, bucket.width);
      sketches.forEach((aggregate, at) => {
        if (from.uint() === 1) bucket.putSketch(row, at, aggregate.read(from));
      });
    }
  }
}

export function restoreSessions(view: SessionView, saved: SavedTable, watermark: Millis): void {
  for (const [serial, sessions] of [...saved.sessions].sort(([a], [b]) => a - b)) {
    if (sessions.some((session) => view.keeps(session, watermark))) {
      view.restore(restoreKey(view.directory, saved, serial), sessions, watermark);
    }
  }
}

function restoreKey(directory: KeyDirectory, saved: SavedTable, serial: number): KeyEntry {
  const values = saved.keys.get(serial);
  if (values === undefined) throw new EngineError('OPERATOR_FAILED', ['kpis', `the saved state has no key ${serial}`]);
  const entry = directory.restore(serial, values);
  const quotes = saved.quotes.get(serial);
  if (quotes !== undefined && quotes.length > 0) entry.quotes = [...quotes];
  return entry;
}
