/** How the driver's loop sleeps: until somebody rings, or the alarm does. */
import type { Clock, Millis } from '../core/types.ts';

/** Rung before or during a wait, it ends that wait; ringing twice is ringing once. One waiter. */
export class Bell {
  #isRung = false;
  #wake: (() => void) | undefined;

  readonly ring = (): void => {
    this.#isRung = true;
    this.#wake?.();
  };

  async wait(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isRung = false;
    this.#wake = undefined;
  }
}

/** Rings the bell at a time, perhaps also earlier: keeps one sleeper, replaced only when an earlier time is asked for. */
export class Alarm {
  readonly #clock: Clock;
  readonly #bell: Bell;
  #at = Infinity;
  #sleeper: AbortController | undefined;

  constructor(clock: Clock, bell: Bell) {
    this.#clock = clock;
    this.#bell = bell;
  }

  set(at: Millis): void {
    if (at >= this.#at) return;
    this.cancel();
    const sleeper = new AbortController();
    this.#at = at;
    this.#sleeper = sleeper;
    this.#clock.sleepUntil(at, sleeper.signal).then(
      () => {
        if (this.#sleeper !== sleeper) return;
        this.#at = Infinity;
        this.#sleeper = undefined;
        this.#bell.ring();
      },
      // Cancelled: somebody else is set, or nobody is wanted any more.
      () => undefined,
    );
  }

  cancel(): void {
    this.#sleeper?.abort();
    this.#sleeper = undefined;
    this.#at = Infinity;
  }
}

/** Wakes a loop when it is rung, or after a while. */
export class Rhythm {
  readonly #bell = new Bell();
  #alarm: Alarm | undefined;

  ring(): void {
    this.#bell.ring();
  }
  async wait(clock: Clock, ms: Millis): Promise<void> {
    this.#alarm ??= new Alarm(clock, this.#bell);
    this.#alarm.set(clock.now() + Math.max(1, ms));
    await this.#bell.wait();
  }
  end(): void {
    this.#alarm?.cancel();
    this.#bell.ring();
  }
}

/** Hands the event loop over: sockets, timers and health checks go on between two slices of a large batch. */
export function yieldToLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
