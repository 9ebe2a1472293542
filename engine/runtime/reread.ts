/**
 * Reads inputs of partitions again, from what is still there up to where they had been read, for operators that were not there
 * then (`--backfill`). Events come as they came live: prepared by the same stages, each partition's repeats left out, at the
 * lowest watermark of the inputs that are not at their end, the furthest behind first; so that nothing has to wait for long.
 */
import { Chain, type ChainDef } from '../core/chain.ts';
import { arrivedBy, PartitionTime } from '../core/watermark.ts';
import { must } from '../core/must.ts';
import {
  START_OF_TIME,
  type BatchStage,
  type Clock,
  type Collector,
  type Envelope,
  type Logger,
  type Millis,
  type Prepared,
  type RawMessage,
} from '../core/types.ts';
import { Bell } from './bell.ts';
import { RunAhead } from './stages.ts';

export interface RereadInput {
  readonly partition: number;
  /** What is still there, in order, up to where it had been read. */
  readonly batches: AsyncIterable<readonly RawMessage[]>;
  /** The sequence up to which it had been read. */
  readonly until: number;
}

export interface RereadOptions<T> {
  readonly inputs: readonly RereadInput[];
  readonly stage: BatchStage<RawMessage, Prepared<T>>;
  /** What each partition's events pass first, for itself. */
  readonly gate: ChainDef<T, T>;
  readonly into: {
    /** `watermark`: how far all inputs are; `of`: which input it is of, and how far that one is. */
    event(event: Envelope<T>, watermark: Millis, of: { readonly partition: number; readonly watermark: Millis }): void;
    /** When `advance` has something to do; Infinity: never. */
    dueAt(): Millis;
    advance(watermark: Millis): void;
  };
  readonly outOfOrdernessMs: Millis;
  /** A silence this long takes time on, at the pace of the wall clock (core/watermark.ts). */
  readonly idleAfterMs: Millis;
  /** Time goes no further. */
  readonly untilTime: Millis;
  /** A promise when the event loop is to be handed over. */
  readonly maybeYield: () => Promise<void> | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Batches read ahead of each input. */
const AHEAD = 2;
const SAY_EVERY_MS = 5_000;

/** Resolves with the highest event time that may be among what is gone of them: START_OF_TIME: nothing is; Infinity: unknown. */
export async function reread<T>(options: RereadOptions<T>): Promise<Millis> {
  const { into, untilTime, clock, maybeYield, signal } = options;
  const inputs = options.inputs.map((input) => new Rereading(input, options));
  let watermark = START_OF_TIME;
  const advance = async (time: Millis): Promise<void> => {
    const to = Math.min(time, untilTime);
    while (watermark < to) {
      const due = into.dueAt();
      const next = due > watermark && due < to ? due : to;
      if (due <= next) into.advance(next);
      watermark = next;
      await maybeYield();
    }
  };
  let saidAt = clock.elapsed();
  for (;;) {
    const input = furthestBehind(inputs);
    if (input === undefined) break;
    const message = input.next() ?? (await input.load());
    if (message !== undefined) {
      input.passSilence(message);
      await advance(must(furthestBehind(inputs)).watermark);
      input.run(message, (event) => into.event(event, watermark, input));
    }
    await maybeYield();
    signal.throwIfAborted();
    if (clock.elapsed() - saidAt < SAY_EVERY_MS) continue;
    saidAt = clock.elapsed();
    for (const one of inputs) one.say();
  }
  await advance(Math.max(...inputs.map((input) => input.watermark)));
  return Math.max(START_OF_TIME, ...inputs.map(({ goneUntil }) => goneUntil));
}

/** Of those that are not at their end. */
function furthestBehind<T>(inputs: readonly Rereading<T>[]): Rereading<T> | undefined {
  let furthest: Rereading<T> | undefined;
  for (const one of inputs) {
    if (!one.isAtEnd && (furthest === undefined || one.watermark < furthest.watermark)) furthest = one;
  }
  return furthest;
}

class Rereading<T> {
  isAtEnd = false;
  readonly #input: RereadInput;
  readonly #logger: Logger;
  readonly #outOfOrdernessMs: Millis;
  readonly #idleAfterMs: Millis;
  readonly #time: PartitionTime;
  readonly #gate: Chain<T, T>;
  readonly #bell = new Bell();
  readonly #ahead: RunAhead<RawMessage, Prepared<T>>;
  #batch: readonly Prepared<T>[] = [];
  #at = 0;
  #position = 0;
  /** Whether the first event that is there was seen. */
  #hasBegun = false;
  #goneUntil: Millis;
  #onEvent: (event: Envelope<T>) => void = () => undefined;

