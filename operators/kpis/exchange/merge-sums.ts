/** Sums of one partition (partial-table.ts) into the slices and sessions of all. */
import type { Millis, State } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { Bucket } from '../slices/bucket.ts';
import type { ByteReader } from '../saved/bytes.ts';
import type { KpiCollector } from '../output/report.ts';
import type { Contributor } from '../output/samples.ts';
import { readRows, rowFormOf, type RowsIn } from '../saved/saved-rows.ts';
import { readSketch, type Sketch } from '../saved/saved-sketch.ts';
import type { SessionView } from '../sessions/session-view.ts';
import {
  emptySavedTable,
  readHead,
  readerOf,
  readSection,
  TAG,
  unreadable,
  type SavedTable,
} from '../saved/table-state.ts';
import type { WindowedTable } from '../windows/windowed-table.ts';

/** What came too late for a KPI. */
export interface LateSum {
  readonly kpi: KpiConfig;
  /** Dimension values. */
  readonly values: readonly string[];
  /** Where the slice or the session begins. */
  readonly start: Millis;
}

/** `late`: what a KPI can take no more; `taken`: whose sessions took some. `due`: when it makes something due. */
export function mergeSums(
  sums: State,
  tables: readonly WindowedTable[],
  sessions: readonly SessionView[],
  watermark: Millis,
  out: KpiCollector,
  late: (late: LateSum) => void,
  taken: (kpi: KpiConfig) => void = () => undefined,
): { readonly maxTs: Millis; readonly due: Millis } {
  const from = readerOf(sums);
  const { maxTs } = readHead(from);
  let due = Infinity;
  // A table's keys and quotes come before what was added up for them.
  let at = -1;
  let known = emptySavedTable();
  while (!from.done) {
    const tag = from.uint();
    const number = from.uint();
    if (number !== at) known = emptySavedTable();
    at = number;
    const table = tables[number];
    const view = sessions[number - tables.length];
    if (table === undefined && view === undefined) throw unreadable(`it has no table ${number}`);
    if (tag === TAG.rows && table !== undefined) {
      due = Math.min(due, mergeRows(from, table, known, watermark, out, late));
      continue;
    }
    const dimensions = (table ?? view)?.directory.dimensions.length ?? 0;
    readSection(from, tag, known, { dimensions, rows: NO_ROWS, ops: view?.ops });
    if (tag === TAG.stretches && view !== undefined) {
      mergeSessions(view, known, watermark, out, late, taken);
      due = Math.min(due, view.next);
    }
  }
  return { maxTs, due };
}

function mergeRows(
  from: ByteReader,
  into: WindowedTable,
  known: SavedTable,
  watermark: Millis,
  out: KpiCollector,
  late: (late: LateSum) => void,
): Millis {
  const rows = new MergedRows(into, known, watermark, out, late);
  readRows(from, into.table.rowForm, (start) => rows.from(start));
  return rows.due;
}

/** Each row of the sums is one of a slice of its own, which is added to the slices of all. */
class MergedRows implements RowsIn {
  due: Millis = Infinity;
  #start: Millis = 0;
  #bucket = NO_BUCKET;
  #of: Contributor = NOBODY;
  readonly #into: WindowedTable;
  readonly #known: SavedTable;
  readonly #watermark: Millis;
  readonly #out: KpiCollector;
  readonly #late: (late: LateSum) => void;

  constructor(
    into: WindowedTable,
    known: SavedTable,
    watermark: Millis,
    out: KpiCollector,
    late: (late: LateSum) => void,
  ) {
    this.#into = into;
    this.#known = known;
    this.#watermark = watermark;
    this.#out = out;
    this.#late = late;
  }
  from(start: Millis): this {
    this.#start = start;
    return this;
  }
  get cells(): Float64Array {
    return this.#bucket.cells;
  }
  row(serial: number): number {
    this.#of = contributor(this.#known, serial);
    const { width, sketches } = this.#into.table;
    this.#bucket = new Bucket(this.#start, Infinity, width, sketches, 1);
    return 0;
  }
  sketch(from: ByteReader, at: number, aggregate: Sketch): void {
    const state = readSketch(from, aggregate, undefined);
    if (state !== undefined) this.#bucket.putSketch(0, at, state);
  }
  end(): void {
    const { values } = this.#of;
    const due = this.#into.merge(this.#bucket, this.#of, this.#watermark, this.#out, ({ report }) =>
      this.#late({ kpi: report.kpi, values, start: this.#start }),
    );
    if (due < this.due) this.due = due;
  }
}
/** Sessions have no rows, and those of tables are merged at once. */
const NO_ROWS = rowFormOf([]);
const NO_BUCKET = new Bucket(0, Infinity, 0, 0, 0);
const NOBODY: Contributor = { values: [], quotes: [] };

function mergeSessions(
  into: SessionView,
  known: SavedTable,
  watermark: Millis,
  out: KpiCollector,
  late: (late: LateSum) => void,
  taken: (kpi: KpiConfig) => void,
): void {
  for (const [serial, stretches] of known.sessions) {
    const of = contributor(known, serial);
    for (const { start, end, part } of stretches) {
      if (part === undefined) throw unreadable('it has sums without a beginning');
      if (into.merge({ start, end, part }, of, watermark, out)) taken(into.report.kpi);
      else late({ kpi: into.report.kpi, values: of.values, start });
    }
  }
  known.sessions.clear();
}

function contributor({ keys, quotes }: SavedTable, serial: number): Contributor {
  const values = keys.get(serial);
  if (values === undefined) throw unreadable(`it has no key ${serial}`);
  const said = quotes.get(serial) ?? [];
  // Once is enough, whatever the number of slices.
  quotes.delete(serial);
  return { values, quotes: said };
}
