/**
 * Saved state under another set of KPIs. A new KPI starts with nothing of its own, one that is gone is dropped; one that was
 * changed is refused, because what it has added up is not what it means now.
 */
import { EngineError } from '../../../engine/core/errors.ts';
import { at } from '../../../engine/core/must.ts';
import { START_OF_TIME, type Millis, type State } from '../../../engine/core/types.ts';
import { laterBirth, NO_BIRTH, type Birth } from '../birth.ts';
import { aggregateOf, countedAs, type MeasureConfig } from '../../measures/measures.ts';
import type { AnyAggregate } from '../../aggregates/aggregate.ts';
import type { KpiConfig } from '../kpis-config.ts';
import type { WindowConfig } from '../../windows/window-config.ts';
import { DAY_MS } from '../../windows/zone-days.ts';
import { ByteWriter } from './bytes.ts';
import { rowFormOf, writeRows, type RowForm } from './saved-rows.ts';
import { NO_SKETCH } from './saved-sketch.ts';
import { asksForAll, canonical, layoutOf, type TablePlan } from '../layout.ts';
import { partOps, type PartOps } from '../slices/part.ts';
import {
  emptySavedTable,
  readHead,
  readerOf,
  readSection,
  TAG,
  unreadable,
  writeBirths,
  writeHead,
  writeKeys,
  writeQuotes,
  writeRevisions,
  writeTag,
  type SavedTable,
} from './table-state.ts';

/** The id of what has no successor. */
const DROPPED = 'dropped';

/** What the numbers of a KPI depend on. */
type Meaning = Pick<
  KpiConfig,
  'id' | 'from' | 'where' | 'measure' | 'quality' | 'window' | 'by' | 'maxKeys' | 'allowedLatenessMs'
>;

/** In the order of the KPIs, on which the layout of the state depends. */
export function fingerprintOf(kpis: readonly KpiConfig[], zone: string): State {
  return { zone, kpis: kpis.map((kpi) => canonical(meaningOf(kpi))) };
}

function meaningOf(kpi: KpiConfig): Meaning {
  const { id, from, where, measure, window, by, maxKeys, allowedLatenessMs } = kpi;
  const [quality] = asksForAll(kpi);
  const all = quality === undefined ? null : { quality };
  return { id, from, where, measure: countedAs(measure), ...all, window, by, maxKeys, allowedLatenessMs };
}

/**
 * `reset`: KPIs that may be reset if they do not fit. `joinsAt`: the event time at which KPIs join; by default, that of what is saved. Throws EngineError STATE_MISMATCH with the KPI that does not fit, or
 * when the state is not readable.
 */
export function migrate(
  saved: readonly State[],
  from: State | undefined,
  kpis: readonly KpiConfig[],
  zone: string,
  reset: ReadonlySet<string> = new Set(),
  joinsAt?: Millis,
): readonly State[] {
  const old = parseFingerprint(from);
  const dropped = new Set<string>();
  const joining = new Set<string>();
  for (const kpi of kpis) {
    const before = old.kpis.find(({ id }) => id === kpi.id);
    if (before === undefined) joining.add(kpi.id);
    const misfit = before === undefined ? undefined : misfitOf(before, meaningOf(kpi), old.zone, zone);
    if (misfit === undefined) continue;
    if (!reset.has(kpi.id)) throw new EngineError('STATE_MISMATCH', [`the KPI ${kpi.id}`, misfit]);
    dropped.add(kpi.id);
    joining.add(kpi.id);
  }
  const oldForms = formsOf(old.kpis as readonly KpiConfig[], old.zone, dropped);
  const newForms = formsOf(kpis, zone, new Set());
  const translated = saved.map((part) => translate(part, oldForms, newForms));
  return joining.size === 0 ? translated : [...translated, birthPart(saved, newForms, joining, joinsAt)];
}

/** KPIs that were not there under this fingerprint, or meant something else; all, where it is not known. */
export function joinedSince(from: State | undefined, kpis: readonly KpiConfig[], zone: string): readonly string[] {
  const old = from === undefined ? { zone, kpis: [] } : parseFingerprint(from);
  return kpis.flatMap((kpi) => {
    const before = old.kpis.find(({ id }) => id === kpi.id);
    const isSame = before !== undefined && misfitOf(before, meaningOf(kpi), old.zone, zone) === undefined;
    return isSame ? [] : [kpi.id];
  });
}

