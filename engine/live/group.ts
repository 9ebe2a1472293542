/**
 * All subscriptions that want the same thing in the same form: one filter, one rate, one codec, one id. What is due to them is
 * gathered and encoded once, however many they are; a member that fell behind differs only in where it goes on from.
 */
import type { Json, Millis } from '../core/types.ts';
import type { Board, Cell } from './live-board.ts';
import type { Change } from './change-log.ts';
import type { Codec, Lists, Piece } from './frame-codec.ts';
import { type Filter, passes, passesAction, visibleAlert, wantsKpi } from './filter.ts';
import type { AlertMessage, HealthMessage } from '../core/wire.ts';

/** What happened after some sequence, encoded but for the frame around it. */
export interface Contents {
  readonly empty: boolean;
  readonly lists: Lists;
  readonly health: HealthMessage | undefined;
  readonly bytes: number;
}

export interface FrameTime {
  readonly asOf: string;
  readonly watermark: string | null;
}

export class Group<Member> {
  readonly filter: Filter;
  readonly codec: Codec;
  /** The subscription id its members chose. */
  readonly id: number;
  readonly intervalMs: Millis;
  readonly members = new Set<Member>();
  /** Members in step were served up to here. */
  seen = 0;
  lastFlush = Number.NEGATIVE_INFINITY;
  /** Bytes of contents that were due so far: by the difference one knows what a member missed. */
  bytes = 0;
  #contents = new Map<number, Contents>();
  #contentsSeq = -1;
  #deltas = new Map<string, Uint8Array>();
  #snapshot: { readonly seq: number; readonly frame: Uint8Array } | undefined;

  constructor(filter: Filter, codec: Codec, id: number, intervalMs: Millis) {
    this.filter = filter;
    this.codec = codec;
    this.id = id;
    this.intervalMs = intervalMs;
  }

  /** Alerts and actions go at once, whatever the rate. */
  urgent(board: Board): boolean {
    return (
      (this.filter.alerts && board.alertLog.last > this.seen) ||
      (this.filter.actions && board.actionLog.last > this.seen)
    );
  }

  /** What this group sees of everything after `cursor`. */
  contents(board: Board, cursor: number): Contents {
    if (this.#contentsSeq !== board.seq) {
      this.#contentsSeq = board.seq;
      this.#contents.clear();
      this.#deltas.clear();
    }
    let contents = this.#contents.get(cursor);
    if (contents === undefined) {
      contents = this.#gather(board, cursor);
      this.#contents.set(cursor, contents);
    }
    return contents;
  }

  delta(board: Board, prev: number, cursor: number): Uint8Array {
    const contents = this.contents(board, cursor);
    const name = `${prev} ${cursor}`;
    let frame = this.#deltas.get(name);
    if (frame === undefined) {
      frame = this.codec.frame(
        { op: 'delta', id: this.id, seq: board.seq, prev, ...healthField(contents.health) },
        contents.lists,
      );
      this.#deltas.set(name, frame);
    }
    return frame;
  }

