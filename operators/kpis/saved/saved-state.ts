/** The operator's saved state: deltas of what changed, snapshots of everything in parts, and the way back. */
import { START_OF_TIME, type Millis, type State } from '../../../engine/core/types.ts';
import { NO_BIRTH } from '../birth.ts';
import { ByteWriter, type ByteReader } from './bytes.ts';
import type { KeyDirectory, Shared } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import { restoreSessions, restoreTable, type RowsAt } from './restore.ts';
import { readRows, rowFormOf } from './saved-rows.ts';
import { SavedKeys } from '../keys/saved-keys.ts';
import { writeSessions } from '../sessions/saved-sessions.ts';
import type { SessionView } from '../sessions/session-view.ts';
import {
  emptySavedTable,
  readHead,
  readKeys,
  readerOf,
  readSection,
  TAG,
  unreadable,
  writeBirths,
  writeHead,
  writeKeys,
  writeQuotes,
  writeRevisions,
  writeSlice,
  writeTag,
  type SavedRevision,
  type SavedTable,
} from './table-state.ts';
import type { WindowedTable } from '../windows/windowed-table.ts';

/** Things in one part of a snapshot. */
const PART_SIZE = 5000;

export interface SavedTime {
  readonly watermark: Millis;
  readonly maxTs: Millis;
}

export class KpiState {
  readonly #tables: readonly WindowedTable[];
  /** Numbered after the tables. */
  readonly #sessions: readonly SessionView[];
  readonly #shared: Shared;
  readonly #writer = new ByteWriter(1 << 16);
  #areBirthsNew = false;
  #last: SavedTime = { watermark: START_OF_TIME, maxTs: START_OF_TIME };

  constructor(tables: readonly WindowedTable[], sessions: readonly SessionView[], shared: Shared) {
    this.#tables = tables;
    this.#sessions = sessions;
    this.#shared = shared;
  }