/** These KPIs join here, as far as what was saved has come. */
function birthPart(
  saved: readonly State[],
  forms: readonly Form[],
  joining: ReadonlySet<string>,
  joinsAt: Millis | undefined,
): State {
  let nextSerial = 0;
  let birth = NO_BIRTH;
  for (const part of saved) {
    const head = readHead(readerOf(part));
    nextSerial = Math.max(nextSerial, head.nextSerial);
    birth = laterBirth(birth, head);
  }
  const { maxTs, watermark } = birth;
  const to = new ByteWriter();
  writeHead(to, { maxTs, watermark, nextSerial });
  if (joinsAt === undefined && maxTs === START_OF_TIME && watermark === START_OF_TIME) return to.take();
  forms.forEach(({ views }, number) => {
    const births = new Map<number, Birth>();
    views.forEach((kpi, view) => {
      if (kpi !== undefined && joining.has(kpi)) births.set(view, { maxTs: joinsAt ?? maxTs, watermark });
    });
    if (births.size > 0) writeBirths(to, number, births);
  });
  return to.take();
}

function parseFingerprint(from: State | undefined): { readonly zone: string; readonly kpis: readonly Meaning[] } {
  if (typeof from !== 'object' || from === null || !('kpis' in from) || !Array.isArray(from['kpis'])) {
    throw unreadable('it does not say which KPIs it holds');
  }
  const texts: readonly unknown[] = from['kpis'];
  return {
    zone: typeof from['zone'] === 'string' ? from['zone'] : 'UTC',
    kpis: texts.map((text) => JSON.parse(String(text)) as Meaning),
  };
}

/** Why what was added up for the KPI is not what it means now; undefined: it is. */
function misfitOf(before: Meaning, now: Meaning, oldZone: string, zone: string): string | undefined {
  const names = ['from', 'where', 'measure', 'quality', 'window', 'by', 'maxKeys', 'allowedLatenessMs'] as const;
  const changed = names.filter((name) => canonical(before[name]) !== canonical(now[name]));
  if (changed.length > 0) return `its ${changed.join(', ')} changed`;
  return oldZone !== zone && needsZone(now.window) ? `the zone changed from ${oldZone} to ${zone}` : undefined;
}
function needsZone(window: WindowConfig): boolean {
  if (window.kind === 'session') return false;
  if (window.kind === 'cumulative') return true;
  return window.kind === 'sliding' ? window.slideMs >= DAY_MS || window.fromMidnight === true : window.sizeMs >= DAY_MS;
}

/** How the state of one table or one KPI's sessions is laid out. */
interface Form {
  readonly id: string;
  readonly dimensions: number;
  /** By column, with what tells them apart. */
  readonly columns: readonly { readonly id: string; readonly aggregate: AnyAggregate }[];
  /** KPI of each view, of sessions the only one; undefined: what is saved of it is dropped. */
  readonly views: readonly (string | undefined)[];
  readonly rows: RowForm;
  readonly ops: PartOps | undefined;
}

/** In the order in which saved state numbers them: tables, then sessions. */
function formsOf(kpis: readonly KpiConfig[], zone: string, dropped: ReadonlySet<string>): readonly Form[] {
  const reads = layoutOf(kpis, zone);
  const tables = reads.flatMap((read) => read.tables.map((table) => tableForm(table, read.measures, dropped)));
  const sessions = reads.flatMap((read) =>
    read.sessions.map(({ id: name, kpi, dimensions, measure }) => {
      const id = dropped.has(kpi.id) ? DROPPED : name;
      const columns = columnsOf([measure], read.measures);
      const [column] = columns;
      const ops = column === undefined ? undefined : partOps(column.aggregate, 0);
      const views = [dropped.has(kpi.id) ? undefined : kpi.id];
      return { id, dimensions: dimensions.length, columns, rows: rowFormOf([]), views, ops };
    }),
  );
  return [...tables, ...sessions];
}
function tableForm(table: TablePlan, measures: readonly MeasureConfig[], dropped: ReadonlySet<string>): Form {
  const columns = columnsOf(table.columns, measures);
  return {
    id: table.id,
    dimensions: table.dimensions.length,
    columns,
    rows: rowFormOf(columns.map(({ aggregate }) => aggregate)),
    views: table.views.map(({ kpi }) => (dropped.has(kpi.id) ? undefined : kpi.id)),
    ops: undefined,
  };
}
function columnsOf(columns: readonly number[], measures: readonly MeasureConfig[]): Form['columns'] {
  return columns.flatMap((at) => {
    const measure = measures[at];
    return measure === undefined ? [] : [{ id: canonical(countedAs(measure)), aggregate: aggregateOf(measure) }];
  });
}