  /** Undefined: more values than `maxCells` pass the filter. */
  snapshot(board: Board, time: FrameTime, maxCells: number): Uint8Array | undefined {
    if (this.#snapshot?.seq === board.seq) return this.#snapshot.frame;
    const cells: Cell[] = [];
    for (const cell of this.cells(board)) {
      if (cells.length === maxCells) return undefined;
      cells.push(cell);
    }
    const lists: [string, readonly Piece[]][] = [
      ['kpis', this.codec.kpis(cells, this.filter, -1)],
      ['alerts', this.filter.alerts ? this.alerts(board).map((alert) => this.codec.piece(alert)) : []],
    ];
    if (this.filter.actions) {
      lists.push(['actions', this.#openAndRecent(board)]);
    }
    const health = this.filter.health ? visibleHealth(this.filter, board.health) : undefined;
    const isPart = this.filter.alerts && !board.alerts.isComplete;
    if (isPart) board.alerts.sentInPart();
    const frame = this.codec.frame(
      {
        op: 'snapshot',
        id: this.id,
        seq: board.seq,
        as_of: time.asOf,
        watermark: time.watermark,
        ...healthField(health),
        ...(isPart ? { recovering: true } : {}),
      },
      lists,
    );
    this.#snapshot = { seq: board.seq, frame };
    return frame;
  }

  *cells(board: Board): Generator<Cell> {
    const all = this.filter.allKpis ? [board.cells()] : [...this.filter.kpis].map((kpi) => board.cellsOf(kpi));
    for (const cells of all) for (const cell of cells) if (passes(this.filter, cell.message.key)) yield cell;
  }

  alerts(board: Board): AlertMessage[] {
    return [...board.alerts.values()]
      .filter((alert) => passes(this.filter, alert.key))
      .map((alert) => visibleAlert(this.filter, alert));
  }

  #gather(board: Board, cursor: number): Contents {
    const cells: Cell[] = [];
    for (const cell of board.changedSince(cursor)) {
      if (wantsKpi(this.filter, cell.kpi) && passes(this.filter, cell.message.key)) cells.push(cell);
    }
    cells.reverse();
    const alerts: Piece[] = [];
    if (this.filter.alerts) {
      for (const change of board.alertLog.since(cursor)) {
        if (passes(this.filter, change.value.key)) alerts.push(this.#alertPiece(change));
      }
    }
    const actions = this.filter.actions ? this.#actions(board.actionLog.since(cursor)) : [];
    const health =
      this.filter.health && board.healthSeq > cursor ? visibleHealth(this.filter, board.health) : undefined;
    const lists: [string, readonly Piece[]][] = [
      ['kpis', this.codec.kpis(cells, this.filter, cursor)],
      ['alerts', alerts],
    ];
    if (actions.length > 0) lists.push(['actions', actions]);
    let bytes = 0;
    for (const [, pieces] of lists) for (const piece of pieces) bytes += piece.length;
    const empty = cells.length + alerts.length + actions.length === 0 && health === undefined;
    return { empty, lists, health, bytes };
  }

  #alertPiece(change: Change<AlertMessage>): Piece {
    const visible = visibleAlert(this.filter, change.value);
    if (visible !== change.value) return this.codec.piece(visible);
    return (change.pieces[this.codec.index] ??= this.codec.piece(visible));
  }

  /** What is open, what is due first before the rest, then the last changes that are of nothing open. */
  #openAndRecent({ actions, actionLog }: Board): Piece[] {
    const open = actions.all().filter(({ item }) => passesAction(this.filter, item));
    const recent = actionLog.recent(RECENT_ACTIONS).filter(({ value }) => !saysOpen(value));
    return [
      ...open.slice(0, MOST_OPEN_ACTIONS).map(({ item }) => this.codec.piece(item as object)),
      ...this.#actions(recent),
    ];
  }

  #actions(changes: readonly Change<Json>[]): Piece[] {
    return changes
      .filter((change) => passesAction(this.filter, change.value))
      .map((change) => (change.pieces[this.codec.index] ??= this.codec.piece({ ...(change.value as object) })));
  }
}

const RECENT_ACTIONS = 50;
/** In a snapshot: those that are due first; `GET /v1/actions` lists all. */
const MOST_OPEN_ACTIONS = 500;

function saysOpen(action: Json): boolean {
  const { data } = action as { readonly data?: { readonly open?: Json; readonly state?: Json } | null };
  return data?.open === true && data.state === 'due';
}

/** Whose clocks are wrong is for those without a scope: a source may name a store that lies outside it. */
function visibleHealth({ scope, totals }: Filter, health: HealthMessage | undefined): HealthMessage | undefined {
  const degraded = health?.ready.degraded;
  if (health === undefined || degraded === undefined || (scope.length === 0 && totals)) return health;
  return { ...health, ready: { ...health.ready, degraded: degraded.map((one) => ({ ...one, about: [] })) } };
}

function healthField(health: HealthMessage | undefined): { health: HealthMessage } | object {
  return health === undefined ? {} : { health };
}