  /** What changed since the last one. A watermark that closed windows counts as a change: they are not to be closed again. */
  delta(time: SavedTime): State | undefined {
    const writer = this.#writer;
    this.#writeTime(writer, time);
    const empty = writer.length;
    if (this.#areBirthsNew) this.#writeBirths(writer);
    this.#tables.forEach(({ table, views, directory }, number) => {
      this.#writeDirectory(writer, number, directory);
      for (const bucket of table.touchedBuckets) {
        const rows = bucket.takeTouched();
        if (rows.length > 0) writeSlice(writer, number, table.rowForm, bucket, rows, 'changes');
      }
      table.touchedBuckets = [];
      for (const view of views) {
        if (view.touchedRevisions.length > 0) writeRevisions(writer, number, view.index, view.touchedRevisions);
        view.touchedRevisions = [];
      }
    });
    this.#sessions.forEach((view, i) => {
      const number = this.#tables.length + i;
      this.#writeDirectory(writer, number, view.directory);
      if (view.touched.size > 0) writeSessionsOf(writer, number, view, view.touched, 'changes');
      view.touched.clear();
    });
    const changed = writer.length > empty || time.watermark !== this.#last.watermark || time.maxTs !== this.#last.maxTs;
    this.#last = time;
    const bytes = writer.take();
    return changed ? bytes : undefined;
  }
  #writeDirectory(writer: ByteWriter, number: number, directory: KeyDirectory): void {
    if (directory.newKeys.length > 0) writeKeys(writer, number, directory.newKeys);
    directory.newKeys = [];
    if (directory.touchedQuotes.length > 0) writeQuotes(writer, number, directory.touchedQuotes);
    for (const entry of directory.touchedQuotes) entry.quotesTouched = false;
    directory.touchedQuotes = [];
  }

  /** Each part is written in one go; between two of them events may come in, which the deltas then hold. */
  *snapshot(time: () => SavedTime): Generator<State> {
    const part = (write: (to: ByteWriter) => void): State => {
      const writer = new ByteWriter();
      this.#writeTime(writer, time());
      write(writer);
      return writer.take();
    };
    for (let i = 0; i < this.#tables.length; i++) {
      const windowed = this.#tables[i];
      if (windowed === undefined) continue;
      yield* this.#directoryParts(i, windowed.directory, part);
      yield* this.#tableParts(i, windowed, part);
    }
    for (let i = 0; i < this.#sessions.length; i++) {
      const view = this.#sessions[i];
      if (view === undefined) continue;
      const number = this.#tables.length + i;
      yield* this.#directoryParts(number, view.directory, part);
      for (const keys of chunks(view.sessions.keys())) {
        yield part((to) => writeSessionsOf(to, number, view, keys, 'whole'));
      }
    }
    yield part((to) => this.#writeBirths(to));
  }
  #writeBirths(to: ByteWriter): void {
    const all = [...this.#tables.map(({ views }) => views.map(({ report }) => report))];
    for (const { report } of this.#sessions) all.push([report]);
    all.forEach((reports, number) => {
      const births = new Map(
        reports.flatMap(({ birth }, view) => (birth === NO_BIRTH ? [] : [[view, birth] as const])),
      );
      if (births.size > 0) writeBirths(to, number, births);
    });
    this.#areBirthsNew = false;
  }
  /** A birth was set since the last delta. */
  bornNow(): void {
    this.#areBirthsNew = true;
  }
  *#directoryParts(number: number, directory: KeyDirectory, part: MakePart): Generator<State> {
    for (const keys of chunks(directory.entries())) {
      yield part((to) => writeKeys(to, number, keys));
      const quoted = keys.filter((key) => key.quotes !== null);
      if (quoted.length > 0) yield part((to) => writeQuotes(to, number, quoted));
    }
  }
  *#tableParts(number: number, { table, views }: WindowedTable, part: MakePart): Generator<State> {
    for (const bucket of [...table.buckets.values()]) {
      for (let from = 0; from < bucket.entries.length; from += PART_SIZE) {
        const rows = Array.from({ length: Math.min(PART_SIZE, bucket.entries.length - from) }, (_, i) => from + i);
        yield part((to) => writeSlice(to, number, table.rowForm, bucket, rows));
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
    writeHead(to, { watermark, maxTs, nextSerial: this.#shared.nextSerial });
  }

  /** Fills the tables. Time is that of the newest part: parts may overlap, but none of them goes back. */
  restore(saved: readonly State[]): SavedTime {
    let watermark = START_OF_TIME;
    let maxTs = START_OF_TIME;
    const into = [...this.#tables, ...this.#sessions].map(({ directory }): Restoring => ({
      dimensions: directory.dimensions.length,
      keys: new SavedKeys(),
      rows: [],
      rest: emptySavedTable(),
    }));
    // Rows are many: they are only noted here, and read into their slices once all keys are known.
    for (const part of saved) {
      const from = readerOf(part);
      const head = readHead(from);
      watermark = Math.max(watermark, head.watermark);
      maxTs = Math.max(maxTs, head.maxTs);
      this.#shared.nextSerial = Math.max(this.#shared.nextSerial, head.nextSerial);
      while (!from.done) this.#readSection(from, part as Uint8Array, into);
    }
    into.forEach((state, number) => {
      const windowed = this.#tables[number];
      const sessions = this.#sessions[number - this.#tables.length];
      if (windowed !== undefined) restoreWindowed(windowed, state, watermark);
      else if (sessions !== undefined) {
        restoreSessions(sessions, state.keys, state.rest, watermark);
        sessions.report.birth = state.rest.births.get(0) ?? NO_BIRTH;
      }
    });
    this.#last = { watermark, maxTs };
    return this.#last;
  }
  #readSection(from: ByteReader, part: Uint8Array, all: readonly Restoring[]): void {
    const tag = from.uint();
    const number = from.uint();
    const into = all[number];
    if (into === undefined) throw unreadable(`it has no table ${number}`);
    const { dimensions, keys, rest } = into;
    const rows = this.#tables[number]?.table.rowForm ?? NO_ROWS;
    if (tag === TAG.keys) readKeys(from, dimensions, ({ serial, values }) => keys.add(serial, values));
    else if (tag === TAG.rows) {
      into.rows.push({ part, position: from.position });
      readRows(from, rows, () => null);
    } else {
      const ops = this.#sessions[number - this.#tables.length]?.ops;
      readSection(from, tag, rest, { dimensions, rows, ops });
    }
  }
}

/** What is known of a table or of sessions before it is filled. */
interface Restoring {
  readonly dimensions: number;
  readonly keys: SavedKeys;
  readonly rows: RowsAt[];
  readonly rest: SavedTable;
}

/** Sessions have no rows. */
const NO_ROWS = rowFormOf([]);

type MakePart = (write: (to: ByteWriter) => void) => State;

function writeSessionsOf(
  to: ByteWriter,
  number: number,
  { ops, sessions }: SessionView,
  keys: Iterable<KeyEntry>,
  form: 'whole' | 'changes',
): void {
  writeTag(to, TAG.sessions, number);
  const ofKeys = Array.from(keys, (key) => [key.serial, sessions.get(key) ?? []] as const);
  writeSessions(to, ops, ofKeys, form);
}

function restoreWindowed({ table, views }: WindowedTable, state: Restoring, watermark: Millis): void {
  restoreTable(table, state.keys, state.rest, state.rows, watermark);
  for (const view of views) {
    view.report.birth = state.rest.births.get(view.index) ?? NO_BIRTH;
    for (const { end, serial, revision } of state.rest.revisions.get(view.index) ?? []) {
      if (end + view.latenessMs > watermark) view.setRevision(end, serial, revision);
    }
    view.touchedRevisions = [];
    if (table.starts.length > 0) view.rebuild(watermark);
  }
}

function* chunks<T>(items: Iterable<T>): Generator<readonly T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < PART_SIZE) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
