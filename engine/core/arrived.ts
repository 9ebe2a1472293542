/** When an event arrived, where its own time is later: what of it may move time on. */
import type { Envelope, Millis } from './types.ts';

/**
 * The event as it counts at `arrival`, the instant at which its message was stored. A `ts` ahead of that keeps its window, but its
 * sender's clock makes nobody else late: time goes no further than the arrival, which the input holds, so that a replay agrees.
 */
export function arrivedBy<T>(event: Envelope<T>, arrival: Millis): Envelope<T> {
  if (event.ts <= arrival || event.isControl === true) return event;
  return { ...event, arrived: arrival };
}
