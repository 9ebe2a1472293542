/** All KPIs that read the same events through the same filter: evaluates both once and puts the event into the tables. */
import type { Millis } from '../../engine/core/types.ts';
import { measureOf, type Read } from '../aggregates/measure.ts';
import type { AnyAggregate, Sketchable } from '../aggregates/types.ts';
import type { CompileExpression, CxEnvelope, CxEvent, Expression } from '../types.ts';
import { slicedWindows, type SlicedWindows } from '../windows/windows.ts';
import { dimension } from './key-of.ts';
import type { FeedPlan, TablePlan } from './layout.ts';
import { partOps } from './part.ts';
import { Report, type KpiCollector } from './report.ts';
import { keepQuote, quoteOf, type Quote } from './samples.ts';
import { SliceTable, type Column, type Shared } from './slice-table.ts';
import { WindowView } from './window-view.ts';

export interface FeedOptions {
  readonly zone: string;
  readonly compile: CompileExpression;
  readonly samplesFor: ReadonlySet<string>;
  /** KPIs whose live values go to the next operator; undefined: all. */
  readonly liveFor: ReadonlySet<string> | undefined;
}

/** A table with the windows over it. */
export interface WindowedTable {
  readonly id: string;
  readonly table: SliceTable;
  readonly views: readonly WindowView[];
  readonly wantsQuotes: boolean;
}

export class Feed {
  readonly plan: FeedPlan;
  readonly tables: readonly WindowedTable[];
  /** What was measured in the event at hand: numbers for cells (NaN: nothing), anything for sketches. */
  readonly #numbers: Float64Array;
  readonly #values: (Sketchable | undefined)[];
  readonly #reads: readonly Read[];
  readonly #aggregates: readonly AnyAggregate[];
  readonly #where: Expression | null;

  constructor(plan: FeedPlan, options: FeedOptions, shared: Shared) {
    this.plan = plan;
    const measures = plan.measures.map((measure) => measureOf(measure, options.compile));
    this.#reads = measures.map((measure) => measure.read);
    this.#aggregates = measures.map((measure) => measure.aggregate);
    this.#numbers = new Float64Array(measures.length);
    this.#values = measures.map(() => undefined);
    this.#where = plan.where === null ? null : options.compile(plan.where);
    this.tables = plan.tables.map((table) => windowedTable(table, this.#aggregates, options, shared));
  }

  /** Whether the event passes the filter; if so, measures it. */
  matches(event: CxEvent): boolean {
    if (this.#where !== null && this.#where(event as unknown as Readonly<Record<string, unknown>>) !== true)
      return false;
    for (let i = 0; i < this.#reads.length; i++) {
      const value = this.#reads[i]?.(event);
      this.#values[i] = value;
      this.#numbers[i] = typeof value === 'number' ? value : NaN;
    }
    return true;
  }

  measuredAny(columns: readonly Column[]): boolean {
    for (const column of columns) if (this.#values[column.feed] !== undefined) return true;
    return false;
  }
  measured(feed: number): Sketchable | undefined {
    return this.#values[feed];
  }

  /** Adds the event at hand to a table; returns the slice if these are its first data. */
  add({ table, wantsQuotes }: WindowedTable, event: CxEnvelope): void {
    const entry = table.entryOf(event.value);
    const bucket = table.bucketAt(event.ts);
    table.add(bucket, table.rowOf(bucket, entry), this.#numbers, this.#values);
    table.touchedKey = entry;
    if (wantsQuotes) this.#keepQuote(table, entry, event);
  }

  /** The same for an event behind the watermark, which closed windows may hold. */
  addLate({ table, views, wantsQuotes }: WindowedTable, event: CxEnvelope, watermark: Millis, out: KpiCollector): void {
    const entry = table.entryOf(event.value);
    const bucket = table.bucketAt(event.ts);
    const isNew = bucket.rowOf(entry) < 0;
    const row = table.rowOf(bucket, entry);
    const before = views.map((view) => view.nOf(bucket, row));
    table.add(bucket, row, this.#numbers, this.#values);
    table.touchedKey = entry;
    if (wantsQuotes) this.#keepQuote(table, entry, event);
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (view === undefined) continue;
      const added = view.nOf(bucket, row) - (before[i] ?? 0);
      view.late(bucket, entry, event.ts, this.#values[view.feed], added, isNew, watermark, out);
    }
  }

  #keepQuote(table: SliceTable, entry: NonNullable<SliceTable['touchedKey']>, event: CxEnvelope): void {
    const quote: Quote | null = quoteOf(event.value, event.ts);
    if (quote !== null && keepQuote((entry.quotes ??= []), quote)) table.touchQuotes(entry);
  }
}

function windowedTable(
  plan: TablePlan,
  aggregates: readonly AnyAggregate[],
  options: FeedOptions,
  shared: Shared,
): WindowedTable {
  const windows = plan.views.map((view) => slicedWindows(view.window, options.zone));
  const [slicing] = windows;
  if (slicing === undefined) throw new RangeError('a table without views');
  const columns = columnsOf(plan.columns, aggregates);
  const table = new SliceTable({
    dimensions: plan.dimensions,
    dimensionsOf: plan.dimensions.map(dimension),
    columns,
    slicing,
    maxKeys: plan.maxKeys,
    expiryOf: (start) =>
      Math.max(...plan.views.map((view, i) => lastNeed(start, windows[i] ?? slicing) + view.kpi.allowedLatenessMs)),
    shared,
  });
  const views = plan.views.map((view, index) => {
    const column = columns[view.column];
    const own = windows[index];
    if (column === undefined || own === undefined) throw new RangeError('a view without a column');
    const { id } = view.kpi;
    return new WindowView({
      table,
      index,
      windows: own,
      ops: partOps(column.aggregate, column.at),
      feed: column.feed,
      report: new Report(
        view.kpi,
        plan.dimensions,
        options.samplesFor.has(id),
        options.liveFor === undefined || options.liveFor.has(id),
      ),
    });
  });
  return { id: plan.id, table, views, wantsQuotes: plan.views.some((view) => options.samplesFor.has(view.kpi.id)) };
}

/** The last window end at which a slice counts: running totals let it go with the first window that does not hold it. */
function lastNeed(start: Millis, windows: SlicedWindows): Millis {
  const end = windows.lastEnd(start);
  return windows.shape === 'sliding' ? windows.endAfter(end) : end;
}

export function columnsOf(feeds: readonly number[], aggregates: readonly AnyAggregate[]): readonly Column[] {
  let cells = 0;
  let sketches = 0;
  return feeds.map((feed) => {
    const aggregate = aggregates[feed];
    if (aggregate === undefined) throw new RangeError('a column without a measure');
    if (aggregate.form === 'sketch') return { aggregate, feed, at: sketches++ };
    const at = cells;
    cells += aggregate.width;
    return { aggregate, feed, at };
  });
}
