/** The operator's saved state: deltas of what changed, snapshots of everything in parts, and the way back. */
import { EngineError } from '../../engine/core/errors.ts';
import { START_OF_TIME, type Millis, type State } from '../../engine/core/types.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { WindowedTable } from './feed.ts';
import type { KeyEntry } from './key-entry.ts';
import type { Shared } from './slice-table.ts';
import {
  emptySavedTable,
  readKeys,
  readQuotes,
  readRevisions,
  readRows,
  restoreTable,
  TAG,
  writeKeys,
  writeQuotes,
  writeRevisions,
  writeRows,
  type SavedRevision,
} from './table-state.ts';

/** First byte of each part. */
const FORMAT = 1;
/** Things in one part of a snapshot. */
const PART_SIZE = 5000;

export interface SavedTime {
  readonly watermark: Millis;
  readonly maxTs: Millis;
}

export class KpiState {
  readonly #tables: readonly WindowedTable[];
  readonly #shared: Shared;
  readonly #writer = new ByteWriter(1 << 16);
  #lastTime: SavedTime = { watermark: START_OF_TIME, maxTs: START_OF_TIME };

  constructor(tables: readonly WindowedTable[], shared: Shared) {
    this.#tables = tables;
    this.#shared = shared;
  }

  delta(watermark: Millis, maxTs: Millis): State | undefined {
    const writer = this.#writer;
    this.#writeTime(writer, { watermark, maxTs });
    const empty = writer.length;
    for (let number = 0; number < this.#tables.length; number++) {
      const { table, views } = this.#tables[number] ?? { table: null, views: [] };
      if (table === null) continue;
      if (table.newKeys.length > 0) writeKeys(writer, number, table.newKeys);
      table.newKeys = [];
      for (const bucket of table.touchedBuckets) {
        const rows = bucket.takeTouched();
        if (rows.length > 0) writeRows(writer, number, table.columns, bucket, rows);
      }
      table.touchedBuckets = [];
      for (const view of views) {
        if (view.touchedRevisions.length > 0) writeRevisions(writer, number, view.index, view.touchedRevisions);
        view.touchedRevisions = [];
      }
      if (table.touchedQuotes.length > 0) writeQuotes(writer, number, table.touchedQuotes);
      for (const entry of table.touchedQuotes) entry.quotesTouched = false;
      table.touchedQuotes = [];
    }
    const changed = writer.length > empty || watermark !== this.#lastTime.watermark || maxTs !== this.#lastTime.maxTs;
    this.#lastTime = { watermark, maxTs };
    const bytes = writer.take();
    return changed ? bytes : undefined;
  }

  *snapshot(time: () => SavedTime): Generator<State> {
    for (let number = 0; number < this.#tables.length; number++) {
      const windowed = this.#tables[number];
      if (windowed !== undefined) yield* this.#tableParts(number, windowed, time);
    }
    const writer = new ByteWriter();
    this.#writeTime(writer, time());
    yield writer.take();
  }
  /** Each part is written in one go; between two of them events may come in, which the deltas then hold. */
  *#tableParts(number: number, { table, views }: WindowedTable, time: () => SavedTime): Generator<State> {
    const part = (write: (to: ByteWriter) => void): State => {
      const writer = new ByteWriter();
      this.#writeTime(writer, time());
      write(writer);
      return writer.take();
    };
    for (const keys of chunks([...table.keys.values()])) {
      yield part((to) => writeKeys(to, number, keys));
      const quoted = keys.filter((key: KeyEntry) => key.quotes !== null);
      if (quoted.length > 0) yield part((to) => writeQuotes(to, number, quoted));
    }
    for (const bucket of [...table.buckets.values()]) {
      for (const rows of chunks([...bucket.entries.keys()])) {
        yield part((to) => writeRows(to, number, table.columns, bucket, rows));
      }
    }
    for (const view of views) {
      const all: SavedRevision[] = [];
      for (const [end, ofEnd] of view.revisions) {
        for (const [serial, revision] of ofEnd) all.push({ end, serial, revision });
      }
      for (const revisions of chunks(all)) yield part((to) => writeRevisions(to, number, view.index, revisions));
    }
  }

  #writeTime(to: ByteWriter, { watermark, maxTs }: SavedTime): void {
    to.uint(FORMAT);
    to.number(watermark);
    to.number(maxTs);
    to.uint(this.#shared.nextSerial);
  }

  /** Fills the tables. Time is that of the newest part: parts may overlap, but none of them goes back. */
  restore(saved: readonly State[]): SavedTime {
    let watermark = START_OF_TIME;
    let maxTs = START_OF_TIME;
    const tables = this.#tables.map(emptySavedTable);
    for (const part of saved) {
      if (!(part instanceof Uint8Array)) throw unreadable('it is not bytes');
      const from = new ByteReader(part);
      const format = from.uint();
      if (format !== FORMAT) throw unreadable(`its format is ${format}, not ${FORMAT}`);
      watermark = Math.max(watermark, from.number());
      maxTs = Math.max(maxTs, from.number());
      this.#shared.nextSerial = Math.max(this.#shared.nextSerial, from.uint());
      while (!from.done) this.#readSection(from, tables);
    }
    this.#tables.forEach(({ table, views }, number) => {
      const state = tables[number];
      if (state === undefined) return;
      restoreTable(table, state, watermark);
      for (const view of views) {
        for (const { end, serial, revision } of state.revisions.get(view.index) ?? []) {
          if (end + view.latenessMs > watermark) view.setRevision(end, serial, revision);
        }
        view.touchedRevisions = [];
        if (table.starts.length > 0) view.rebuild(watermark);
      }
    });
    this.#lastTime = { watermark, maxTs };
    return this.#lastTime;
  }
  #readSection(from: ByteReader, tables: readonly ReturnType<typeof emptySavedTable>[]): void {
    const tag = from.uint();
    const number = from.uint();
    const into = tables[number];
    const table = this.#tables[number]?.table;
    if (into === undefined || table === undefined) throw unreadable(`it has no table ${number}`);
    if (tag === TAG.keys) readKeys(from, table.dimensions.length, into);
    else if (tag === TAG.rows)
      readRows(
        from,
        table.columns.map((column) => column.aggregate),
        into,
      );
    else if (tag === TAG.revisions) readRevisions(from, into);
    else if (tag === TAG.quotes) readQuotes(from, into);
    else throw unreadable(`it has a section ${tag}`);
  }
}

function unreadable(reason: string): EngineError {
  return new EngineError('STATE_MISMATCH', ['kpis', reason]);
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += PART_SIZE) yield items.slice(at, at + PART_SIZE);
}
