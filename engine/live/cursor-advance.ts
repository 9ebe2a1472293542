/**
 * How subscriptions are brought forward on the board. A subscription has a cursor; whenever its client can take something, it
 * gets what the board changed after that cursor, KPI values conflated to the latest a key, alerts one by one. A slow client
 * is simply brought forward more rarely, and costs no memory beyond the bytes already handed to its socket. One that missed
 * more than `maxBufferBytes`, or what the alert log no longer holds, gets a fresh snapshot; one that stays stuck is closed
 * (4001).
 */
import type { Millis } from '../core/types.ts';
import { CLOSE } from '../core/wire.ts';
import type { Board } from './live-board.ts';
import type { Group } from './group.ts';
import type { HubClient, Subscription } from './hub-client.ts';

export interface DeliveryOptions {
  readonly board: Board;
  now(): Millis;
  /** As RFC 3339; null: not known. */
  watermark(): string | null;
  readonly maxBufferBytes: number;
  readonly maxSnapshotCells: number;
  unsubscribe(client: HubClient, id: number): void;
}

export class Delivery {
  readonly counts = { conflated: 0, resnapshots: 0, closedSlow: 0 };
  readonly #options: DeliveryOptions;
  readonly #board: Board;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#board = options.board;
  }

  /** Brings every member forward that can take something. */
  toGroup(group: Group<Subscription>, now: Millis): void {
    const due = group.contents(this.#board, group.seen);
    group.bytes += due.bytes;
    // Members may leave while it goes on: closing is a consequence of sending.
    for (const sub of [...group.members]) {
      if (sub.client.blocked()) {
        if (!due.empty) this.counts.conflated += 1;
      } else {
        this.#bringForward(sub);
      }
    }
    group.seen = this.#board.seq;
    if (!due.empty) group.lastFlush = now;
  }

  /** What the subscriptions of a client missed. */
  catchUp(client: HubClient): void {
    for (const { sub } of [...client.subscriptions.values()]) {
      if (client.blocked()) return;
      // In step, or due with its group at its own rate.
      if (sub.stale === 'no' && sub.cursor >= sub.group.seen) continue;
      this.#bringForward(sub);
    }
  }

  #bringForward(sub: Subscription): void {
    const board = this.#board;
    const { group } = sub;
    if (sub.stale !== 'no' || !board.reaches(sub.cursor, group.filter)) {
      this.snapshot(sub);
      return;
    }
    const missed = group.bytes - sub.served;
    const lagging = sub.cursor < group.seen;
    if (lagging && missed > this.#options.maxBufferBytes) {
      sub.stale = 'slow';
      this.snapshot(sub);
    } else if (group.contents(board, sub.cursor).empty) {
      sub.cursor = board.seq;
      sub.served = group.bytes;
    } else {
      this.delta(sub);
    }
  }

  /** What changed after the subscription's cursor, perhaps nothing. */
  delta(sub: Subscription): void {
    const frame = sub.group.delta(this.#board, sub.seq, sub.cursor);
    this.#served(sub);
    sub.client.send(frame);
  }

  /** Everything it subscribes to; ends the subscription where that is too much. */
  snapshot(sub: Subscription): void {
    const { client, group } = sub;
    const options = this.#options;
    const { maxSnapshotCells } = options;
    const time = { asOf: new Date(options.now()).toISOString(), watermark: options.watermark() };
    const frame = group.snapshot(this.#board, time, maxSnapshotCells);
    if (frame === undefined) {
      options.unsubscribe(client, group.id);
      client.fault({
        id: group.id,
        code: 'too_large',
        message: `more than ${maxSnapshotCells} values: name the KPIs, or narrow them with "where"`,
      });
      return;
    }
    const slow = sub.stale === 'slow';
    this.#served(sub);
    if (slow) {
      this.counts.resnapshots += 1;
      if (client.fellBehind(options.now())) {
        this.closeSlow(client);
        return;
      }
    }
    client.send(frame);
  }

  #served(sub: Subscription): void {
    sub.seq = sub.cursor = this.#board.seq;
    sub.served = sub.group.bytes;
    sub.stale = 'no';
  }

  closeSlow(client: HubClient): void {
    this.counts.closedSlow += 1;
    client.close(CLOSE.slow, 'too slow');
  }
}
