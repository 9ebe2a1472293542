/**
 * The chain over a file: no broker, no wall clock, constant memory, and the same bytes for the same input however it was
 * split into batches.
 */
import { Chain, type ChainDef } from '../core/chain.ts';
import { PartitionTime } from '../core/watermark.ts';
import { END_OF_TIME, START_OF_TIME } from '../core/types.ts';
import type { BatchStage, Clock, Collector, Envelope, LiveItem, Logger, Millis, Outgoing } from '../core/types.ts';
import type { OutputMessage, Prepared, RawMessage } from '../core/types.ts';
import { Bell } from './bell.ts';
import { withArrivals } from './file-arrivals.ts';
import { FileClock } from './file-clock.ts';
import { RunAhead } from './stages.ts';

/** "Now" is the highest event time reached: what waits on the wall clock when live waits for events here. */
export class EventTimeClock {
  #now: Millis = START_OF_TIME;

  now(): Millis {
    return this.#now;
  }

  observe(ts: Millis): void {
    if (ts > this.#now) this.#now = ts;
  }
}

export interface FileRunOptions<T> {
  /** Messages whose `seq` is the line number; in any order. */
  readonly input: AsyncIterable<readonly RawMessage[]>;
  readonly stage: BatchStage<RawMessage, Prepared<T>>;
  readonly chain: ChainDef<T, unknown>;
  readonly outOfOrdernessMs: Millis;
  /** An event further ahead of those around it is bad input; left out: none is. */
  readonly refusedAheadMs?: Millis;
  /**
   * Takes the outputs in their order; the next come when it has resolved. What is refused is dated by how far time is in the file:
   * START_OF_TIME where a thousand refusals and more stand before the first event.
   */
  readonly write: (messages: readonly Outgoing[]) => Promise<void>;
  /** Only for the pauses between retries of a stage. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface FileRunResult {
  /** events_in, events_rejected and what the operators counted. */
  readonly counters: Readonly<Record<string, number>>;
  /** Highest sequence of a message. */
  readonly position: number;
}

const AHEAD = 4;
const WRITE_MESSAGES = 1024;
/** An operator that still asks to be woken after so many wake-ups at the end of time would ask for ever. */
const MOST_FINAL_WAKES = 10_000;

/** Ids are `0:<line>:<k>`, k counting everything one line causes; what the end of input causes has the line after the last. */
class FileOutlet implements Collector<unknown> {
  readonly counters = new Map<string, number>();
  messages: Outgoing[] = [];
  #seq = 0;
  #next = 0;

  /** Dates what was refused before any event said how far time is. */
  date(time: Millis): void {
    this.messages = this.messages.map((message) => (message.time === START_OF_TIME ? { ...message, time } : message));
  }
  begin(seq: number): void {
    this.#seq = seq;
    this.#next = 0;
  }
  send(message: OutputMessage): void {
    const id = `0:${this.#seq}:${this.#next++}`;
    this.messages.push({ id, subject: message.subject, type: message.type, time: message.time, data: message.data });
  }
  forward(message: OutputMessage): void {
    this.send(message);
  }
  count(name: string, by = 1): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by);
  }
  emit(_event: Envelope<unknown>): void {
    return undefined;
  }
  show(_item: LiveItem): void {
    return undefined;
  }
  urgent(): void {
    return undefined;
  }
}

export async function runFile<T>(options: FileRunOptions<T>): Promise<FileRunResult> {
  const { signal, write } = options;
  const outlet = new FileOutlet();
  const chain = new Chain(options.chain, { partition: 0 }, outlet);
  const time = new PartitionTime(options.outOfOrdernessMs);
  const clock = new EventTimeClock();
  const flush = async (atLeast: number): Promise<void> => {
    if (outlet.messages.length < atLeast) return;
    const taken = outlet.messages;
    outlet.messages = [];
    await write(taken);
  };

  let position = 0;
  const { outOfOrdernessMs, refusedAheadMs = Infinity } = options;
  const arrivals = new FileClock({ outOfOrdernessMs, refusedAheadMs });
  for await (const batch of withArrivals(prepared(options), arrivals)) {
    for (const message of batch) {
      signal.throwIfAborted();
      position = Math.max(position, message.seq);
      outlet.begin(message.seq);
      for (const item of message.items) {
        outlet.count('events_in');
        if ('rejected' in item) {
          outlet.count('events_rejected');
          outlet.forward({ ...item.rejected, time: clock.now() });
          continue;
        }
        const { event } = item;
        chain.event(event);
        if (event.isControl === true) continue;
        const reached = event.arrived ?? event.ts;
        if (clock.now() === START_OF_TIME) outlet.date(reached);
        chain.advance(time.observe(reached));
        clock.observe(reached);
        const wakeAt = chain.wakeAt();
        if (wakeAt !== undefined && wakeAt <= clock.now()) chain.wake(clock.now());
      }
      await flush(WRITE_MESSAGES);
    }
    // Nobody saves what changed: operators must not gather it.
    chain.delta();
  }
  outlet.begin(position + 1);
  chain.advance(END_OF_TIME);
  wakeAll(chain);
  await flush(1);
  return { counters: Object.fromEntries(outlet.counters), position };
}

/** After the end of input everybody who waits for a time gets it. */
function wakeAll(chain: Chain<never, unknown>): void {
  for (let i = 0; i < MOST_FINAL_WAKES; i++) {
    const wakeAt = chain.wakeAt();
    if (wakeAt === undefined) return;
    chain.wake(wakeAt);
  }
}

async function* prepared<T>(options: FileRunOptions<T>): AsyncGenerator<readonly Prepared<T>[]> {
  const { input, stage, clock, logger, signal } = options;
  const bell = new Bell();
  const reading = new AbortController();
  const ahead = new RunAhead<RawMessage, Prepared<T>>({
    ...{ batches: input, stage, limit: AHEAD, clock, logger },
    signal: AbortSignal.any([signal, reading.signal]),
    onReady: bell.ring,
  });
  try {
    while (!ahead.hasEnded) {
      const batch = ahead.take();
      if (batch !== undefined) yield batch;
      else await bell.wait();
    }
    signal.throwIfAborted();
  } finally {
    reading.abort();
  }
}
