/**
 * What a wall-board shows, and since when: the latest value of each KPI and key, alerts, recent actions, health. Every change
 * takes the next number of one sequence. Cells are chained in the order of their last change, so that "everything after
 * sequence s, conflated to the latest" is a walk over just those cells, however long ago s was.
 */
import { must } from '../core/must.ts';
import type { Json, JsonObject } from '../core/types.ts';
import type { AlertMessage, HealthMessage, KpiMessage } from '../core/wire.ts';
import { BoardActions } from './board-actions.ts';
import { allChanged, noteChanges } from './compact/changed-fields.ts';
import { BoardAlerts, type AlertLimits } from './board-alerts.ts';
import { ChangeLog } from './change-log.ts';
import type { Key } from './filter.ts';
import { replaces } from './replaces.ts';
import { Series } from './series.ts';

export interface BoardLimits extends AlertLimits {
  /** KPI values held; past it the tenth that changed longest ago is dropped, and everybody gets a fresh snapshot. */
  readonly cells: number;
  readonly alertLog: number;
  readonly actions: number;
  readonly openActions: number;
  /** KPI values that keep a short history. */
  readonly series: number;
  readonly seriesPoints: number;
}
export const BOARD_LIMITS: BoardLimits = {
  cells: 100_000,
  alerts: 10_000,
  resolved: 50,
  alertLog: 2_000,
  actions: 100,
  openActions: 10_000,
  series: 5_000,
  seriesPoints: 120,
};

export interface BoardSize {
  readonly cells: number;
  readonly series: number;
  readonly open: number;
  readonly alerts: number;
  readonly alertChanges: number;
  readonly actionChanges: number;
  readonly openActions: number;
}
export interface Cell {
  /** Names it as long as the board lasts. */
  readonly number: number;
  readonly kpi: string;
  readonly keyId: string;
  message: KpiMessage;
  /** Sequence of its last change. */
  seq: number;
  /** When each of its fields last changed (compact/changed-fields.ts). */
  readonly changed: number[];
  /** Encoded forms of `message`, by codec. */
  pieces: (string | Uint8Array | undefined)[];
  older: Cell | undefined;
  newer: Cell | undefined;
  series: Series | undefined;
}

export class Board {
  readonly #limits: BoardLimits;
  readonly #kpis = new Map<string, Map<string, Cell>>();
  #health: HealthMessage | undefined;
  readonly #silences = new Map<string, Json>();
  #newest: Cell | undefined;
  #oldest: Cell | undefined;
  #cellCount = 0;
  #cellsMade = 0;
  #seriesCount = 0;
  #healthSeq = 0;
  /** What changed up to here may have been dropped: nobody can go on from before it. */
  #evictedThrough = 0;
  seq = 0;
  evictions = 0;
  readonly alerts: BoardAlerts;
  readonly alertLog: ChangeLog<AlertMessage>;
  readonly actions: BoardActions;
  readonly actionLog: ChangeLog<Json>;

  constructor(limits: BoardLimits = BOARD_LIMITS) {
    this.#limits = limits;
    this.alerts = new BoardAlerts(limits);
    this.alertLog = new ChangeLog(limits.alertLog);
    this.actions = new BoardActions(limits.openActions);
    this.actionLog = new ChangeLog(limits.actions);
  }

