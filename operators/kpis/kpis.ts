/**
 * Rolling KPIs in event time: for each KPI, set of keys and window one value, final when the watermark reaches the window's
 * end, once more for each late event within the allowed lateness, and live while it fills.
 */
import { onceCalendarOf } from '../windows/zone-days.ts';
import {
  END_OF_TIME,
  START_OF_TIME,
  type Millis,
  type Operator,
  type OperatorDef,
  type State,
} from '../../engine/core/types.ts';
import type { KpiConfig } from './kpis-config.ts';
import type { CompileExpression, CxEnvelope, CxEvent, KpiBirth, KpiValue } from '../shared/messages.ts';
import { absorb, reportsOf } from './backfill/absorb.ts';
import { JOINING, laterBirth, NO_BIRTH, type Birth } from './birth.ts';
import { SharedRead, type ReadOptions } from './slices/shared-read.ts';
import type { Shared } from './keys/key-directory.ts';
import { layoutOf, type ReadPlan } from './layout.ts';
import { LivePace } from './windows/live-values.ts';
import { mergeSums, type LateSum } from './exchange/merge-sums.ts';
import { fingerprintOf, migrate } from './saved/migrate.ts';
import { announcedBirths } from './output/announced-births.ts';
import { sendLate } from './output/late-message.ts';
import type { KpiCollector, Report } from './output/report.ts';
import type { SessionView } from './sessions/session-view.ts';
import { KpiState } from './saved/saved-state.ts';
import type { WindowView } from './windows/window-view.ts';
import type { WindowedTable } from './windows/windowed-table.ts';

export interface KpisOptions {
  /** IANA zone that windows of a day and more align to. */
  readonly zone: string;
  /** At most one live value a KPI and key in this time. */
  readonly liveEveryMs: Millis;
  readonly compile: CompileExpression;
  /** KPIs whose values carry quotes. */
  readonly samplesFor?: ReadonlySet<string>;
  /** KPIs that are reset if their saved state does not fit; any other that does not fit is refused. */
  readonly reset?: ReadonlySet<string>;
  /** KPIs whose live values go to the next operator; all of them by default. */
  readonly liveFor?: ReadonlySet<string>;
}

/** Throws EngineError EXPRESSION_INVALID, WINDOW_INVALID. */
export function kpisOperator(
  kpis: readonly KpiConfig[],
  options: KpisOptions,
): OperatorDef<CxEvent, KpiValue | KpiBirth> {
  const { create, ...rest } = kpiWindows(kpis, options);
  return { ...rest, create: (_context, saved) => create(saved ?? []) }; // nothing was saved yet
}

/**
 * The parts of the operator's definition; also of the one that takes sums (combine.ts). `joinsAt`: the event time at
 * which KPIs join what is saved without them, if it isn't that of what is saved.
 */
export function kpiWindows(
  kpis: readonly KpiConfig[],
  options: KpisOptions,
  joinsAt?: Millis,
): Required<Pick<OperatorDef<CxEvent, KpiValue | KpiBirth>, 'name' | 'fingerprint' | 'migrate'>> & {
  readonly create: (saved: readonly State[]) => KpisOperator;
} {
  const plans = layoutOf(kpis, options.zone);
  const readOptions: ReadOptions = {
    calendar: onceCalendarOf(options.zone),
    compile: options.compile,
    samplesFor: options.samplesFor ?? new Set(),
    liveFor: options.liveFor,
  };
  // Whatever is wrong shows here, not when the operator starts.
  const probe: Shared = { nextSerial: 0, folded: 0 };
  for (const plan of plans) new SharedRead(plan, readOptions, probe);
  return {
    name: 'kpis',
    fingerprint: fingerprintOf(kpis, options.zone),
    migrate: (saved, from) => migrate(saved, from, kpis, options.zone, options.reset, joinsAt),
    create: (saved) => new KpisOperator(plans, readOptions, options.liveEveryMs, saved),
  };
}

export class KpisOperator implements Operator<CxEvent, KpiValue | KpiBirth> {
  readonly #readsOf = new Map<string, SharedRead[]>();
  readonly #tables: readonly WindowedTable[];
  readonly #sessions: readonly SessionView[];
  readonly #reports: readonly Report[];
  readonly #live: LivePace;
  readonly #state: KpiState;
  readonly #shared: Shared = { nextSerial: 0, folded: 0 };
  #watermark: Millis = START_OF_TIME;
  #maxTs: Millis = START_OF_TIME;
  #due: Millis = Infinity;
  /** What the next operator must know of before any value. */
  #births: readonly KpiBirth[] = [];

