/**
 * Long lists as JSON: put together a few milliseconds at a time, one after the other, and once for all who ask for the same
 * within a moment. A list of tens of thousands held the event loop for as long as it took, each time anybody asked.
 */
import type { Millis } from '../../core/types.ts';
import type { Queue } from '../../core/metrics.ts';
import { runYielding, type Steps } from '../../core/steps/steps.ts';

/** So old may a list be when it goes out. */
export const FRESH_MS: Millis = 250;
const CHUNK = 1 << 16;
/** Lists kept for those who ask next; they differ by what the asking may see. */
const MOST = 4;

interface List {
  readonly bytes: Promise<Uint8Array>;
  /** Whoever asks while it is put together gets it too. */
  until: Millis;
}

export class SharedLists {
  readonly #maybeYield: () => Promise<void> | undefined;
  readonly #now: () => Millis;
  readonly #lists = new Map<string, List>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param maybeYield asked between two parts: a promise when the loop is to be handed over */
  constructor(maybeYield: () => Promise<void> | undefined, now: () => Millis) {
    this.#maybeYield = maybeYield;
    this.#now = now;
  }

  queue(): Queue {
    return { queue: 'http_lists', depth: this.#lists.size, limit: MOST };
  }

  /** Whether whoever asks now gets what is there already, or is being put together. */
  has(name: string): boolean {
    const known = this.#lists.get(name);
    return known !== undefined && this.#now() < known.until;
  }

  /** The texts of `parts`, one after the other. What is the same has the same name. Rejects as `parts` throws. */
  of(name: string, parts: () => Iterable<string>): Promise<Uint8Array> {
    const known = this.#lists.get(name);
    if (known !== undefined && this.#now() < known.until) return known.bytes;
    const bytes = this.#last.then(() => this.#encoded(parts()));
    const list: List = { bytes, until: Number.POSITIVE_INFINITY };
    this.#lists.delete(name);
    this.#lists.set(name, list);
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= MOST) break;
      this.#lists.delete(oldest);
    }
    const forget = (): void => {
      if (this.#lists.get(name) === list) this.#lists.delete(name);
    };
    this.#last = bytes.then(() => {
      list.until = this.#now() + FRESH_MS;
      // Nobody else may ask for a long time.
      setTimeout(forget, FRESH_MS).unref();
    }, forget);
    return bytes;
  }

  /** Other long work in steps, which hands the loop over as lists do. */
  inSteps<T>(steps: Steps<T>): Promise<T> {
    return runYielding(steps, this.#maybeYield);
  }

  async #encoded(parts: Iterable<string>): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let text = '';
    for (const part of parts) {
      text += part;
      if (text.length > CHUNK) {
        chunks.push(Buffer.from(text));
        text = '';
      }
      const yielded = this.#maybeYield();
      if (yielded !== undefined) await yielded;
    }
    chunks.push(Buffer.from(text));
    return Buffer.concat(chunks);
  }
}

/** The items, a comma between each two. */
export function* listed<T>(items: Iterable<T>, encode: (item: T) => string): Generator<string> {
  let first = true;
  for (const item of items) {
    yield first ? encode(item) : `,${encode(item)}`;
    first = false;
  }
}
