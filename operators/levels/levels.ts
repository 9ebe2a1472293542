/**
 * The operator of levels: backlog, overdue, the longest wait (CONTRACT §7). It stands behind the clocks, hears how each key stands,
 * and at the end of each slide hands on what is open then, as events that KPIs read. A reading at t is of what happened before t; it
 * is final: what comes late changes the next one.
 *
 * State: how far was read, and of which combinations something was said. What is open is not saved: the clocks say it again after a
 * start, so that a level that is new in a running store is right from its first reading.
 */
import { must } from '../../engine/core/must.ts';
import {
  END_OF_TIME,
  START_OF_TIME,
  type Collector,
  type Envelope,
  type JsonObject,
  type Millis,
  type Operator,
  type OperatorDef,
  type State,
} from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import { changeIn, levelEventOf } from './level-change.ts';
import type { LevelPlan } from './level-plan.ts';
import { LevelTable, type Level } from './level-table.ts';

/** `T`: events, or what partitions send; readings are events in both. */
export function levelsOperator<T extends object>(plans: readonly LevelPlan[]): OperatorDef<T | CxEvent, T | CxEvent> {
  return { name: 'levels', create: (_context, saved = []) => new Levels<T>(plans, saved) };
}

/** Time that leaps over more slides (an event of long ago, then one of now) is read at the last of them only. */
const MOST_AT_ONCE = 20_000;

class Reading {
  readonly table: LevelTable;
  /** The last that was made. */
  last: Millis = START_OF_TIME;
  /** undefined: nothing is open. */
  next: Millis | undefined;
  /** As saved. */
  saved: { last: Millis; reported: ReadonlyMap<string, JsonObject> } = { last: START_OF_TIME, reported: new Map() };

  constructor(plan: LevelPlan) {
    this.table = new LevelTable(plan);
  }

  /** The first end of a slide after this instant that was not read. */
  plan(at: Millis): void {
    if (this.next !== undefined || this.table.isQuiet) return;
    const { slideMs } = this.table.plan;
    const after = Math.floor(at / slideMs) * slideMs + slideMs;
    this.next = Math.max(after, this.last + slideMs);
  }
}

class Levels<T extends object> implements Operator<T | CxEvent, T | CxEvent> {
  readonly #readings: readonly Reading[];
  readonly #ofClock = new Map<string, Reading[]>();
  #maxTs: Millis = START_OF_TIME;
  #savedMaxTs: Millis = START_OF_TIME;

  constructor(plans: readonly LevelPlan[], saved: readonly State[]) {
    this.#readings = plans.map((plan) => new Reading(plan));
    for (const reading of this.#readings) {
      const { clock } = reading.table.plan;
      this.#ofClock.set(clock, [...(this.#ofClock.get(clock) ?? []), reading]); // the first of its clock
    }
    for (const part of saved) this.#restore(part as unknown as Saved);
  }

  onEvent(event: Envelope<T | CxEvent>, watermark: Millis, out: Collector<T | CxEvent>): void {
    const change = event.derived === undefined ? undefined : changeIn(event.value);
    if (change === undefined) {
      if (event.derived === undefined && event.isControl !== true)
        this.#maxTs = Math.max(this.#maxTs, event.arrived ?? event.ts);
      out.emit(event);
      return;
    }
    for (const reading of must(this.#ofClock.get(change.clock))) {
      if (!change.isRestored) this.#readUntil(reading, event.ts, out);
      reading.table.put(change, (event.value as CxEvent).data);
      reading.plan(change.isRestored ? watermark : event.ts);
    }
  }

  dueAt(): Millis | undefined {
    let due: Millis | undefined;
    for (const { next } of this.#readings) if (next !== undefined && (due === undefined || next < due)) due = next;
    return due;
  }

  onWatermark(watermark: Millis, out: Collector<T | CxEvent>): void {
    const isEnd = watermark === END_OF_TIME;
    for (const reading of this.#readings) {
      this.#readUntil(reading, isEnd ? this.#maxTs : watermark, out);
      if (!isEnd) continue;
      reading.table.clear();
      reading.next = undefined;
    }
  }

  #readUntil(reading: Reading, until: Millis, out: Collector<T | CxEvent>): void {
    const { slideMs } = reading.table.plan;
    const earliest = Math.floor(until / slideMs - MOST_AT_ONCE) * slideMs;
    if (reading.next !== undefined && reading.next < earliest) {
      out.count('level_readings_skipped', (earliest - reading.next) / slideMs);
      reading.next = earliest;
    }
    while (reading.next !== undefined && reading.next <= until) {
      const at = reading.next;
      for (const level of reading.table.read(at)) out.emit(readingEvent(reading.table.plan, level, at));
      reading.last = at;
      reading.next = reading.table.isQuiet ? undefined : at + slideMs;
    }
  }

  // ── State ──────────────────────────────────────────────────────────────────────────────────────────────────────

  delta(): State | undefined {
    const levels: Record<string, SavedLevel> = {};
    for (const { table, last, saved } of this.#readings) {
      if (last === saved.last) continue;
      const reported = table.reported();
      levels[table.plan.type] = {
        last,
        reported: [...reported].filter(([id]) => !saved.reported.has(id)),
        gone: [...saved.reported.keys()].filter((id) => !reported.has(id)),
      };
      Object.assign(saved, { last, reported });
    }
    if (Object.keys(levels).length === 0 && this.#maxTs === this.#savedMaxTs) return undefined;
    this.#savedMaxTs = this.#maxTs;
    return this.#part(levels);
  }
  *snapshot(): Iterable<State> {
    yield this.#part(
      Object.fromEntries(
        this.#readings.map(({ table, last }) => [table.plan.type, { last, reported: [...table.reported()], gone: [] }]),
      ),
    );
  }
  #part(levels: Saved['levels']): State {
    return { maxTs: this.#maxTs, levels } satisfies Saved as unknown as State;
  }

  #restore({ maxTs, levels }: Saved): void {
    this.#maxTs = this.#savedMaxTs = Math.max(this.#maxTs, maxTs);
    for (const reading of this.#readings) {
      const { table } = reading;
      const part = levels[table.plan.type];
      if (part === undefined) continue;
      const reported = new Map(reading.saved.reported);
      for (const id of part.gone) reported.delete(id);
      for (const [id, kept] of part.reported) reported.set(id, kept);
      reading.saved = { last: part.last, reported };
      reading.last = part.last;
      table.clear();
      for (const kept of reported.values()) table.restoreReported(kept);
      reading.next = undefined;
      reading.plan(part.last);
    }
  }

  size(): { readonly [what: string]: number } {
    return { keys: this.#readings.reduce((sum, { table }) => sum + table.keys, 0) };
  }
}

interface SavedLevel {
  readonly last: Millis;
  /** Since the part before; all of a snapshot. */
  readonly reported: readonly (readonly [string, JsonObject])[];
  readonly gone: readonly string[];
}
interface Saved {
  readonly maxTs: Millis;
  readonly levels: Readonly<Record<string, SavedLevel>>;
}

/** It lies in the window that ends then. */
function readingEvent({ type }: LevelPlan, level: Level, at: Millis): Envelope<CxEvent> {
  const { kept, open, overdue, oldest, combination } = level;
  const eventId = `${combination}|${String(at)}`;
  const value = { ...levelEventOf(type, at - 1, { ...kept, open, overdue, oldest }), eventId };
  return { id: `${type}|${eventId}`, key: combination, ts: at - 1, value, derived: 'added' };
}
