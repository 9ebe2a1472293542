/**
 * Where in a log each key was last written. The oldest entry is written again, as far as it still holds, when the log is mostly
 * what holds no more: so the log may be cut at its beginning, and never grows beyond a few times of what it remembers.
 */
import { must } from '../../core/must.ts';
import type { SavedLine } from './saved-lines.ts';

/** So much may be in the log that holds no more, besides as much as holds. */
const SPARE_CHARS = 2_000_000;

interface Entry {
  readonly seq: number;
  readonly keys: readonly string[];
  readonly chars: number;
}

interface Place {
  readonly seq: number;
  readonly chars: number;
}

export class HookLog {
  readonly #entries: Entry[] = [];
  readonly #places = new Map<string, Place>();
  #chars = 0;
  #holding = 0;

  /** In the order of the log. */
  wrote(seq: number, lines: readonly SavedLine[]): void {
    let chars = 0;
    for (const { key, value } of lines) {
      const size = key.length + (value?.length ?? 0) + 2; // no value: the key is no more
      chars += size;
      this.#holding -= this.#places.get(key)?.chars ?? 0; // a new key held nothing
      if (value === null) this.#places.delete(key);
      else {
        this.#places.set(key, { seq, chars: size });
        this.#holding += size;
      }
    }
    this.#chars += chars;
    this.#entries.push({ seq, keys: lines.map(({ key }) => key), chars });
  }

  /** The entry to write again, and what of it still holds; null: nothing is to be done. */
  oldest(): { readonly seq: number; readonly keys: ReadonlySet<string> } | null {
    const entry = this.#entries[0];
    if (entry === undefined || this.#chars <= 2 * this.#holding + SPARE_CHARS) return null;
    return { seq: entry.seq, keys: new Set(entry.keys.filter((key) => this.#places.get(key)?.seq === entry.seq)) };
  }

  /** Returns how long it was. */
  dropOldest(): number {
    const { chars } = must(this.#entries.shift(), 'there is an oldest entry');
    this.#chars -= chars;
    return chars;
  }

  /** The log may be cut before it. */
  get firstSeq(): number | null {
    return this.#entries[0]?.seq ?? null; // null: it is empty
  }

  get size(): { readonly entries: number; readonly keys: number; readonly chars: number; readonly holding: number } {
    return {
      entries: this.#entries.length,
      keys: this.#places.size,
      chars: this.#chars,
      holding: this.#holding,
    };
  }
}
