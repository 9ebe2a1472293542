/** How a receiver does: how many notices it takes now, and whether it is down. */
import type { Millis } from '../../core/types.ts';
import type { Rate } from '../hook-rules.ts';
import type { ReceiverRecord } from '../records.ts';
import { SendingRate } from './sending-rate.ts';

/** After so many failures in a row one notice at a time tries whether the receiver is back. */
const OPENS_AFTER = 5;
/** Notices under way at a time: a slow receiver delays its own alone, and what is noted of them costs one write for so many. */
const MOST_SENDING = 32;

export interface Trouble {
  readonly reason: string;
  readonly hint: string;
}

export class ReceiverState {
  readonly #rate: SendingRate;
  #failuresInRow = 0;
  #blockedUntil: Millis = 0;
  #last: Trouble | null = null;
  #hasChanged = false;

  constructor(rates: readonly Rate[]) {
    this.#rate = new SendingRate(rates);
  }

  /** As it was saved. */
  restore({ sent, failuresInRow, blockedUntil }: ReceiverRecord): void {
    this.#rate.restore(sent);
    this.#failuresInRow = failuresInRow;
    this.#blockedUntil = blockedUntil;
  }

  /** undefined: nothing has changed since it was last saved. */
  takeChanged(): ReceiverRecord | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    return { sent: this.#rate.saved(), failuresInRow: this.#failuresInRow, blockedUntil: this.#blockedUntil };
  }

  get isDown(): boolean {
    return this.#failuresInRow >= OPENS_AFTER;
  }

  get last(): Trouble | null {
    return this.#last;
  }

  /** How many more attempts may be under way. */
  openings(now: Millis, sending: number): number {
    if (now < this.#blockedUntil) return 0;
    return (this.isDown ? 1 : MOST_SENDING) - sending;
  }

  free(now: Millis, isUrgent: boolean): number {
    return this.#rate.free(now, isUrgent);
  }

  take(now: Millis): void {
    if (this.#rate.take(now)) this.#hasChanged = true;
  }

  accepted(): void {
    if (this.#failuresInRow > 0) this.#hasChanged = true;
    this.#failuresInRow = 0;
    this.#blockedUntil = 0;
    this.#last = null;
  }

  /** `next`: when the notice that failed is tried again; where the receiver limits or is down no other comes before. */
  failed(trouble: Trouble, next: Millis): void {
    this.#last = trouble;
    this.#failuresInRow++;
    this.#hasChanged = true;
    if (trouble.reason === 'rate_limited' || this.isDown) this.#blockedUntil = Math.max(this.#blockedUntil, next);
  }

  /** The clock was set back by so much. */
  setBack(by: Millis): void {
    this.#blockedUntil -= by;
    this.#rate.setBack(by);
    this.#hasChanged = true;
  }

  /** A notice was given up: that says something of the notice, not of the receiver. */
  gaveUp(trouble: Trouble): void {
    this.#last = trouble;
  }
}
