/** What the KPIs of a shared read take from an event: its filter and its measures, each evaluated once. */
import type { Read } from '../../measures/measure.ts';
import { aggregateOf, readerOf, type MeasureConfig } from '../../measures/measures.ts';
import type { AnyAggregate, Sketchable } from '../../aggregates/aggregate.ts';
import type { CompileExpression, CxEvent, Expression } from '../../shared/messages.ts';
import { at, must } from '../../../engine/core/must.ts';
import { isLeftOut } from '../../cleaning/marks.ts';
import { canonical, type ReadPlan } from '../layout.ts';
import type { Column } from './slice-table.ts';

/** What was measured in the event at hand: numbers for cells (NaN: nothing), anything for sketches. */
export interface Measured {
  readonly numbers: Float64Array;
  readonly values: (Sketchable | undefined)[];
}

export class Measuring {
  readonly aggregates: readonly AnyAggregate[];
  /** Of the event that matched last. */
  readonly measured: Measured;
  readonly #reads: readonly Read[];
  readonly #where: Expression | null;
  readonly #countsAll: boolean;

  /** Throws EngineError EXPRESSION_INVALID. */
  constructor(plan: ReadPlan, compile: CompileExpression) {
    const { measures } = plan;
    this.aggregates = measures.map(aggregateOf);
    this.#reads = measures.map((measure) => readerOf(measure, compile, placeOf(plan, measure)));
    this.measured = { numbers: new Float64Array(measures.length), values: measures.map(() => undefined) };
    this.#countsAll = plan.countsAll;
    this.#where = plan.where === null ? null : compile(plan.where, `kpis[${at(plan.kpis, 0).id}].where`);
  }

  /** Whether the event passes the filter; if so, measures it. */
  matches(event: CxEvent): boolean {
    if (!this.#countsAll && isLeftOut(event.enrichment.quality)) return false;
    if (this.#where !== null && this.#where(event as unknown as Readonly<Record<string, unknown>>) !== true)
      return false;
    const { numbers, values } = this.measured;
    for (let i = 0; i < this.#reads.length; i++) {
      const value = this.#reads[i]?.(event);
      values[i] = value;
      numbers[i] = typeof value === 'number' ? value : NaN;
    }
    return true;
  }

  /** Whether anything was measured for one of the columns. */
  any(columns: readonly Column[]): boolean {
    for (const column of columns) if (this.measured.values[column.measure] !== undefined) return true;
    return false;
  }
}

/** KPIs that measure the same share it: the first of them names it. */
function placeOf({ kpis }: ReadPlan, measure: MeasureConfig): string {
  const id = canonical(measure);
  return `kpis[${must(kpis.find((kpi) => canonical(kpi.measure) === id)).id}].measure`;
}