  /** False when the value on show is newer. */
  setKpi(message: KpiMessage): boolean {
    const keyId = cellIdOf(message.key);
    let byKey = this.#kpis.get(message.kpi);
    if (message.retracted === true && byKey?.has(keyId) !== true) return false;
    if (byKey === undefined) {
      byKey = new Map();
      this.#kpis.set(message.kpi, byKey);
    }
    let cell = byKey.get(keyId);
    if (cell === undefined) {
      cell = {
        number: this.#cellsMade++,
        kpi: message.kpi,
        keyId,
        message,
        seq: 0,
        changed: allChanged(this.seq + 1),
        pieces: [],
        older: undefined,
        newer: undefined,
        series: undefined,
      };
      byKey.set(keyId, cell);
      this.#cellCount += 1;
      this.#note(cell, message);
    } else {
      this.#note(cell, message);
      if (!replaces(message, cell.message)) return false;
      noteChanges(cell.changed, cell.message, message, this.seq + 1);
      cell.message = message;
      cell.pieces = [];
      this.#unlink(cell);
    }
    this.seq += 1;
    cell.seq = this.seq;
    this.#link(cell);
    if (this.#cellCount > this.#limits.cells) this.#dropOldestCells();
    return true;
  }

  /** False when it repeats what is known. */
  setAlert(message: AlertMessage): boolean {
    if (!this.alerts.set(message)) return false;
    this.seq += 1;
    this.alertLog.push(this.seq, message);
    if (this.alerts.dropsExcess()) {
      this.evictions += 1;
      this.#evict();
    }
    return true;
  }

  /** The engine reads its state, or another instance runs it. */
  markIncomplete(): void {
    this.actions.markIncomplete();
    // What is sent from here on says so.
    if (this.alerts.markIncomplete()) this.seq += 1;
  }

  /** All that is open was reported: whoever was sent less, or more, gets a snapshot. */
  markComplete(): void {
    const areGone = this.actions.markComplete();
    if (this.alerts.markComplete() || areGone) this.#evict();
  }

  /** KPIs that are configured no more: whoever was sent them gets a snapshot without. */
  forgetKpis(isKnown: (id: string) => boolean): void {
    const gone = [...this.#kpis.keys()].filter((id) => !isKnown(id));
    for (const id of gone) {
      for (const cell of this.cellsOf(id)) this.#drop(cell);
      this.#kpis.delete(id);
    }
    if (gone.length > 0) this.#evict();
  }

  /** False when it repeats what is known. */
  setAction(action: JsonObject): boolean {
    if (!this.actions.take(action)) return false;
    this.seq += 1;
    this.actionLog.push(this.seq, action);
    return true;
  }

  /** False when nothing changed. */
  setHealth(health: HealthMessage): boolean {
    if (JSON.stringify(this.#health) === JSON.stringify(health)) return false;
    this.#health = health;
    this.seq += 1;
    this.#healthSeq = this.seq;
    return true;
  }

  /** null: it is over. Not part of what boards are sent: an alert says itself whether it is silenced. */
  setSilence(id: string, silence: Json): void {
    if (silence === null) this.#silences.delete(id);
    else this.#silences.set(id, silence);
  }

  /** By id. */
  silences(): ReadonlyMap<string, Json> {
    return this.#silences;
  }

  get health(): HealthMessage | undefined {
    return this.#health;
  }

  get healthSeq(): number {
    return this.#healthSeq;
  }

  /** Everything after `seq` that such a reader wants can still be sent, nothing left out. */
  reaches(seq: number, wants: { readonly alerts: boolean; readonly actions: boolean }): boolean {
    return (
      seq <= this.seq &&
      seq >= this.#evictedThrough &&
      (!wants.alerts || this.alertLog.reaches(seq)) &&
      (!wants.actions || this.actionLog.reaches(seq))
    );
  }

  /** Cells that changed after `seq`, the latest change first. */
  *changedSince(seq: number): Generator<Cell> {
    for (let cell = this.#newest; cell !== undefined && cell.seq > seq; cell = cell.older) yield cell;
  }

  cell(kpi: string, key: Key): Cell | undefined {
    return this.#kpis.get(kpi)?.get(cellIdOf(key));
  }

  *cellsOf(kpi: string): Generator<Cell> {
    yield* this.#kpis.get(kpi)?.values() ?? [];
  }

  *cells(): Generator<Cell> {
    for (const byKey of this.#kpis.values()) yield* byKey.values();
  }

  size(): BoardSize {
    return {
      cells: this.#cellCount,
      series: this.#seriesCount,
      ...this.alerts.size(),
      alertChanges: this.alertLog.size,
      actionChanges: this.actionLog.size,
      openActions: this.actions.size,
    };
  }

  #note(cell: Cell, message: KpiMessage): void {
    if (cell.series === undefined) {
      if (this.#seriesCount >= this.#limits.series) return;
      cell.series = new Series(this.#limits.seriesPoints);
      this.#seriesCount += 1;
    }
    cell.series.add(message);
  }

  #link(cell: Cell): void {
    cell.older = this.#newest;
    cell.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = cell;
    this.#newest = cell;
    this.#oldest ??= cell;
  }

  #unlink(cell: Cell): void {
    if (cell.older === undefined) this.#oldest = cell.newer;
    else cell.older.newer = cell.newer;
    if (cell.newer === undefined) this.#newest = cell.older;
    else cell.newer.older = cell.older;
  }

  #dropOldestCells(): void {
    for (let left = Math.ceil(this.#limits.cells / 10); left > 0 && this.#oldest !== undefined; left--) {
      const cell = this.#oldest;
      this.#drop(cell);
    }
    this.evictions += 1;
    this.#evict();
  }

  #drop(cell: Cell): void {
    this.#unlink(cell);
    this.#kpis.get(cell.kpi)?.delete(cell.keyId);
    this.#cellCount -= 1;
    if (cell.series !== undefined) this.#seriesCount -= 1;
  }

  #evict(): void {
    this.seq += 1;
    this.#evictedThrough = this.seq;
  }
}

/** Canonical text of a key: dimensions in order; a dimension's name cannot run into its value. */
export function cellIdOf(key: Key): string {
  const names = Object.keys(key);
  if (names.length === 0) return '';
  if (names.length > 1) names.sort();
  let id = '';
  for (const name of names) id += `${name}\u0000${must(key[name])}\u0001`;
  return id;
}