  constructor(input: RereadInput, options: RereadOptions<T>) {
    const { stage, gate, outOfOrdernessMs, idleAfterMs, clock, logger, signal } = options;
    this.#input = input;
    this.#logger = logger;
    this.#outOfOrdernessMs = outOfOrdernessMs;
    this.#idleAfterMs = idleAfterMs;
    this.#time = new PartitionTime(outOfOrdernessMs);
    this.#gate = new Chain(
      gate,
      { partition: input.partition },
      gateOutlet((event) => this.#onEvent(event)),
    );
    this.#goneUntil = input.until === 0 ? START_OF_TIME : Infinity;
    this.#ahead = new RunAhead<RawMessage, Prepared<T>>({
      ...{ batches: input.batches, stage, limit: AHEAD, clock, logger, signal, onReady: this.#bell.ring },
    });
  }

  get watermark(): Millis {
    return this.#time.watermark;
  }
  get partition(): number {
    return this.#input.partition;
  }
  get goneUntil(): Millis {
    return this.#goneUntil;
  }

  next(): Prepared<T> | undefined {
    return this.#batch[this.#at++];
  }
  /** The first message of the next batch; undefined: there is none, and the end is reached. */
  async load(): Promise<Prepared<T> | undefined> {
    for (;;) {
      const batch = this.#ahead.take();
      if (batch !== undefined) {
        this.#batch = batch;
        this.#at = 0;
        return this.next();
      }
      if (this.#ahead.hasEnded) {
        this.isAtEnd = true;
        return undefined;
      }
      await this.#bell.wait();
    }
  }

  run(message: Prepared<T>, onEvent: (event: Envelope<T>) => void): void {
    this.#onEvent = onEvent;
    const isFirst = this.#position === 0;
    this.#position = message.seq;
    if (isFirst && message.seq === 1) {
      this.#hasBegun = true;
      this.#goneUntil = START_OF_TIME;
    }
    for (const item of message.items) {
      if (!('event' in item) || item.event.isControl === true) continue;
      const event = arrivedBy(item.event, message.stored);
      const reached = event.arrived ?? event.ts;
      if (!this.#hasBegun) {
        // What is gone was stored before this, and as far as events come in order it is no newer either.
        this.#hasBegun = true;
        this.#goneUntil = Math.min(message.stored, reached + this.#outOfOrdernessMs);
      }
      this.#gate.event(event);
      this.#gate.advance(this.#time.observe(reached));
    }
  }

  /** The silence before this message, where it has events; before any of them is run. */
  passSilence({ items, stored }: Prepared<T>): void {
    if (!items.some((item) => 'event' in item && item.event.isControl !== true)) return;
    const { lastArrival } = this.#time;
    const wasIdle = lastArrival !== START_OF_TIME && stored >= lastArrival + this.#idleAfterMs;
    if (wasIdle) this.#gate.advance(this.#time.idle(stored));
    this.#time.arrived(stored);
  }

  say(): void {
    const { partition, until } = this.#input;
    const percent = until === 0 ? 100 : Math.floor((100 * this.#position) / until);
    this.#logger.info('reading the input again for what joined', {
      partition,
      position: this.#position,
      until,
      percent,
    });
  }
}

function gateOutlet<T>(emit: (event: Envelope<T>) => void): Collector<T> {
  const nothing = (): void => undefined;
  return { emit, send: nothing, forward: nothing, show: nothing, urgent: nothing, count: nothing };
}
