/**
 * Session windows of one KPI under one set of keys. A late event may extend a session, or bridge several: what was reported
 * of sessions that are no more is retracted, and the merged one is reported when it has closed.
 */
import type { Millis } from '../../../engine/core/types.ts';
import type { Lowered, Part, Sketchable } from '../../aggregates/aggregate.ts';
import type { CxEnvelope } from '../../shared/messages.ts';
import { touching, type Span } from '../../windows/sessions.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import type { KeyEntry } from '../keys/key-entry.ts';
import type { PartOps } from '../slices/part.ts';
import type { KpiCollector, Report, Window } from '../output/report.ts';
import { keepQuote, mergeQuotes, quoteOf, type Contributor } from '../output/samples.ts';
import { newSession, type SavedSession, type Session } from './session.ts';
import { Heap } from '../../shared/heap.ts';

interface Due {
  readonly at: Millis;
  readonly entry: KeyEntry;
  readonly session: Session;
}

export class SessionView {
  readonly directory: KeyDirectory;
  readonly report: Report;
  readonly ops: PartOps;
  readonly latenessMs: Millis;
  /** How long a session is remembered after its end: an event on time at that very instant still touches it. */
  readonly #keptMs: Millis;
  readonly sessions = new Map<KeyEntry, Session[]>();
  /** With changes since the last delta. */
  readonly touched = new Set<KeyEntry>();
  readonly gapMs: Millis;
  readonly #measure: number;
  readonly #wantsQuotes: boolean;
  readonly #due = new Heap<Due>(isBefore);

  constructor(options: {
    directory: KeyDirectory;
    report: Report;
    ops: PartOps;
    gapMs: Millis;
    measure: number;
    wantsQuotes: boolean;
  }) {
    this.directory = options.directory;
    this.report = options.report;
    this.ops = options.ops;
    this.latenessMs = options.report.kpi.allowedLatenessMs;
    this.#keptMs = Math.max(1, this.latenessMs);
    this.gapMs = options.gapMs;
    this.#measure = options.measure;
    this.#wantsQuotes = options.wantsQuotes;
  }
  /** Which measured value of the shared read it takes. */
  get measure(): number {
    return this.#measure;
  }
  get next(): Millis {
    return this.#due.first?.at ?? Infinity;
  }

  /**
   * Adds an event, with what was measured in it if anything was; either way it keeps its session going. False: it is too
   * late, and there is no session left that it could belong to.
   */
  add(event: CxEnvelope, value: Sketchable | undefined, watermark: Millis, out: KpiCollector): boolean {
    const span = { start: event.ts, end: event.ts + this.gapMs };
    const isLate = span.end + this.latenessMs <= watermark;
    const known = this.directory.find(event.value);
    if (known === undefined && isLate) return false;
    const entry = known ?? this.directory.of(event.value);
    const all = this.sessions.get(entry) ?? [];
    const { from, to } = this.#touching(all, span, watermark);
    if (from === to && isLate) return false;
    this.sessions.set(entry, all);
    const session = this.#extend(all, from, to, span, entry, watermark, out);
    if (value !== undefined) this.ops.add(session.part, value);
    session.touched = true;
    this.touched.add(entry);
    this.directory.changed(entry);
    this.#keepQuote(entry, event);
    this.#place(session, entry, value !== undefined, watermark, out);
    return true;
  }

  /** Adds what was added up elsewhere of a stretch of one session. False: it is too late. */
  merge(from: Span & { readonly part: Part }, of: Contributor, watermark: Millis, out: KpiCollector): boolean {
    const isLate = from.end + this.latenessMs <= watermark;
    const known = this.directory.findValues(of.values);
    if (known === undefined && isLate) return false;
    const entry = known ?? this.directory.ofValues(of.values);
    const all = this.sessions.get(entry) ?? [];
    const { from: first, to } = this.#touching(all, from, watermark);
    if (first === to && isLate) return false;
    this.sessions.set(entry, all);
    const session = this.#extend(all, first, to, from, entry, watermark, out);
    this.ops.merge(session.part, from.part);
    session.touched = true;
    this.touched.add(entry);
    this.directory.changed(entry);
    if (this.#wantsQuotes) mergeQuotes(this.directory, entry, of);
    this.#place(session, entry, this.ops.holds(from.part), watermark, out);
    return true;
  }

  /** Sessions that the span touches, without those that are final for good, unless it is on time. */
  #touching(all: readonly Session[], span: Span, watermark: Millis): { readonly from: number; readonly to: number } {
    const { from: begin, to } = touching(all, span);
    let from = begin;
    if (span.start >= watermark) return { from, to };
    for (let first = all[from]; from < to && first !== undefined; first = all[from]) {
      if (first.end + this.latenessMs > watermark) break;
      from += 1;
    }
    return { from, to };
  }

