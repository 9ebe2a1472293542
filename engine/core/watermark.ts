/** Event time of one partition, and the minimum over several inputs. Neither ever goes back. */
import {
  START_OF_TIME,
  type InputState,
  type Millis,
  type TimeState,
  type ReportedTime,
  type Envelope,
} from './types.ts';

/** Where a partition's time comes from. */
export interface PartitionClock {
  /** A message with events arrived; `stored` is when the broker stored it, so that a replay tells the same. */
  arrived(stored: Millis): void;
  /** Takes one event's time in; returns the watermark after it. */
  observe(ts: Millis): Millis;
  /** Takes in what a sender tells of its time; returns the watermark after it. */
  report(time: ReportedTime): Millis;
  /** The watermark of an idle partition at `now`. */
  idle(now: Millis): Millis;
  /** When, by the wall clock, idleness alone takes the watermark to `due`; undefined: never. */
  idleReaches(due: Millis): Millis | undefined;
  state(): TimeState;
}

/**
 * Watermark = highest event time seen − bound, event by event. When the partition is idle (caught up and silent: the caller
 * knows), time goes on at the pace of the wall clock from the last arrival:
 * `min(maxTs + (now − lastArrival), now) − bound`. So a slow replay of old data is not made late, the last windows of the
 * day close, and a restart after hours catches up.
 */
export class PartitionTime implements PartitionClock {
  watermark: Millis;
  maxTs: Millis;
  lastArrival: Millis;
  readonly #boundMs: Millis;

  constructor(outOfOrdernessMs: Millis, saved?: TimeState) {
    this.#boundMs = outOfOrdernessMs;
    this.watermark = saved?.watermark ?? START_OF_TIME;
    this.maxTs = saved?.maxTs ?? START_OF_TIME;
    this.lastArrival = saved?.lastArrival ?? START_OF_TIME;
  }

  arrived(stored: Millis): void {
    if (stored > this.lastArrival) this.lastArrival = stored;
    // After idleness time stands where the wall clock took it: an old event must not make it stand still again.
    const reached = this.watermark + this.#boundMs;
    if (this.watermark !== START_OF_TIME && reached > this.maxTs) this.maxTs = reached;
  }

  observe(ts: Millis): Millis {
    if (ts > this.maxTs) {
      this.maxTs = ts;
      const watermark = ts - this.#boundMs;
      if (watermark > this.watermark) this.watermark = watermark;
    }
    return this.watermark;
  }

  /** Its time follows from its own events. */
  report(): Millis {
    return this.watermark;
  }

  /** Without any event yet there is no time to go on from. */
  idle(now: Millis): Millis {
    if (this.maxTs === START_OF_TIME) return this.watermark;
    const silent = Math.max(0, now - this.lastArrival);
    const watermark = Math.min(this.maxTs + silent, now) - this.#boundMs;
    if (watermark > this.watermark) this.watermark = watermark;
    return this.watermark;
  }

  idleReaches(due: Millis): Millis | undefined {
    if (this.maxTs === START_OF_TIME || !Number.isFinite(due)) return undefined;
    const target = due + this.#boundMs;
    return Math.max(target, this.lastArrival + (target - this.maxTs));
  }

  state(): TimeState {
    return { maxTs: this.maxTs, watermark: this.watermark, lastArrival: this.lastArrival };
  }
}

interface Input {
  watermark: Millis;
  isActive: boolean;
  /** An input that came back counts again only when it has caught up with what was given out. */
  isAligned: boolean;
}

/**
 * The lowest watermark of the live inputs, idle ones left out, never going back (the rules of Flink's StatusWatermarkValve).
 * When the input that held time back falls idle as the last one, everything seen is flushed: the highest of all.
 */
export class InputMinimum {
  watermark: Millis;
  readonly #inputs: Input[];

