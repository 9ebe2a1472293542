/** Sums of one partition (partial-table.ts) into the slices and sessions of all. */
import type { Millis, State } from '../../../engine/core/types.ts';
import type { KpiConfig } from '../kpis-config.ts';
import { Bucket } from '../slices/bucket.ts';
import type { ByteReader } from '../saved/bytes.ts';
import type { KpiCollector } from '../output/report.ts';
import type { Contributor } from '../output/samples.ts';
import { readSketch } from '../saved/saved-sketch.ts';
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
    readSection(from, tag, known, { dimensions, aggregates: [], ops: view?.ops });
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
  const { width, sketches, columns } = into.table;
  const start = from.number();
  let due = Infinity;
  for (let count = from.uint(); count > 0; count--) {
    const of = contributor(known, from.uint());
    const row = new Bucket(start, Infinity, width, sketches, 1);
    from.numbers(row.cells, 0, width);
    let sketch = 0;
    for (const { aggregate } of columns) {
      if (aggregate.form !== 'sketch') continue;
      const state = readSketch(from, aggregate, undefined);
      if (state !== undefined) row.putSketch(0, sketch, state);
      sketch += 1;
    }
    const isTooLate = (kpi: KpiConfig): void => late({ kpi, values: of.values, start });
    due = Math.min(
      due,
      into.merge(row, of, watermark, out, (view) => isTooLate(view.report.kpi)),
    );
  }
  return due;
}

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
