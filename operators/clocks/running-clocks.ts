/**
 * Clocks that run, whoever hands them their records: says what becomes so, and saves and restores them. Used by the operator of one
 * partition (clocks.ts) and where the records of several come together (combined-clocks.ts).
 */
import { formatInstant } from '../../engine/core/cloud-events.ts';
import { at as elementAt } from '../../engine/core/must.ts';
import type { OpenRun } from '../../engine/core/clocks/open-run.ts';
import { END_OF_TIME, START_OF_TIME, type Json, type Millis, type State } from '../../engine/core/types.ts';
import type { BetweenCollector, Running } from '../between/between.ts';
import type { Said, Verb, VerbRecord } from './clock.ts';
import { ClockTable, type TableHearing } from './clock-table.ts';
import { keptOf, levelChangeEvent } from '../levels/level-change.ts';
import type { CompiledClocks } from './compiled-clock.ts';
import { dueOf, isPaused } from './running-time.ts';
import type { ClockKey } from './key-log.ts';
import { actionMessage, outcomeData, outcomeEvent, outcomeMessage, type Subject } from './outcome.ts';
import { keysIn, readPart } from './saved/clock-reader.ts';
import { ClockPartWriter } from './saved/clock-writer.ts';
import { refit } from './saved/refit.ts';
import type { SavedClock } from './saved/saved-form.ts';

/** Of fields of its own alone: what lies deeper may name a person. */
function textOf(name: string, value: Json | undefined): readonly (readonly [string, string])[] {
  return typeof value === 'string' && !name.includes('.') ? [[name, value]] : [];
}

const MOST_KEYS_A_PART = 4096;

export class RunningClocks implements Running<VerbRecord>, TableHearing {
  readonly #compiled: CompiledClocks;
  readonly #table: ClockTable;
  readonly #writer = new ClockPartWriter();
  /** By number. */
  readonly #isLeveled: readonly boolean[];
  /** Only while something is taken in or passed. */
  #out: BetweenCollector | null = null;
  /** Highest event time. */
  #maxTs: Millis = START_OF_TIME;
  #savedMaxTs: Millis = START_OF_TIME;
  /** How far time is, as far as it was heard. */
  #now: Millis = START_OF_TIME;
  /** Configured otherwise since it was saved: to be moved once time is known. */
  #moving: readonly Pick<ClockKey, 'clock' | 'key'>[] = [];
  /** Whoever reads levels does not know yet what was open. */
  #isResuming = false;

  constructor(compiled: CompiledClocks, saved: readonly State[]) {
    this.#compiled = compiled;
    this.#table = new ClockTable(compiled.plans);
    this.#isLeveled = compiled.configs.map(({ id }) => compiled.leveled.has(id));
    if (saved.length > 0) this.#restore(saved);
  }