  /** The session that holds the span, made of those in [from, to). */
  #extend(
    all: Session[],
    from: number,
    to: number,
    span: Span,
    entry: KeyEntry,
    watermark: Millis,
    out: KpiCollector,
  ): Session {
    const merged = all.slice(from, to);
    const start = Math.min(span.start, merged[0]?.start ?? span.start);
    const end = Math.max(span.end, merged.at(-1)?.end ?? span.end);
    const [first] = merged;
    if (merged.length === 1 && first !== undefined) {
      if (start !== first.start || end !== first.end) this.#retract(first, entry, watermark, out);
      first.start = start;
      first.end = end;
      return first;
    }
    const session = newSession(this.directory.serial(), start, end, this.ops.fresh());
    for (const old of merged) {
      this.ops.merge(session.part, old.part);
      this.#retract(old, entry, watermark, out);
      old.gone = true;
    }
    all.splice(from, to - from, session);
    return session;
  }

  /** Open sessions wait for their end; closed ones are reported at once if there is something new to say. */
  #place(session: Session, entry: KeyEntry, measured: boolean, watermark: Millis, out: KpiCollector): void {
    const wasClosed = session.closed;
    session.closed = session.end <= watermark;
    if (!session.closed) {
      if (wasClosed) this.#due.push({ at: session.end, entry, session });
      return;
    }
    if (measured || session.revision < 0) this.#reportIt(session, entry, watermark, out);
    this.#due.push({ at: session.end + this.#keptMs, entry, session });
  }

  #reportIt(session: Session, entry: KeyEntry, watermark: Millis, out: KpiCollector): void {
    if (this.ops.n(session.part) === 0) return;
    session.revision += 1;
    const window = { start: session.start, end: session.end };
    const lowered = this.ops.lower(session.part, { spanMs: session.end - session.start });
    this.report.final(entry, window, lowered, session.revision, watermark, out);
  }
  #retract(session: Session, entry: KeyEntry, watermark: Millis, out: KpiCollector): void {
    if (session.revision < 0) return;
    const window = { start: session.start, end: session.end };
    this.report.retract(entry, window, session.revision + 1, watermark, out);
    session.revision = -1;
  }
  #keepQuote(entry: KeyEntry, event: CxEnvelope): void {
    const quote = this.#wantsQuotes ? quoteOf(event.value, event.ts) : null;
    if (quote !== null && keepQuote((entry.quotes ??= []), quote)) this.directory.touchQuotes(entry);
  }

  /** Does what is due first: closes a session, or forgets one. */
  fire(watermark: Millis, out: KpiCollector): void {
    const due = this.#due.pop();
    if (due === undefined || due.session.gone) return;
    const { entry, session } = due;
    if (!session.closed) {
      // The end moves with each event; only what was due is looked at.
      if (session.end > due.at) {
        this.#due.push({ at: session.end, entry, session });
        return;
      }
      session.closed = true;
      this.directory.changed(entry);
      this.#reportIt(session, entry, watermark, out);
    }
    const expiry = session.end + this.#keptMs;
    if (expiry > watermark) this.#due.push({ at: expiry, entry, session });
    else this.#forget(session, entry);
  }
  #forget(session: Session, entry: KeyEntry): void {
    session.gone = true;
    const left = (this.sessions.get(entry) ?? []).filter((other) => other !== session);
    if (left.length > 0) {
      this.sessions.set(entry, left);
      return;
    }
    this.sessions.delete(entry);
    this.touched.delete(entry);
    this.directory.remove(entry);
  }

  get isJudged(): boolean {
    return this.report.judgedLive;
  }
  /** The key's open session; once an empty value when it has none any more. */
  show(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number {
    const open = this.#openOf(entry);
    if (open === undefined && (entry.shown | entry.judged) === 0) return 0;
    entry.shown = entry.judged = open === undefined ? 0 : 1;
    const { window, lowered } = this.#liveValue(open, clock);
    this.report.live(entry, window, lowered, clock, watermark, out);
    return 1;
  }
  judge(entry: KeyEntry, clock: Millis, watermark: Millis, out: KpiCollector): number {
    const open = this.#openOf(entry);
    if (open === undefined && entry.judged === 0) return 0;
    entry.judged = open === undefined ? 0 : 1;
    const { window, lowered } = this.#liveValue(open, clock);
    this.report.judge(entry, window, lowered, clock, watermark, out);
    return 1;
  }
  #openOf(entry: KeyEntry): Session | undefined {
    const session = this.sessions.get(entry)?.at(-1);
    return session !== undefined && !session.closed && this.ops.n(session.part) > 0 ? session : undefined;
  }
  #liveValue(open: Session | undefined, clock: Millis): { readonly window: Window; readonly lowered: Lowered } {
    const window =
      open === undefined ? { start: clock, end: clock + this.gapMs } : { start: open.start, end: open.end };
    const spanMs = Math.max(clock - window.start, 1000);
    return { window, lowered: this.ops.lower(open?.part ?? this.ops.fresh(), { spanMs }) };
  }
  /** Sessions end by themselves, and tell then. */
  roll(): Millis {
    return Infinity;
  }

  /** Whether it is still remembered at this watermark. */
  keeps({ end }: Span, watermark: Millis): boolean {
    return end + this.#keptMs > watermark;
  }
  /** Sessions of one key as they were saved. What the watermark has passed was reported, or is forgotten. */
  restore(entry: KeyEntry, saved: readonly SavedSession[], watermark: Millis): void {
    const kept: Session[] = [];
    for (const { id, start, end, revision, part } of saved) {
      if (!this.keeps({ start, end }, watermark)) continue;
      if (part === undefined) throw new RangeError('the saved state holds changes of a session that it does not hold');
      // Without a number it can't be referred to: it is written whole again.
      const session = newSession(id === 0 ? this.directory.serial() : id, start, end, part);
      if (id !== 0) {
        session.touched = false;
        this.ops.begin(part);
      }
      session.closed = end <= watermark;
      session.revision = session.closed && revision < 0 && this.ops.n(part) > 0 ? 0 : revision;
      kept.push(session);
      this.#due.push({ at: session.closed ? end + this.#keptMs : end, entry, session });
    }
    this.sessions.set(entry, kept);
  }
}

function isBefore(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.entry.serial !== b.entry.serial) return a.entry.serial < b.entry.serial;
  return a.session.start < b.session.start;
}
