/**
 * What KPIs have counted in the input that was read again (`--backfill`), taken over into the state of all KPIs. KPIs may share
 * a column with one that was always there: of what either knows of a slice and key, that counts which holds more, because each
 * of them is all there was or a part of it.
 */
import { at } from '../../../engine/core/must.ts';
import { START_OF_TIME, type Millis } from '../../../engine/core/types.ts';
import type { Part } from '../../aggregates/aggregate.ts';
import type { Birth } from '../birth.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import { OTHER } from '../keys/key-of.ts';
import type { Report } from '../output/report.ts';
import { mergeQuotes } from '../output/samples.ts';
import type { SessionView } from '../sessions/session-view.ts';
import type { Bucket } from '../slices/bucket.ts';
import { partOps, type PartOps } from '../slices/part.ts';
import type { WindowedTable } from '../windows/windowed-table.ts';
import type { WindowView } from '../windows/window-view.ts';

/** Of a key that quotes nobody. */
const NO_QUOTES: NonNullable<KeyEntry['quotes']> = [];

export interface Tables {
  readonly tables: readonly WindowedTable[];
  readonly sessions: readonly SessionView[];
}

export function reportsOf({ tables, sessions }: Tables): readonly Report[] {
  return [...tables.flatMap(({ views }) => views.map(({ report }) => report)), ...sessions.map(({ report }) => report)];
}

/** `birth`: of the KPIs of `from` after that. Yields between steps of bounded size. */
export function* absorb(into: Tables, from: Tables, birth: Birth): Generator<void> {
  const { watermark } = birth;
  for (const table of from.tables) {
    for (const view of table.views) {
      const place = placeOf(into, view);
      yield* absorbView(place, { table, view }, watermark);
      const { report } = place.view;
      // Windows that were reported in the meantime, as parts, are reported again where late events change them.
      const reported = report.birth.watermark;
      report.birth = { ...birth, watermark: reported === START_OF_TIME ? watermark : reported };
    }
  }
  for (const view of from.sessions) {
    const own = into.sessions.find(({ report, directory }) => isSame(report, directory.dimensions, view));
    if (own === undefined) throw new RangeError(`no sessions of ${view.report.kpi.id}`);
    yield* absorbSessions(own, view, watermark);
    own.report.birth = { ...birth, watermark: Math.max(own.report.birth.watermark, watermark) };
  }
}

interface Place {
  readonly table: WindowedTable;
  readonly view: WindowView;
}
/** The view of the same KPI under the same set of keys. */
function placeOf({ tables }: Tables, of: WindowView): Place {
  for (const table of tables) {
    const view = table.views.find(({ report }) =>
      isSame(report, table.directory.dimensions, { report: of.report, directory: of.table.directory }),
    );
    if (view !== undefined) return { table, view };
  }
  throw new RangeError(`no table of ${of.report.kpi.id}`);
}
function isSame(
  { kpi }: Report,
  dimensions: readonly string[],
  other: { readonly report: Report; readonly directory: { readonly dimensions: readonly string[] } },
): boolean {
  return kpi.id === other.report.kpi.id && dimensions.join('\n') === other.directory.dimensions.join('\n');
}

function* absorbView(into: Place, from: Place, watermark: Millis): Generator<void> {
  const [kept, filled] = [opsOf(into), opsOf(from)];
  const { table, directory } = into.table;
  for (const bucket of from.table.table.buckets.values()) {
    if (table.expiryOf(bucket.start) <= watermark) continue;
    const others = filled.fresh();
    let other: KeyEntry | undefined;
    for (let row = 0; row < bucket.entries.length; row++) {
      const entry = at(bucket.entries, row);
      const part = filled.fresh();
      filled.take(part, bucket, row);
      if (!filled.holds(part)) continue;
      const own = directory.ofValues(entry.values);
      mergeQuotes(directory, own, { values: entry.values, quotes: entry.quotes ?? NO_QUOTES });
      if (own.values.includes(OTHER)) {
        // Several keys may be folded into it here.
        filled.merge(others, part);
        other = own;
      } else putIfMore(into, kept, bucket, own, part);
      if (row % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    }
    if (other !== undefined) putIfMore(into, kept, bucket, other, others);
    yield;
  }
}
const ROWS_A_STEP = 256;

function putIfMore({ table: { table } }: Place, ops: PartOps, { start }: Bucket, entry: KeyEntry, part: Part): void {
  const bucket = table.buckets.get(start) ?? table.openBucket(start);
  const row = table.rowOf(bucket, entry);
  const isMore = ops.n(part) > ops.nOf(bucket, row) || (ops.n(part) === 0 && !holdsAny(ops, bucket, row));
  if (isMore) ops.put(part, bucket, row);
}
/** A ratio may hold something although its n is 0. */
function holdsAny(ops: PartOps, bucket: Bucket, row: number): boolean {
  const part = ops.fresh();
  ops.take(part, bucket, row);
  return ops.holds(part);
}
function opsOf({ table, view }: Place): PartOps {
  const column = table.table.columns.find(({ measure }) => measure === view.measure);
  if (column === undefined) throw new RangeError('a view without a column');
  return partOps(column.aggregate, column.at);
}

/** Sessions are nobody else's: those of before make way. */
function* absorbSessions(into: SessionView, from: SessionView, watermark: Millis): Generator<void> {
  for (const entry of [...into.sessions.keys()]) {
    into.directory.remove(entry);
    into.sessions.delete(entry);
  }
  into.touched.clear();
  let count = 0;
  for (const [entry, sessions] of from.sessions) {
    if (!sessions.some((session) => into.keeps(session, watermark))) continue;
    const own = into.directory.ofValues(entry.values);
    mergeQuotes(into.directory, own, { values: entry.values, quotes: entry.quotes ?? NO_QUOTES });
    into.restore(
      own,
      sessions.map(({ start, end, revision, part }) => ({ id: 0, start, end, revision, part })),
      watermark,
    );
    if (++count % ROWS_A_STEP === 0) yield;
  }
}
