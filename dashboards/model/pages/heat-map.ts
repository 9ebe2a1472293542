/**
 * One KPI over two dimensions, or one dimension over several KPIs: cells with their shade, margins, and the sentence over them. Rows and
 * columns keep their order, so that nothing jumps; a cell that a rule fires on leaves the ramp. Pure.
 */
import type { AlertMessage, KpiDescription, KpiMessage } from '../../../engine/core/wire.ts';
import { must } from '../../../engine/core/must.ts';
import type { BoardState } from '../board.ts';
import { byName } from '../dimension-names.ts';
import { keyId, NO_VALUES, type Key } from '../kpi-values.ts';
import { severityRank } from './alert-groups.ts';

/** Under so many cases a value says more about chance than about customers. */
export const LEAST_N = 30;
/** Of what is mixed in at the worst end; text on it keeps its contrast. */
const DEEPEST = 46;
export const MOST_ROWS = 10;
export const MOST_COLUMNS = 8;

export interface HeatCell {
  readonly kpi: string;
  readonly key: Key;
  readonly value: number | null;
  readonly n: number;
  /** `few`: no verdict, no colour. */
  readonly kind: 'value' | 'few' | 'none';
  /** Percent of the colour; 0 where no worse is known. */
  readonly shade: number;
  /** The worst alert that fires on it; null: none. */
  readonly alert: AlertMessage | null;
  readonly isOff: boolean;
}
export interface HeatLine {
  readonly id: string;
  /** Its margin: over all of the other dimension; null: there is none. */
  readonly total: HeatCell | null;
}
export interface HeatRow extends HeatLine {
  /** One a column. */
  readonly cells: readonly HeatCell[];
}
export interface HeatMap {
  readonly rows: readonly HeatRow[];
  readonly columns: readonly HeatLine[];
  readonly whole: HeatCell | null;
  /** The ends of the ramp; null: cells have different units, or too few values. */
  readonly range: readonly [number, number] | null;
  /** Lines that are not shown for want of space. */
  readonly hidden: number;
}

interface Reading {
  readonly kpi: KpiDescription;
  readonly values: ReadonlyMap<string, KpiMessage>;
  readonly alerts: readonly AlertMessage[];
}
function readingOf(kpi: KpiDescription, state: BoardState): Reading {
  const values = (state.kpis.get(kpi.id) ?? NO_VALUES).latest;
  const alerts = [...state.alerts.values()].map(({ message }) => message).filter((one) => one.kpi === kpi.id);
  return { kpi, values, alerts: alerts.filter((one) => one.state === 'firing' && !one.silenced) };
}

function cellOf({ kpi, values, alerts }: Reading, key: Key): HeatCell {
  const id = keyId(key);
  const found = values.get(id);
  const value = found?.value ?? null;
  const n = found?.n ?? 0; // nothing was heard of it
  const own = alerts.filter((alert) => keyId(alert.key) === id);
  const alert = own.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity))[0] ?? null; // none fires
  const isFew = n < LEAST_N && kpi.unit !== 'count' && alert === null;
  const kind = value === null ? 'none' : isFew ? 'few' : 'value';
  const isOff = kind === 'value' && found?.partial !== true && value !== null && isWorseThan(kpi, value, kpi.target);
  return { kpi: kpi.id, key, value, n, kind, shade: 0, alert, isOff };
}
function isWorseThan({ better }: KpiDescription, value: number, than: number | null): boolean {
  if (than === null) return false;
  return better === 'higher' ? value < than : value > than;
}

/** The same dimensions and no others. */
function hasOnly(key: Key, dimensions: readonly string[]): boolean {
  return (
    Object.keys(key).length === dimensions.length &&
    dimensions.every((one) => key[one] !== undefined && key[one] !== '')
  );
}
function isWithin(key: Key, base: Key): boolean {
  return Object.entries(base).every(([dimension, value]) => !(dimension in key) || key[dimension] === value);
}

/** One KPI over two dimensions, within a slice. */
export function heatMap(
  kpi: KpiDescription,
  rowsBy: string,
  columnsBy: string,
  state: BoardState,
  slice: Key,
): HeatMap {
  const reading = readingOf(kpi, state);
  const keys = [...reading.values.values()]
    .map(({ key }) => key)
    .filter((key) => hasOnly(key, [rowsBy, columnsBy]) && isWithin(key, slice));
  const margin = (dimension: string) => (value: string) => cellOf(reading, { [dimension]: value });
  const rows = linesOf(keys, rowsBy, MOST_ROWS, margin(rowsBy), reading);
  const columns = linesOf(keys, columnsBy, MOST_COLUMNS, margin(columnsBy), reading);
  const cells = rows.shown.map((row) => ({
    ...row,
    cells: columns.shown.map((column) => cellOf(reading, { [rowsBy]: row.id, [columnsBy]: column.id })),
  }));
  const range = rangeOf(cells.flatMap((row) => row.cells));
  return {
    rows: cells.map((row) => ({ ...row, cells: row.cells.map((cell) => shaded(cell, kpi, range)) })),
    columns: columns.shown,
    whole: marginal(cellOf(reading, {})),
    range,
    hidden: rows.hidden + columns.hidden,
  };
}