  constructor(inputs: number, saved?: { readonly watermark: Millis; readonly inputs: readonly InputState[] }) {
    this.watermark = saved?.watermark ?? START_OF_TIME;
    this.#inputs = Array.from({ length: inputs }, (_, i): Input => ({
      watermark: START_OF_TIME,
      isActive: true,
      isAligned: true,
      ...saved?.inputs[i],
    }));
  }

  state(): readonly InputState[] {
    return this.#inputs.map((input) => ({ ...input }));
  }

  /** True: every input is idle. */
  get isIdle(): boolean {
    return this.#inputs.every((input) => !input.isActive);
  }

  /** The new watermark if it moved. */
  advance(index: number, watermark: Millis): Millis | undefined {
    const input = this.#inputs[index];
    if (input === undefined || !input.isActive || watermark <= input.watermark) return undefined;
    input.watermark = watermark;
    if (watermark >= this.watermark) input.isAligned = true;
    return input.isAligned ? this.#minimum() : undefined;
  }

  /** The new watermark if it moved. */
  idle(index: number): Millis | undefined {
    const input = this.#inputs[index];
    if (input?.isActive !== true) return undefined;
    input.isActive = false;
    input.isAligned = false;
    if (input.watermark !== this.watermark) return undefined;
    return this.isIdle ? this.#raise(Math.max(...this.#inputs.map((one) => one.watermark))) : this.#minimum();
  }

  /** Back again; it holds time back only from where time stands. */
  active(index: number): void {
    const input = this.#inputs[index];
    if (input === undefined || input.isActive) return;
    input.isActive = true;
    input.isAligned = input.watermark >= this.watermark;
  }

  #minimum(): Millis | undefined {
    let lowest = Infinity;
    for (const input of this.#inputs) {
      if (input.isAligned && input.watermark < lowest) lowest = input.watermark;
    }
    return lowest === Infinity ? undefined : this.#raise(lowest);
  }

  #raise(watermark: Millis): Millis | undefined {
    if (watermark <= this.watermark) return undefined;
    this.watermark = watermark;
    return watermark;
  }
}

/**
 * Time of a partition whose input comes from others: the lowest of what they tell, idle ones left out. Events and silence of
 * its own say nothing: who sends it events tells how far it is, in silence too.
 */
export class InputsTime implements PartitionClock {
  readonly #inputs: InputMinimum;
  #lastArrival: Millis;

  constructor(inputs: number, saved?: TimeState) {
    this.#inputs = new InputMinimum(
      inputs,
      saved === undefined ? undefined : { watermark: saved.watermark, inputs: saved.inputs ?? [] }, // saved before inputs were
    );
    this.#lastArrival = saved?.lastArrival ?? START_OF_TIME;
  }

  arrived(stored: Millis): void {
    if (stored > this.#lastArrival) this.#lastArrival = stored;
  }

  observe(): Millis {
    return this.#inputs.watermark;
  }

  report({ input, watermark, isIdle }: ReportedTime): Millis {
    // An idle one goes on too: once all are idle, the furthest of them leads.
    this.#inputs.active(input);
    this.#inputs.advance(input, watermark);
    if (isIdle) this.#inputs.idle(input);
    return this.#inputs.watermark;
  }

  idle(): Millis {
    return this.#inputs.watermark;
  }

  idleReaches(): undefined {
    return undefined;
  }

  state(): TimeState {
    const { watermark } = this.#inputs;
    return { maxTs: watermark, watermark, lastArrival: this.#lastArrival, inputs: this.#inputs.state() };
  }
}

/**
 * The event as it counts at `arrival`, the instant at which its message was stored. A `ts` ahead of that keeps its window, but its
 * sender's clock makes nobody else late: time goes no further than the arrival, which the input holds, so that a replay agrees.
 */
export function arrivedBy<T>(event: Envelope<T>, arrival: Millis): Envelope<T> {
  if (event.ts <= arrival || event.isControl === true) return event;
  return { ...event, arrived: arrival };
}
