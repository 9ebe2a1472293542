/** From saved state back to keys, slices and sessions. Rows are many: they go straight from the bytes into their slices. */
import { EngineError } from '../../../engine/core/errors.ts';
import type { Millis } from '../../../engine/core/types.ts';
import { ByteReader } from './bytes.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { SessionView } from '../sessions/session-view.ts';
import type { SliceTable } from '../slices/slice-table.ts';
import type { SavedKeys } from '../keys/saved-keys.ts';
import type { Bucket } from '../slices/bucket.ts';
import { readRows, type RowsIn } from './saved-rows.ts';
import { readSketch, type Sketch } from './saved-sketch.ts';
import type { SavedTable } from './table-state.ts';

/** Where the rows of one slice lie in a saved part. */
export interface RowsAt {
  readonly part: Uint8Array;
  readonly position: number;
}
/** Fills an empty table, in the order of the parts; what it no longer needs at this watermark stays out. */
export function restoreTable(
  table: SliceTable,
  keys: SavedKeys,
  saved: SavedTable,
  rows: readonly RowsAt[],
  watermark: Millis,
): void {
  for (const { part, position } of rows) {
    readRows(new ByteReader(part, position), table.rowForm, (start) =>
      table.expiryOf(start) <= watermark ? null : new RestoredRows(table, start, keys, saved),
    );
  }
}

/** Into the rows of a slice, over what was read of them before. */
class RestoredRows implements RowsIn {
  readonly #table: SliceTable;
  readonly #bucket: Bucket;
  readonly #keys: SavedKeys;
  readonly #saved: SavedTable;
  #row = 0;

  constructor(table: SliceTable, start: Millis, keys: SavedKeys, saved: SavedTable) {
    this.#table = table;
    this.#bucket = table.buckets.get(start) ?? table.openBucket(start);
    this.#keys = keys;
    this.#saved = saved;
  }
  get cells(): Float64Array {
    return this.#bucket.cells;
  }
  row(serial: number): number {
    const entry = keyOf(this.#keys, serial);
    if (entry.slices === 0) enter(this.#table.directory, entry, this.#keys.size, this.#saved);
    this.#row = this.#table.rowOf(this.#bucket, entry);
    return this.#row * this.#bucket.width;
  }
  sketch(from: ByteReader, at: number, aggregate: Sketch): void {
    const state = readSketch(from, aggregate, this.#bucket.sketch(this.#row, at));
    if (state === undefined) return;
    this.#bucket.putSketch(this.#row, at, state);
    aggregate.changes?.begin(state);
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
