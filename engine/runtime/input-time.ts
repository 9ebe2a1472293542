/** Event time of one partition: while its input comes, and once it is caught up and silent. */
import {
  START_OF_TIME,
  type Clock,
  type Millis,
  type Prepared,
  type ReportedTime,
  type Source,
  type TimeState,
} from '../core/types.ts';
import type { PartitionClock } from '../core/watermark.ts';

export interface InputTimeOptions {
  readonly time: PartitionClock;
  readonly source: Pick<Source, 'caughtUp'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly idleAfterMs: Millis;
}

const SHORTEST_TICK_MS = 50;
const CAUGHT_UP_CHECK_MS = 250;
/** So long a start after a long silence waits for who begins to send when it does, then goes on with the silence that was there. */
const SILENT_START_MS = 3000;

export class InputTime {
  isIdle = false;
  readonly #options: InputTimeOptions;
  /** When an event last arrived here, as far as silence goes: nobody is idle at a start before reading was tried. */
  #arrivedAt: Millis;
  /** Sequence of the message that it arrived with. */
  #arrivedWith = -1;

  constructor(options: InputTimeOptions) {
    this.#options = options;
    const { time, clock, idleAfterMs } = options;
    const now = clock.now();
    const { lastArrival } = time.state();
    const wasIdle = lastArrival !== START_OF_TIME && now - lastArrival >= idleAfterMs;
    this.#arrivedAt = wasIdle ? now - Math.max(0, idleAfterMs - SILENT_START_MS) : now;
  }

  /** Takes in the time of an event in this message; returns the watermark after it. Bad input and controls have none. */
  observe(ts: Millis, { seq, stored }: Pick<Prepared<unknown>, 'seq' | 'stored'>): Millis {
    const { time, clock } = this.#options;
    if (seq !== this.#arrivedWith) {
      this.#arrivedWith = seq;
      time.arrived(stored);
      this.#arrivedAt = clock.now();
      this.isIdle = false;
    }
    return time.observe(ts);
  }

  report(reported: ReportedTime): Millis {
    return this.#options.time.report(reported);
  }

  /** Finds out whether the input is silent; if so, how far that takes time. `isBusy`: something read is not run yet. */
  pass(now: Millis, isBusy: boolean): Millis | undefined {
    const { time, source, idleAfterMs } = this.#options;
    this.isIdle = !isBusy && now >= this.#arrivedAt + idleAfterMs && source.caughtUp();
    return this.isIdle ? time.idle(now) : undefined;
  }

  /** When silence, or what it brings, is to be looked at again; `due`: the watermark that somebody waits for. */
  wakeAt(now: Millis, due: Millis): Millis {
    const { time, source, idleAfterMs } = this.#options;
    const idleAt = this.#arrivedAt + idleAfterMs;
    if (now < idleAt) return idleAt;
    if (!source.caughtUp()) return now + CAUGHT_UP_CHECK_MS;
    return Math.max(now + SHORTEST_TICK_MS, time.idleReaches(due) ?? Infinity);
  }

  state(): TimeState {
    return this.#options.time.state();
  }
}
