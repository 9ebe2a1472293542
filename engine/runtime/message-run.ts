/**
 * What one input message does to a partition: its items run through the chain, in their order, and time passes. Without a promise as
 * long as the event loop is not handed over: to await each message costs as much as half of what a plain event does in the chain.
 */
import type { Chain } from '../core/chain.ts';
import type { Millis, Prepared, PreparedItem } from '../core/types.ts';
import { arrivedBy } from '../core/watermark.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { CommitCadence } from './commits/commit-cadence.ts';
import type { Outlet } from './commits/outlet.ts';
import type { InputTime } from './input-time.ts';
import type { PartitionConfig } from './partition-config.ts';

export interface MessageRunParts<T> {
  readonly chain: Chain<T, unknown>;
  readonly outlet: Outlet;
  readonly time: InputTime;
  readonly clocks: ClockWatch | null;
  readonly config: PartitionConfig;
}

/** How the loop shares its thread. */
export interface Slices {
  isSliceOver(): boolean;
  /** During a message: nothing is committed meanwhile. */
  handOver(): Promise<void>;
}

/** The clock is looked at after so many events. */
const SLICE_EVENTS = 64;

export class MessageRun<T> {
  readonly #parts: MessageRunParts<T>;
  readonly #cadence: Pick<CommitCadence, 'events'>;
  readonly #slices: Slices;

  constructor(parts: MessageRunParts<T>, cadence: Pick<CommitCadence, 'events'>, slices: Slices) {
    this.#parts = parts;
    this.#cadence = cadence;
    this.#slices = slices;
  }

  /** A promise where the event loop is handed over before the message is done. */
  run(message: Prepared<T>): Promise<void> | undefined {
    const { items, reported } = message;
    if (reported !== undefined) return this.#runRest(message, 0);
    let next = 0;
    for (const item of items) {
      next++;
      const waiting = this.#runItem(item, message);
      if (waiting !== undefined) return this.#runRest(message, next, waiting);
    }
    this.#countItems(message);
    return undefined;
  }

  async #runRest(message: Prepared<T>, from: number, waiting?: Promise<void>): Promise<void> {
    await waiting;
    for (const item of message.items.slice(from)) await this.#runItem(item, message);
    if (message.reported !== undefined) await this.advance(this.#parts.time.report(message.reported));
    this.#countItems(message);
  }

  #runItem(item: PreparedItem<T>, message: Prepared<T>): Promise<void> | undefined {
    const { chain, time, clocks, outlet } = this.#parts;
    if ('event' in item) {
      const event = arrivedBy(item.event, message.stored);
      chain.event(event);
      if (event.isControl !== true) {
        clocks?.watch(event, message.stored);
        const watermark = time.observe(event.arrived ?? event.ts, message);
        if (watermark < chain.due) chain.advance(watermark);
        else if (!this.#advanceAtOnce(watermark)) return this.advance(watermark).then(() => this.#endItem());
      }
    } else outlet.forward(item.rejected);
    return this.#endItem();
  }

  #endItem(): Promise<void> | undefined {
    if (++this.#cadence.events % SLICE_EVENTS !== 0 || !this.#slices.isSliceOver()) return undefined;
    return this.#slices.handOver();
  }

  #countItems({ items }: Prepared<T>): void {
    const { outlet, config } = this.#parts;
    let events = 0;
    for (const item of items) if ('event' in item) events++;
    if (config.inputs === undefined) outlet.count('events_in', items.length);
    else if (events > 0) outlet.count('partials_in', events);
    if (items.length > events) outlet.count('events_rejected', items.length - events);
  }

  /** Takes time there, however much closes on the way. */
  async advance(watermark: Millis): Promise<void> {
    while (!this.#advanceAtOnce(watermark)) await this.#slices.handOver();
  }

  /** False: the event loop is to be handed over before time is there. */
  #advanceAtOnce(watermark: Millis): boolean {
    while (!this.#parts.chain.advanceStep(watermark)) if (this.#slices.isSliceOver()) return false;
    return true;
  }
}