function translate(part: State, oldForms: readonly Form[], newForms: readonly Form[]): State {
  const from = readerOf(part);
  const to = new ByteWriter();
  writeHead(to, readHead(from));
  while (!from.done) {
    const tag = from.uint();
    const old = oldForms[from.uint()];
    if (old === undefined) throw unreadable('it does not fit its own KPIs');
    const content = emptySavedTable();
    const bytes = from.passed(() =>
      readSection(from, tag, content, {
        dimensions: old.dimensions,
        rows: old.rows,
        ops: old.ops,
      }),
    );
    const number = newForms.findIndex((form) => form.id === old.id);
    const form = newForms[number];
    if (form === undefined) continue;
    if (tag === TAG.sessions || tag === TAG.stretches) {
      // As they are: a KPI's sessions hold nothing else, and changes mean nothing by themselves.
      writeTag(to, tag, number);
      to.bytes(bytes);
    } else writeSection(to, tag, number, old, form, content);
  }
  return to.take();
}

function writeSection(to: ByteWriter, tag: number, number: number, old: Form, form: Form, content: SavedTable): void {
  if (tag === TAG.keys) {
    writeKeys(
      to,
      number,
      Array.from(content.keys, ([serial, values]) => ({ serial, values })),
    );
  } else if (tag === TAG.quotes) {
    writeQuotes(
      to,
      number,
      Array.from(content.quotes, ([serial, quotes]) => ({ serial, quotes })),
    );
  } else if (tag === TAG.revisions) {
    for (const [view, revisions] of content.revisions) {
      const now = viewNow(view, old, form);
      if (now >= 0) writeRevisions(to, number, now, revisions);
    }
  } else if (tag === TAG.births) {
    const births = [...content.births].map(([view, birth]) => [viewNow(view, old, form), birth] as const);
    writeBirths(to, number, new Map(births.filter(([view]) => view >= 0)));
  } else {
    writeMoved(to, number, old, form, content);
  }
}

/** −1: what is saved of it is dropped. */
function viewNow(view: number, old: Form, form: Form): number {
  const kpi = old.views[view];
  return kpi === undefined ? -1 : form.views.indexOf(kpi);
}

function writeMoved(to: ByteWriter, number: number, old: Form, form: Form, content: SavedTable): void {
  const places = placesOf(old);
  const { width } = form.rows;
  for (const [start, rows] of content.slices) {
    const cells = new Float64Array(rows.size * width);
    const sketches: (Uint8Array | undefined)[][] = [];
    let next = 0;
    for (const row of rows.values()) {
      const own: (Uint8Array | undefined)[] = [];
      for (const { id, aggregate } of form.columns) {
        const place = places.get(id);
        if (aggregate.form === 'sketch') own.push(place === undefined ? undefined : at(row.sketches, place));
        else {
          // Of a KPI that joins: zero.
          for (let i = 0; place !== undefined && i < aggregate.width; i++) cells[next + i] = at(row.cells, place + i);
          next += aggregate.width;
        }
      }
      sketches.push(own);
    }
    const slice = { start, serials: Float64Array.from(rows.keys()), cells };
    writeTag(to, TAG.rows, number);
    writeRows(to, form.rows, slice, [...sketches.keys()], (row, sketch) =>
      to.bytes(at(sketches, row)[sketch] ?? NO_SKETCH),
    );
  }
}
/** First cell, or number among the sketches, of each column. */
function placesOf(form: Form): ReadonlyMap<string, number> {
  let cells = 0;
  let sketches = 0;
  return new Map(
    form.columns.map(({ id, aggregate }) => {
      if (aggregate.form === 'sketch') return [id, sketches++];
      const first = cells;
      cells += aggregate.width;
      return [id, first];
    }),
  );
}
