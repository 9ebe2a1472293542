/** In which order the events of a file come, seen as they pass: one that is sorted newest first makes nearly all of them late. */
import { parseInstant } from '../../core/cloud-events.ts';
import { EngineError } from '../../core/errors.ts';
import type { Millis, RawMessage } from '../../core/types.ts';

const decoder = new TextDecoder();
/** So many events show the order of a file. */
const LOOKED_AT = 1000;
/** Fewer may come in any order by accident. */
const LEAST = 3;

/** The event time that a line says; null: none that can be read, or the line is a batch. */
export function timeOfLine(line: Uint8Array): Millis | null {
  try {
    const event: unknown = JSON.parse(decoder.decode(line));
    const time = typeof event === 'object' && event !== null && 'time' in event ? event.time : null;
    return typeof time === 'string' ? parseInstant(time) : null;
  } catch {
    return null; // the decoder says what is wrong with it
  }
}

/**
 * Hands everything on. Throws FILE_UNUSABLE once it is plain that the file runs backwards, by more than `graceMs`, which an event
 * may be late.
 */
export async function* notNewestFirst(
  name: string,
  batches: AsyncIterable<readonly RawMessage[]>,
  graceMs: Millis,
): AsyncGenerator<readonly RawMessage[]> {
  const order = new OrderSeen();
  for await (const batch of batches) {
    for (const { data } of batch) {
      if (order.seen >= LOOKED_AT) break;
      order.see(timeOfLine(data));
    }
    if (order.seen >= LOOKED_AT) order.check(name, graceMs);
    yield batch;
  }
  order.check(name, graceMs);
}

class OrderSeen {
  seen = 0;
  #up = 0;
  #down = 0;
  #last: Millis | null = null;
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;

  see(time: Millis | null): void {
    if (time === null) return;
    this.seen += 1;
    if (this.#last !== null && time > this.#last) this.#up += 1;
    if (this.#last !== null && time < this.#last) this.#down += 1;
    this.#last = time;
    this.#highest = Math.max(this.#highest, time);
    this.#lowest = Math.min(this.#lowest, time);
  }

  check(name: string, graceMs: Millis): void {
    const isBackwards = this.#down >= LEAST - 1 && this.#down >= 9 * this.#up;
    if (!isBackwards || this.#highest - this.#lowest <= graceMs) return;
    throw new EngineError('FILE_UNUSABLE', [
      name,
      'its events come newest first, so that nearly all of them would be late: add --sort, which puts them in the order of their time',
    ]);
  }
}