  constructor(plans: readonly ReadPlan[], options: ReadOptions, liveEveryMs: Millis, saved: readonly State[]) {
    const reads = plans.map((plan) => new SharedRead(plan, options, this.#shared));
    for (const read of reads) {
      for (const type of read.plan.types) this.#readsOf.set(type, [...(this.#readsOf.get(type) ?? []), read]);
    }
    this.#tables = reads.flatMap((read) => read.tables);
    this.#sessions = reads.flatMap((read) => read.sessions);
    this.#live = new LivePace([...this.#tables, ...this.#sessions], liveEveryMs);
    this.#reports = reportsOf({ tables: this.#tables, sessions: this.#sessions });
    this.#state = new KpiState(this.#tables, this.#sessions, this.#shared);
    if (saved.length > 0) this.#restore(saved);
  }

  onEvent(event: CxEnvelope, watermark: Millis, out: KpiCollector): void {
    if (this.#births.length > 0) this.#announce(out);
    // No KPI reads it, and the windows that boards are shown are not those of the wall clock.
    if (event.isControl === true) return out.count('events_processed');
    if (this.#due <= watermark) this.onWatermark(watermark, out);
    this.#seen(watermark);
    // A sender's clock that runs ahead does not move on the windows that boards are shown.
    const reached = event.arrived ?? event.ts;
    if (reached > this.#maxTs) this.#maxTs = reached;
    this.#live.clock(reached);
    let matched = false;
    let accepted = false;
    for (const read of this.#readsOf.get(event.value.type) ?? NONE) {
      if (!read.matches(event.value)) continue;
      matched = true;
      if (event.ts >= watermark) {
        accepted = true;
        this.#isDue(read.add(event, watermark, out));
      } else {
        const result = read.addLate(event, watermark, out, (kpi) => {
          if (event.derived !== 'withdrawn') sendLate(kpi, { ...event, type: event.value.type }, watermark, out);
        });
        accepted ||= result.accepted;
        this.#isDue(result.due);
      }
    }
    this.#countFolded(out);
    // Late is what no KPI that reads it could take; what no KPI reads is done with. What an operator made is not of the input.
    if (event.derived === undefined) out.count(matched && !accepted ? 'events_late' : 'events_processed');
  }

  /**
   * Adds what partitions have added up, each for itself (partials.ts), instead of an event. `late` is called with what a KPI
   * can take no more: only sums of a partition that was idle, and so did not hold time back;
   * `taken` with each KPI whose sessions take some.
   */
  merge(
    sums: State,
    watermark: Millis,
    out: KpiCollector,
    late: (late: LateSum) => void,
    taken?: (kpi: KpiConfig) => void,
  ): void {
    if (this.#births.length > 0) this.#announce(out);
    if (this.#due <= watermark) this.onWatermark(watermark, out);
    this.#seen(watermark);
    const { maxTs, due } = mergeSums(sums, this.#tables, this.#sessions, watermark, out, late, taken);
    if (maxTs > this.#maxTs) this.#maxTs = maxTs;
    if (maxTs !== START_OF_TIME) this.#live.clock(maxTs);
    this.#isDue(due);
    this.#countFolded(out);
  }

  /** These KPIs joined a partition that had seen this event time before: their windows that begin by then are partial. */
  join(kpis: ReadonlySet<string>, maxTs: Millis, out: KpiCollector): void {
    this.#bear(kpis, (birth) => laterBirth(birth, { ...NO_BIRTH, maxTs }), out);
  }
  /** Every partition has said when these KPIs joined it, the last of them at this event time. */
  joinedAll(kpis: ReadonlySet<string>, maxTs: Millis, out: KpiCollector): void {
    this.#bear(kpis, (birth) => (birth.maxTs === JOINING ? { ...birth, maxTs } : birth), out);
  }
  #bear(kpis: ReadonlySet<string>, birthOf: (birth: Birth) => Birth, out: KpiCollector): void {
    for (const report of this.#reports) if (kpis.has(report.kpi.id)) report.birth = birthOf(report.birth);
    this.#state.bornNow();
    this.#births = this.#announced();
    this.#announce(out);
  }

  /** KPIs of which partial windows are still to be reported, and their births. */
  unfilled(): ReadonlyMap<string, Birth> {
    const born = new Set(this.#announced().map((one) => one.born));
    return new Map(this.#reports.flatMap(({ kpi, birth }) => (born.has(kpi.id) ? [[kpi.id, birth] as const] : [])));
  }
  /** How far time is in what it holds. */
  get watermark(): Millis {
    return this.#watermark;
  }
  /** Takes over what `filled` has counted for its KPIs (backfill/absorb.ts), in steps; only its saved state is good after that. */
  absorb(filled: KpisOperator, birth: Birth): Generator<void> {
    const from = { tables: filled.#tables, sessions: filled.#sessions };
    return absorb({ tables: this.#tables, sessions: this.#sessions }, from, birth);
  }

  /** KPIs, those with sessions aside, that have a window for this time which may still be reported. */
  accepting(ts: Millis, watermark: Millis): Set<string> {
    const views = this.#tables.flatMap((windowed) => windowed.views);
    return new Set(views.filter((view) => view.accepts(ts, watermark)).map((view) => view.report.kpi.id));
  }

  #countFolded(out: KpiCollector): void {
    if (this.#shared.folded === 0) return;
    out.count('kpi_keys_folded', this.#shared.folded);
    this.#shared.folded = 0;
  }
  #isDue(at: Millis): void {
    if (at < this.#due) this.#due = at;
  }
  dueAt(): Millis | undefined {
    if (this.#births.length > 0) return START_OF_TIME;
    return this.#due === Infinity ? undefined : this.#due;
  }

  #announced(): readonly KpiBirth[] {
    return announcedBirths(this.#tables, this.#sessions, { watermark: this.#watermark, seen: this.#maxTs });
  }
  /** What was born, and until when its values are partial. */
  #announce(out: KpiCollector): void {
    for (const value of this.#births) out.emit({ id: `${value.born}|born`, key: value.born, ts: value.until, value });
    this.#births = [];
  }

  onWatermark(watermark: Millis, out: KpiCollector): void {
    if (this.#births.length > 0) this.#announce(out);
    this.#seen(watermark);
    for (let first = this.#firstDue(watermark); first !== undefined; first = this.#firstDue(watermark)) {
      first.fire(watermark, out);
    }
    this.#due = Infinity;
    for (const windowed of this.#tables) {
      windowed.expire(watermark);
      this.#isDue(windowed.table.expiresAt);
      for (const view of windowed.views) this.#isDue(view.next);
    }
    for (const view of this.#sessions) this.#isDue(view.next);
  }
  /** In the order of their ends, so that values leave in the order of event time. */
  #firstDue(watermark: Millis): WindowView | SessionView | undefined {
    let first: WindowView | SessionView | undefined;
    for (const { views } of this.#tables) {
      for (const view of views) {
        if (view.next <= watermark && (first === undefined || view.next < first.next)) first = view;
      }
    }
    for (const view of this.#sessions) {
      if (view.next <= watermark && (first === undefined || view.next < first.next)) first = view;
    }
    return first;
  }

  wakeAt(): Millis | undefined {
    if (this.#births.length > 0) return 0;
    return this.#live.wakeAt();
  }
  onWake(now: Millis, out: KpiCollector): void {
    if (this.#births.length > 0) this.#announce(out);
    // Event time as far as it is known: an idle input lets the watermark overtake the newest event.
    const clock = this.#watermark === END_OF_TIME ? this.#maxTs : Math.max(this.#maxTs, this.#watermark);
    this.#live.wake(now, clock, this.#watermark, out);
  }
  #seen(watermark: Millis): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    if (watermark !== END_OF_TIME) this.#live.clock(watermark);
  }

  delta(): State | undefined {
    return this.#state.delta({ watermark: this.#watermark, maxTs: this.#maxTs });
  }
  snapshot(): Iterable<State> {
    return this.#state.snapshot(() => ({ watermark: this.#watermark, maxTs: this.#maxTs }));
  }
  #restore(saved: readonly State[]): void {
    const { watermark, maxTs } = this.#state.restore(saved);
    this.#watermark = watermark;
    this.#maxTs = maxTs;
    for (const { table, views } of this.#tables) {
      for (const view of views) this.#isDue(view.next);
      this.#isDue(table.expiresAt);
    }
    for (const view of this.#sessions) this.#isDue(view.next);
    this.#births = this.#announced();
  }
  size(): { readonly [what: string]: number } {
    const size = { keys: 0, slices: 0, rows: 0, sessions: 0, revisions: 0 };
    for (const { table, views, directory } of this.#tables) {
      size.keys += directory.size;
      size.slices += table.starts.length;
      for (const bucket of table.buckets.values()) size.rows += bucket.entries.length;
      for (const view of views) size.revisions += view.revisions.size;
    }
    for (const { directory, sessions } of this.#sessions) {
      size.keys += directory.size;
      for (const ofKey of sessions.values()) size.sessions += ofKey.length;
    }
    return size;
  }
}

const NONE: readonly SharedRead[] = [];
