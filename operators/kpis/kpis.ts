/**
 * Rolling KPIs in event time: for each KPI, set of keys and window one value, final when the watermark reaches the window's
 * end, once more for each late event within the allowed lateness, and live while it fills (CONTRACT §5, §6).
 */
import {
  END_OF_TIME,
  START_OF_TIME,
  type Millis,
  type Operator,
  type OperatorContext,
  type OperatorDef,
  type State,
} from '../../engine/core/types.ts';
import type { KpiConfig } from '../config.ts';
import type { CompileExpression, CxEnvelope, CxEvent, KpiValue } from '../types.ts';
import { Feed, type FeedOptions, type WindowedTable } from './feed.ts';
import { canonical, layoutOf, type FeedPlan } from './layout.ts';
import { LiveRounds } from './live.ts';
import type { KpiCollector } from './report.ts';
import type { Shared } from './slice-table.ts';
import { KpiState } from './state.ts';

export interface KpisOptions {
  /** IANA zone that windows of a day and more align to. */
  readonly zone: string;
  /** At most one live value a KPI and key in this time. */
  readonly liveEveryMs: Millis;
  readonly compile: CompileExpression;
  /** KPIs whose values carry quotes. */
  readonly samplesFor?: ReadonlySet<string>;
  /** KPIs whose live values go to the next operator; all of them by default. */
  readonly liveFor?: ReadonlySet<string>;
}

/** Throws EngineError EXPRESSION_INVALID, WINDOW_INVALID. */
export function kpisOperator(kpis: readonly KpiConfig[], options: KpisOptions): OperatorDef<CxEvent, KpiValue> {
  const plans = layoutOf(kpis, options.zone);
  const feedOptions: FeedOptions = {
    zone: options.zone,
    compile: options.compile,
    samplesFor: options.samplesFor ?? new Set(),
    liveFor: options.liveFor,
  };
  // Whatever is wrong shows here, not when the operator starts.
  const probe: Shared = { nextSerial: 0, folded: 0 };
  for (const plan of plans) new Feed(plan, feedOptions, probe);
  return {
    name: 'kpis',
    fingerprint: { zone: options.zone, kpis: Object.fromEntries(kpis.map((kpi) => [kpi.id, canonical(kpi)])) },
    create: (_context: OperatorContext, saved?: readonly State[]) =>
      new KpisOperator(plans, feedOptions, options.liveEveryMs, saved ?? []),
  };
}

class KpisOperator implements Operator<CxEvent, KpiValue> {
  readonly #feeds: readonly Feed[];
  readonly #feedsOf = new Map<string, Feed[]>();
  readonly #tables: readonly WindowedTable[];
  readonly #live: LiveRounds;
  readonly #state: KpiState;
  readonly #shared: Shared = { nextSerial: 0, folded: 0 };
  #watermark: Millis = START_OF_TIME;
  #maxTs: Millis = START_OF_TIME;
  #due: Millis = Infinity;

  constructor(plans: readonly FeedPlan[], options: FeedOptions, liveEveryMs: Millis, saved: readonly State[]) {
    this.#feeds = plans.map((plan) => new Feed(plan, options, this.#shared));
    for (const feed of this.#feeds) {
      for (const type of feed.plan.types) {
        const feeds = this.#feedsOf.get(type);
        if (feeds === undefined) this.#feedsOf.set(type, [feed]);
        else feeds.push(feed);
      }
    }
    this.#tables = this.#feeds.flatMap((feed) => feed.tables);
    this.#live = new LiveRounds(this.#tables, liveEveryMs);
    this.#state = new KpiState(this.#tables, this.#shared);
    if (saved.length > 0) this.#restore(saved);
  }