  /** An event came from so far in event time. */
  reached(ts: Millis): void {
    if (ts > this.#maxTs) this.#maxTs = ts;
  }

  take(record: VerbRecord, watermark: Millis, out: BetweenCollector): void {
    this.#out = out;
    this.#resume(watermark);
    this.#move();
    this.#heard(watermark);
    this.#table.take(record, watermark, this);
    this.#out = null;
  }

  dueAt(): Millis | undefined {
    if (this.#moving.length > 0 || this.#isResuming) return START_OF_TIME;
    const due = this.#table.dueAt();
    // At the end of time nothing stays behind.
    return due ?? (this.#table.size > 0 ? END_OF_TIME : undefined);
  }

  pass(watermark: Millis, out: BetweenCollector): void {
    this.#out = out;
    this.#resume(watermark);
    this.#move();
    if (watermark !== END_OF_TIME) this.#heard(watermark);
    if (watermark === END_OF_TIME) {
      const open = this.#table.end(this.#maxTs, this);
      if (open > 0) out.count('clocks_open_at_end', open);
    } else this.#table.pass(watermark, this);
    this.#out = null;
  }

  #heard(watermark: Millis): void {
    if (watermark > this.#now) this.#now = watermark;
  }

  /** Runs whose target is another by the configuration now, where a clock says `on_change: move`: at the time that was reached before. */
  #move(): void {
    if (this.#moving.length === 0) return;
    const moving = this.#moving;
    this.#moving = [];
    for (const { clock, key } of moving) {
      const record: VerbRecord = { clock, key, verb: 'update', at: this.#now, id: '', values: [], isMove: true };
      this.#table.take(record, this.#now, this);
    }
  }

  /** How every open key stands, once after a start. */
  #resume(watermark: Millis): void {
    if (!this.#isResuming) return;
    this.#isResuming = false;
    for (const [clock, isLeveled] of this.#isLeveled.entries()) {
      if (!isLeveled) continue;
      const { columns } = this.#table;
      for (const slot of columns.slotsOf(clock))
        if (columns.isOpen(slot)) this.#level(columns.load(slot), watermark, true);
    }
  }

  // ── What is said ───────────────────────────────────────────────────────────────────────────────────────────────

  said(of: ClockKey, now: Said, before: Said | null): void {
    const out = this.#out;
    if (out === null) return;
    const subject: Subject = { clock: elementAt(this.#compiled.configs, of.clock), key: of.key };
    if (now.fact.kind !== 'warning') {
      const data = outcomeData(subject, now);
      out.send(outcomeMessage(subject, now, data));
      out.count(`clock_${now.isWithdrawn ? 'withdrawn' : now.fact.kind}_${subject.clock.id}`);
      if (before !== null) out.emit(outcomeEvent(subject, before, outcomeData(subject, before), 'withdrawn'));
      if (!now.isWithdrawn) out.emit(outcomeEvent(subject, now, data, 'added'));
    }
    const action = actionMessage(subject, now);
    if (action === null) return;
    out.send(action);
    out.urgent();
  }
  hearsOf(clock: number): boolean {
    return elementAt(this.#isLeveled, clock);
  }
  changed(entry: ClockKey, at: Millis): void {
    if (this.hearsOf(entry.clock)) this.#level(entry, at, false);
  }
  #level({ clock, key, state }: ClockKey, at: Millis, isRestored: boolean): void {
    const { id, keep } = elementAt(this.#compiled.configs, clock);
    const { isOpen, since: started, targetMs } = state;
    const due = isOpen && targetMs >= 0 ? dueOf(elementAt(this.#compiled.plans, clock), state) : Infinity;
    const kept = isOpen ? keptOf(keep, state.values) : {};
    this.#out?.emit(levelChangeEvent({ clock: id, key, isOpen, started, due, isRestored }, at, kept));
  }
  lateBy(at: Millis): Millis {
    const wall = this.#out?.now?.();
    return wall === undefined ? 0 : Math.max(0, wall - at);
  }
  ignored(of: ClockKey, verb: Verb): void {
    this.#out?.count(`clock_ignored_${this.#idOf(of.clock)}_${verb}`);
  }
  refused(record: VerbRecord): void {
    this.#out?.count(`clock_keys_dropped_${this.#idOf(record.clock)}`);
  }
  late({ clock, key, verb, at, id }: VerbRecord, now: Millis): void {
    const name = this.#idOf(clock);
    this.#out?.count(`clock_late_${name}`);
    this.#out?.send({
      subject: `cx.late.${name}`,
      type: 'cx.late.event',
      time: at,
      data: {
        ...{ clock: name, id, verb, key, time: formatInstant(at), late_by_ms: now - at, watermark: formatInstant(now) },
        allowed_lateness_ms: elementAt(this.#compiled.configs, clock).allowedLatenessMs,
      },
    });
  }
  #idOf(clock: number): string {
    return elementAt(this.#compiled.configs, clock).id;
  }

  // ── State ──────────────────────────────────────────────────────────────────────────────────────────────────────

  delta(): State | undefined {
    if (this.#compiled.configs.length === 0) return undefined;
    if (this.#table.changes.isEmpty && this.#maxTs === this.#savedMaxTs) return undefined;
    this.#savedMaxTs = this.#maxTs;
    this.#writer.begin({ maxTs: this.#maxTs, now: this.#now });
    this.#table.changes.timeSaved();
    this.#compiled.saved.forEach((saved, clock) => {
      const { changed, gone } = this.#table.changes.take(clock);
      if (changed.length + gone.length === 0) return;
      this.#writer.clock(saved, changed.length + gone.length);
      for (const key of gone) this.#writer.gone(key);
      for (const slot of changed) this.#writer.slot(this.#table.columns, slot);
    });
    return this.#writer.take();
  }

  *snapshot(): Iterable<State> {
    for (const [clock, saved] of this.#compiled.saved.entries()) {
      let part: number[] = [];
      for (const slot of this.#table.columns.slotsOf(clock)) {
        part.push(slot);
        if (part.length < MOST_KEYS_A_PART) continue;
        yield this.#part(saved, part);
        part = [];
      }
      yield this.#part(saved, part);
    }
  }
  #part(saved: SavedClock, slots: readonly number[]): State {
    this.#writer.begin({ maxTs: this.#maxTs, now: this.#now });
    this.#writer.clock(saved, slots.length);
    for (const slot of slots) this.#writer.slot(this.#table.columns, slot);
    return this.#writer.take();
  }

  #restore(saved: readonly State[]): void {
    const { configs, plans, saved: forms } = this.#compiled;
    const moved = new Set<number>();
    this.#table.columns.expect(saved.reduce<number>((sum, part) => sum + keysIn(part), 0));
    for (const part of saved) {
      const { maxTs, now } = readPart(part, {
        clock: ({ id, timing, choosing }) => {
          const number = configs.findIndex((config) => config.id === id);
          if (number < 0) return undefined;
          const form = elementAt(forms, number);
          const isAsSaved = timing === form.timing && choosing === form.choosing && moved.size === 0;
          return { number, fields: form.fields, columns: isAsSaved ? this.#table.columns : null };
        },
        key: (entry, { timing, choosing }) => {
          const form = elementAt(forms, entry.clock);
          if (timing !== form.timing)
            refit(entry, timing, elementAt(configs, entry.clock), elementAt(plans, entry.clock));
          const slot = this.#table.restore(entry);
          const isMoved = choosing !== form.choosing && elementAt(configs, entry.clock).onChange === 'move';
          if (isMoved && entry.state.isOpen) moved.add(slot);
          else moved.delete(slot);
        },
        gone: (clock, key) => moved.delete(this.#table.dropRestored(clock, key)),
      });
      if (maxTs > this.#maxTs) this.#maxTs = maxTs;
      this.#heard(now);
    }
    this.#savedMaxTs = this.#maxTs;
    this.#isResuming = configs.some(({ id }) => this.#compiled.leveled.has(id));
    this.#table.restored(this.#now);
    const { columns } = this.#table;
    const open = [...moved].filter((slot) => columns.isOpen(slot));
    this.#moving = open.map((slot) => ({ clock: columns.clockOf(slot), key: columns.keyOf(slot) }));
  }

  /** As of how far time is; what comes and goes meanwhile may be missing or stand twice, never half. */
  *openRuns(): Generator<OpenRun, void, undefined> {
    const { columns } = this.#table;
    for (const [clock, { id, keep }] of this.#compiled.configs.entries()) {
      const plan = elementAt(this.#compiled.plans, clock);
      for (const slot of columns.slotsOf(clock)) {
        if (!columns.isOpen(slot)) continue;
        const { key, state } = columns.loadState(slot);
        const due = state.targetMs < 0 ? Infinity : dueOf(plan, state);
        const kept = Object.fromEntries(keep.flatMap((name, i) => textOf(name, state.values[i])));
        yield {
          clock: id,
          key,
          started: state.since,
          due: due === Infinity ? null : due,
          isPaused: isPaused(state),
          kept,
        };
      }
    }
  }

  size(): { readonly [what: string]: number } {
    return { keys: this.#table.size, open: this.#table.open };
  }
}