/** One dimension over several KPIs, each of which has its own range. */
export function kpiHeatMap(kpis: readonly KpiDescription[], rowsBy: string, state: BoardState, slice: Key): HeatMap {
  const readings = kpis.slice(0, MOST_COLUMNS).map((kpi) => readingOf(kpi, state));
  const keys = readings.flatMap(({ values }) =>
    [...values.values()].map(({ key }) => key).filter((key) => hasOnly(key, [rowsBy]) && isWithin(key, slice)),
  );
  const all = readings.flatMap(({ alerts }) => alerts);
  const rows = linesOf(keys, rowsBy, MOST_ROWS, () => null, { alerts: all, values: mostOf(readings) });
  const columns = readings.map((reading) => {
    const of = (row: HeatLine): HeatCell => cellOf(reading, { [rowsBy]: row.id });
    return { reading, of, range: rangeOf(rows.shown.map(of)) };
  });
  return {
    rows: rows.shown.map((row) => ({
      ...row,
      cells: columns.map(({ reading, of, range }) => shaded(of(row), reading.kpi, range)),
    })),
    columns: readings.map((reading) => ({ id: reading.kpi.id, total: marginal(cellOf(reading, {})) })),
    whole: null,
    range: null,
    hidden: rows.hidden,
  };
}

/** Of each key the value with most cases. */
function mostOf(readings: readonly Reading[]): ReadonlyMap<string, KpiMessage> {
  const most = new Map<string, KpiMessage>();
  for (const { values } of readings)
    for (const [id, value] of values) if (value.n > (most.get(id)?.n ?? -1)) most.set(id, value); // the first of it
  return most;
}

function marginal(cell: HeatCell): HeatCell | null {
  return cell.value === null ? null : cell;
}

/** Those with an alert and those with most cases are shown, in an order that does not change. */
function linesOf(
  keys: readonly Key[],
  dimension: string,
  most: number,
  margin: (value: string) => HeatCell | null,
  { alerts, values }: Pick<Reading, 'alerts' | 'values'>,
): { readonly shown: readonly HeatLine[]; readonly hidden: number } {
  const ids = [...new Set(keys.map((key) => must(key[dimension], 'the dimension of a line')))];
  const isAlarmed = new Set(alerts.map(({ key }) => key[dimension]));
  const sizes = new Map(ids.map((id) => [id, sizeOf(id, dimension, values)]));
  const weight = (id: string): number => (isAlarmed.has(id) ? Infinity : must(sizes.get(id), 'the size of a line'));
  const kept = ids.toSorted((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1)).slice(0, most);
  const shown = kept.toSorted(byName(dimension)).map((id) => ({ id, total: totalOf(margin(id)) }));
  return { shown, hidden: ids.length - shown.length };
}
function totalOf(cell: HeatCell | null): HeatCell | null {
  return cell === null ? null : marginal(cell);
}
function sizeOf(id: string, dimension: string, values: Reading['values']): number {
  let sum = 0;
  for (const { key, n } of values.values()) if (key[dimension] === id) sum += n;
  return sum;
}

/** Of what no rule fires on: one that does would make all others alike. */
function rangeOf(cells: readonly HeatCell[]): readonly [number, number] | null {
  const values = cells.flatMap(({ kind, value, alert }) =>
    kind === 'value' && alert === null && value !== null ? [value] : [],
  );
  if (values.length < 2) return null;
  return [Math.min(...values), Math.max(...values)];
}
function shaded(cell: HeatCell, { better }: KpiDescription, range: readonly [number, number] | null): HeatCell {
  if (cell.kind !== 'value' || cell.value === null || range === null) return cell;
  const [low, high] = range;
  const share = high === low ? 0 : Math.min(1, Math.max(0, (cell.value - low) / (high - low)));
  return { ...cell, shade: Math.round((better === 'higher' ? 1 - share : share) * DEEPEST) };
}

export interface HeatFindings {
  /** Fired on by the gravest rule, and of these the worst. */
  readonly worst: HeatCell | null;
  readonly firing: number;
  readonly off: number;
  readonly judged: number;
}
export function findingsOf({ rows }: HeatMap): HeatFindings {
  const all = rows.flatMap(({ cells }) => cells);
  const rank = ({ alert }: HeatCell): number => (alert === null ? Infinity : severityRank(alert.severity));
  const firing = all.filter(({ alert }) => alert !== null).toSorted((a, b) => rank(a) - rank(b) || b.n - a.n);
  const off = all.filter(({ isOff, alert }) => isOff && alert === null).toSorted((a, b) => b.shade - a.shade);
  return {
    worst: firing[0] ?? off[0] ?? null, // all is well
    firing: firing.length,
    off: off.length,
    judged: all.filter(({ kind }) => kind === 'value').length,
  };
}