  onEvent(event: CxEnvelope, watermark: Millis, out: KpiCollector): void {
    if (this.#due <= watermark) this.onWatermark(watermark, out);
    this.#seen(watermark);
    if (event.ts > this.#maxTs) this.#maxTs = event.ts;
    this.#live.clock(event.ts);
    const feeds = this.#feedsOf.get(event.value.type);
    let matched = false;
    let accepted = false;
    if (feeds !== undefined) {
      for (const feed of feeds) {
        if (!feed.matches(event.value)) continue;
        matched = true;
        if (event.ts >= watermark) {
          accepted = true;
          this.#add(feed, event);
        } else if (this.#addLate(feed, event, watermark, out)) {
          accepted = true;
        }
      }
      if (this.#shared.folded > 0) {
        out.count('kpi_keys_folded', this.#shared.folded);
        this.#shared.folded = 0;
      }
    }
    out.count(matched && !accepted ? 'events_late' : 'events_processed');
  }

  #add(feed: Feed, event: CxEnvelope): void {
    for (const windowed of feed.tables) {
      const { table, views } = windowed;
      if (!feed.measuredAny(table.columns)) continue;
      const bucket = table.bucketAt(event.ts);
      if (bucket.entries.length === 0) {
        for (const view of views) {
          view.expect(bucket);
          if (view.next < this.#due) this.#due = view.next;
        }
        if (bucket.expiry < this.#due) this.#due = bucket.expiry;
      }
      feed.add(windowed, event);
    }
  }

  /** False when the event is too late for each KPI that reads it. */
  #addLate(feed: Feed, event: CxEnvelope, watermark: Millis, out: KpiCollector): boolean {
    const late = new Set<string>();
    for (const windowed of feed.tables) {
      const { table, views } = windowed;
      const open = views.filter((view) => view.accepts(event.ts, watermark));
      for (const view of views) {
        if (!open.includes(view)) late.add(view.report.kpi.id);
      }
      if (open.length === 0 || !feed.measuredAny(table.columns)) continue;
      feed.addLate(windowed, event, watermark, out);
      for (const view of views) this.#due = Math.min(this.#due, view.next);
      this.#due = Math.min(this.#due, table.expiresAt);
    }
    for (const kpi of feed.plan.kpis) {
      if (late.has(kpi.id)) this.#sendLate(kpi, event, watermark, out);
    }
    return late.size < feed.plan.kpis.length;
  }

  #sendLate(kpi: KpiConfig, event: CxEnvelope, watermark: Millis, out: KpiCollector): void {
    out.count(`kpi_late_${kpi.id}`);
    out.send({
      subject: `cx.late.${kpi.id}`,
      type: 'cx.late.event',
      time: event.ts,
      data: {
        kpi: kpi.id,
        id: event.id,
        type: event.value.type,
        key: event.key,
        ts: event.ts,
        late_by_ms: watermark - event.ts,
        watermark,
        allowed_lateness_ms: kpi.allowedLatenessMs,
      },
    });
  }

  dueAt(): Millis | undefined {
    return this.#due === Infinity ? undefined : this.#due;
  }

  onWatermark(watermark: Millis, out: KpiCollector): void {
    this.#seen(watermark);
    for (let view = this.#firstDue(watermark); view !== undefined; view = this.#firstDue(watermark)) {
      view.fire(watermark, out);
    }
    this.#due = Infinity;
    for (const { table, views } of this.#tables) {
      if (table.expiresAt <= watermark) {
        table.expire(watermark);
        for (const view of views) view.expire(watermark);
      }
      this.#due = Math.min(this.#due, table.expiresAt);
      for (const view of views) this.#due = Math.min(this.#due, view.next);
    }
  }
  /** In the order of their ends, so that values leave in the order of event time. */
  #firstDue(watermark: Millis): WindowedTable['views'][number] | undefined {
    let first: WindowedTable['views'][number] | undefined;
    for (const { views } of this.#tables) {
      for (const view of views) {
        if (view.next <= watermark && (first === undefined || view.next < first.next)) first = view;
      }
    }
    return first;
  }

  wakeAt(): Millis | undefined {
    return this.#live.wakeAt();
  }
  onWake(now: Millis, out: KpiCollector): void {
    this.#live.wake(now, this.#clock(), this.#watermark, out);
  }
  /** Event time as far as it is known: an idle input lets the watermark overtake the newest event. */
  #clock(): Millis {
    return this.#watermark === END_OF_TIME ? this.#maxTs : Math.max(this.#maxTs, this.#watermark);
  }

  #seen(watermark: Millis): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#live.clock(watermark === END_OF_TIME ? this.#maxTs : watermark);
  }

  delta(): State | undefined {
    return this.#state.delta(this.#watermark, this.#maxTs);
  }
  snapshot(): Iterable<State> {
    return this.#state.snapshot(() => ({ watermark: this.#watermark, maxTs: this.#maxTs }));
  }
  #restore(saved: readonly State[]): void {
    const { watermark, maxTs } = this.#state.restore(saved);
    this.#watermark = watermark;
    this.#maxTs = maxTs;
    for (const { table, views } of this.#tables) {
      for (const view of views) this.#due = Math.min(this.#due, view.next);
      this.#due = Math.min(this.#due, table.expiresAt);
      // What boards showed before is gone: they get it all again.
      for (const entry of table.keys.values()) table.changed(entry);
    }
  }

  size(): { readonly [what: string]: number } {
    let keys = 0;
    let slices = 0;
    let rows = 0;
    let revisions = 0;
    for (const { table, views } of this.#tables) {
      keys += table.keys.size;
      slices += table.starts.length;
      for (const bucket of table.buckets.values()) rows += bucket.entries.length;
      for (const view of views) revisions += view.revisions.size;
    }
    return { keys, slices, rows, revisions };
  }
}
