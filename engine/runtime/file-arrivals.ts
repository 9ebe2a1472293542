/** Events of a file with their arrivals: read ahead only while a leap of time waits for what follows it, and never far. */
import { arrivedBy } from '../core/watermark.ts';
import { at } from '../core/must.ts';
import type { Prepared, PreparedItem } from '../core/types.ts';
import { LOOK_AHEAD, type FileClock, type FileEntry } from './file-clock.ts';

/** The same messages in their order, however they come in batches; what the clock refuses is bad input. */
export async function* withArrivals<T>(
  batches: AsyncIterable<readonly Prepared<T>[]>,
  clock: FileClock,
): AsyncGenerator<readonly Prepared<T>[]> {
  const reading = new Reading<T>(clock);
  for await (const batch of batches) {
    const judged = reading.take(batch);
    if (judged.length > 0) yield judged;
  }
  const last = reading.end();
  if (last.length > 0) yield last;
}

class Reading<T> {
  readonly #clock: FileClock;
  #messages: Prepared<T>[] = [];
  /** What is done of the first of them. */
  #items: PreparedItem<T>[] = [];
  /** The events of `#messages`, controls aside, from the first that is not done. */
  #entries: FileEntry[] = [];
  #at = 0;

  constructor(clock: FileClock) {
    this.#clock = clock;
  }

  take(batch: readonly Prepared<T>[]): readonly Prepared<T>[] {
    for (const message of batch) {
      this.#messages.push(message);
      for (const item of message.items) if (isTimed(item)) this.#entries.push(entryOf(item));
    }
    return this.#judge(false);
  }

  end(): readonly Prepared<T>[] {
    return this.#judge(true);
  }

  #judge(hasEnded: boolean): readonly Prepared<T>[] {
    const done: Prepared<T>[] = [];
    for (const message of this.#messages) {
      if (!this.#judgeItems(message, hasEnded)) break;
      done.push({ ...message, items: this.#items });
      this.#items = [];
    }
    this.#messages = this.#messages.slice(done.length);
    this.#entries = this.#entries.slice(this.#at);
    this.#at = 0;
    return done;
  }

  /** False: an event waits for what follows. */
  #judgeItems({ items }: Prepared<T>, hasEnded: boolean): boolean {
    for (let i = this.#items.length; i < items.length; i++) {
      const item = at(items, i);
      if (!isTimed(item)) {
        this.#items.push(item);
        continue;
      }
      const entry = at(this.#entries, this.#at);
      const follow = this.#entries.length - this.#at - 1;
      if (!hasEnded && follow < LOOK_AHEAD && this.#clock.isLeap(entry)) return false;
      this.#items.push(this.#judged(item));
    }
    return true;
  }

  #judged(item: Timed<T>): PreparedItem<T> {
    const { arrived, refusedBy } = this.#clock.arrival(this.#entries, this.#at++);
    if (refusedBy !== undefined && item.filed !== undefined) return { rejected: item.filed.refuse(refusedBy) };
    return { event: arrivedBy(item.event, arrived) };
  }
}

type Timed<T> = Extract<PreparedItem<T>, { readonly event: unknown }>;

function isTimed<T>(item: PreparedItem<T>): item is Timed<T> {
  return 'event' in item && item.event.isControl !== true;
}

function entryOf<T>({ event: { ts, id, key }, filed }: Timed<T>): FileEntry {
  return { ts, id, key, recorded: filed?.recorded };
}
