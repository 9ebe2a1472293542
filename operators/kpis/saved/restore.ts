/** From saved state back to keys, slices and sessions. Rows are many: they go straight from the bytes into their slices. */
import { EngineError } from '../../../engine/core/errors.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { AnyAggregate } from '../../aggregates/aggregate.ts';
import { ByteReader } from './bytes.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { SessionView } from '../sessions/session-view.ts';
import type { SliceTable } from '../slices/slice-table.ts';
import type { SavedKeys } from '../keys/saved-keys.ts';
import { readSketch, sketchesOf, skipSketch } from './saved-sketch.ts';
import { widthOf, type SavedTable } from './table-state.ts';

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
    for (const aggregate of sketches) skipSketch(from, aggregate);
  }
}

/** Fills an empty table, in the order of the parts; what it no longer needs at this watermark stays out. */
export function restoreTable(
  table: SliceTable,
  keys: SavedKeys,
  saved: SavedTable,
  rows: readonly RowsAt[],
  watermark: Millis,
): void {
  const sketches = sketchesOf(table.columns.map((column) => column.aggregate));
  for (const { part, position } of rows) {
    const from = new ByteReader(part, position);
    const start = from.number();
    if (table.expiryOf(start) <= watermark) continue;
    const bucket = table.buckets.get(start) ?? table.openBucket(start);
    for (let count = from.uint(); count > 0; count--) {
      const entry = keyOf(keys, from.uint());
      if (entry.slices === 0) enter(table.directory, entry, keys.size, saved);
      const row = table.rowOf(bucket, entry);
      from.numbers(bucket.cells, row * bucket.width, bucket.width);
      for (let at = 0; at < sketches.length; at++) {
        const aggregate = sketches[at];
        const state = aggregate && readSketch(from, aggregate, bucket.sketch(row, at));
        if (state === undefined) continue;
        bucket.putSketch(row, at, state);
        aggregate?.changes?.begin(state);
      }
    }
  }
}

export function restoreSessions(view: SessionView, keys: SavedKeys, saved: SavedTable, watermark: Millis): void {
  for (const [serial, sessions] of [...saved.sessions].sort(([a], [b]) => a - b)) {
    if (!sessions.some((session) => view.keeps(session, watermark))) continue;
    const entry = keyOf(keys, serial);
    enter(view.directory, entry, keys.size, saved);
    view.restore(entry, sessions, watermark);
  }
}

function keyOf(keys: SavedKeys, serial: number): KeyEntry {
  const entry = keys.get(serial);
  if (entry === undefined) throw new EngineError('OPERATOR_FAILED', ['kpis', `the saved state has no key ${serial}`]);
  return entry;
}
/** Only keys that still hold something are entered. */
function enter(directory: KeyDirectory, entry: KeyEntry, most: number, { quotes }: SavedTable): void {
  directory.restore(entry, most);
  const said = quotes.size === 0 ? undefined : quotes.get(entry.serial);
  if (said !== undefined && said.length > 0) entry.quotes = [...said];
}
