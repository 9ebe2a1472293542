/** All KPIs that read the same events through the same filter: evaluates both once and puts the event into the tables. */
import type { Calendar } from '../../windows/zone-days.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { AnyAggregate } from '../../aggregates/aggregate.ts';
import type { CompileExpression, CxEnvelope, CxEvent } from '../../shared/messages.ts';
import { requireDuration, slicedWindows, type SlicedWindows } from '../../windows/windows.ts';
import { KeyDirectory, type Shared } from '../keys/key-directory.ts';
import { dimension } from '../keys/key-of.ts';
import type { ReadPlan, SessionPlan, TablePlan } from '../layout.ts';
import { Measuring, type Measured } from './measuring.ts';
import { partOps } from './part.ts';
import { Report, type KpiCollector } from '../output/report.ts';
import { SessionView } from '../sessions/session-view.ts';
import { SliceTable, type Column } from './slice-table.ts';
import { WindowView } from '../windows/window-view.ts';
import { WindowedTable } from '../windows/windowed-table.ts';

export interface ReadOptions {
  /** Of the zone that windows of a day and more align to. */
  readonly calendar: () => Calendar;
  readonly compile: CompileExpression;
  readonly samplesFor: ReadonlySet<string>;
  /** KPIs whose live values go to the next operator; undefined: all. */
  readonly liveFor: ReadonlySet<string> | undefined;
}

export class SharedRead {
  readonly plan: ReadPlan;
  readonly tables: readonly WindowedTable[];
  readonly sessions: readonly SessionView[];
  readonly #measuring: Measuring;
  readonly #measured: Measured;

  /** Throws EngineError EXPRESSION_INVALID, WINDOW_INVALID. */
  constructor(plan: ReadPlan, options: ReadOptions, shared: Shared) {
    this.plan = plan;
    this.#measuring = new Measuring(plan, options.compile);
    this.#measured = this.#measuring.measured;
    const { aggregates } = this.#measuring;
    this.tables = plan.tables.map((table) => tableOf(table, aggregates, options, shared));
    this.sessions = plan.sessions.map((session) => sessionsOf(session, aggregates, options, shared));
  }

  /** Whether the event passes the filter; if so, measures it. */
  matches(event: CxEvent): boolean {
    return this.#measuring.matches(event);
  }

  /** Adds the event just measured, which is at or after the watermark. Returns when it makes something due. */
  add(event: CxEnvelope, watermark: Millis, out: KpiCollector): Millis {
    let due = Infinity;
    for (const table of this.tables) {
      if (this.#measuring.any(table.table.columns)) due = Math.min(due, table.add(event, this.#measured));
    }
    for (const sessions of this.sessions) {
      sessions.add(event, this.#measured.values[sessions.measure], watermark, out);
      due = Math.min(due, sessions.next);
    }
    return due;
  }

  /**
   * The same for one behind the watermark. `late` is called with each KPI for which it is too late, for all keys and windows;
   * returns whether there was a KPI for which it was not, and when it makes something due.
   */
  addLate(
    event: CxEnvelope,
    watermark: Millis,
    out: KpiCollector,
    late: (kpi: ReadPlan['kpis'][number]) => void,
  ): { readonly accepted: boolean; readonly due: Millis } {
    const accepted = new Set<string>();
    let due = Infinity;
    for (const table of this.tables) {
      let open = false;
      for (const view of table.views) {
        if (!view.accepts(event.ts, watermark)) continue;
        open = true;
        accepted.add(view.report.kpi.id);
      }
      if (!open || !this.#measuring.any(table.table.columns)) continue;
      due = Math.min(due, table.addLate(event, this.#measured, watermark, out));
    }
    for (const sessions of this.sessions) {
      if (sessions.add(event, this.#measured.values[sessions.measure], watermark, out))
        accepted.add(sessions.report.kpi.id);
      due = Math.min(due, sessions.next);
    }
    for (const kpi of this.plan.kpis) if (!accepted.has(kpi.id)) late(kpi);
    return { accepted: accepted.size > 0, due };
  }
}

function tableOf(
  plan: TablePlan,
  aggregates: readonly AnyAggregate[],
  options: ReadOptions,
  shared: Shared,
): WindowedTable {
  const windows = plan.views.map((view) => slicedWindows(view.window, options.calendar));
  const [slicing] = windows;
  if (slicing === undefined) throw new RangeError('a table without views');
  const columns = columnsOf(plan.columns, aggregates);
  const table = new SliceTable({
    directory: directoryOf(plan.dimensions, plan.maxKeys, shared),
    columns,
    slicing,
    expiryOf: (start) =>
      Math.max(...plan.views.map((view, i) => lastNeed(start, windows[i] ?? slicing) + view.kpi.allowedLatenessMs)),
  });
  const views = plan.views.map((view, index) => {
    const column = columns[view.column];
    if (column === undefined) throw new RangeError('a view without a column');
    return new WindowView({
      table,
      index,
      windows: windows[index] ?? slicing,
      ops: partOps(column.aggregate, column.at),
      measure: column.measure,
      report: reportOf(view.kpi, plan.dimensions, options),
    });
  });
  return new WindowedTable(
    table,
    views,
    plan.views.some((view) => options.samplesFor.has(view.kpi.id)),
  );
}

function sessionsOf(
  plan: SessionPlan,
  aggregates: readonly AnyAggregate[],
  options: ReadOptions,
  shared: Shared,
): SessionView {
  requireDuration('gap', plan.gapMs);
  const aggregate = aggregates[plan.measure];
  if (aggregate === undefined) throw new RangeError('sessions without a measure');
  return new SessionView({
    directory: directoryOf(plan.dimensions, plan.kpi.maxKeys, shared),
    report: reportOf(plan.kpi, plan.dimensions, options),
    ops: partOps(aggregate, 0),
    gapMs: plan.gapMs,
    measure: plan.measure,
    wantsQuotes: options.samplesFor.has(plan.kpi.id),
  });
}

function directoryOf(dimensions: readonly string[], maxKeys: number, shared: Shared): KeyDirectory {
  return new KeyDirectory(dimensions, dimensions.map(dimension), maxKeys, shared);
}
function reportOf(kpi: ReadPlan['kpis'][number], dimensions: readonly string[], options: ReadOptions): Report {
  const judgedLive = options.liveFor === undefined || options.liveFor.has(kpi.id);
  return new Report(kpi, dimensions, { wantsSamples: options.samplesFor.has(kpi.id), judgedLive });
}

/** The last window end at which a slice counts: running totals let it go with the first window that does not hold it. */
function lastNeed(start: Millis, windows: SlicedWindows): Millis {
  const end = windows.lastEnd(start);
  return windows.shape === 'sliding' ? windows.endAfter(end) : end;
}

export function columnsOf(measures: readonly number[], aggregates: readonly AnyAggregate[]): readonly Column[] {
  let cells = 0;
  let sketches = 0;
  return measures.map((measure) => {
    const aggregate = aggregates[measure];
    if (aggregate === undefined) throw new RangeError('a column without a measure');
    if (aggregate.form === 'sketch') return { aggregate, measure, at: sketches++ };
    const at = cells;
    cells += aggregate.width;
    return { aggregate, measure, at };
  });
}
