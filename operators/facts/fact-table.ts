/**
 * Facts by key, each with its last versions: a lookup names an instant and is answered with the version that stood then, so that an
 * event read again after a crash is given what it was given before.
 */
import { at } from '../../engine/core/must.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';

interface Version {
  /** When the broker stored it. */
  readonly since: Millis;
  /** null: deleted. */
  readonly fields: JsonObject | null;
  readonly bytes: number;
}

interface Known {
  /** Oldest first. */
  readonly versions: Version[];
  /** There were others before them. */
  hasOlder: boolean;
}

export interface FactTableOptions {
  /** Versions of a key that the bucket keeps: of one that has as many there may have been more. */
  readonly history: number;
  readonly maxBytes: number;
}

/** What a key and its list cost besides their text, about. */
const OVERHEAD_BYTES = 230;
/** An event that was stored longer ago is not read again. */
const KEPT_MS = 3 * 86_400_000;
const MOST_VERSIONS = 64;
const NO_VERSIONS: readonly Version[] = [];

export class FactTable {
  readonly #options: FactTableOptions;
  readonly #keys = new Map<string, Known>();
  #latest = -Infinity;
  #bytes = 0;
  #isFull = false;

  constructor(options: FactTableOptions) {
    this.#options = options;
  }

  /** In the order in which they were stored. `fields`: null where it was deleted. */
  put(key: string, since: Millis, fields: JsonObject | null): void {
    if (since > this.#latest) this.#latest = since;
    const known = this.#keys.get(key);
    if (known !== undefined) this.#forget(known);
    const bytes = OVERHEAD_BYTES + key.length + (fields === null ? 0 : JSON.stringify(fields).length);
    if (this.#isFull || this.#bytes + bytes > this.#options.maxBytes) {
      this.#isFull = true;
      return;
    }
    this.#bytes += bytes;
    if (known === undefined) {
      this.#keys.set(key, { versions: [{ since, fields, bytes }], hasOlder: false });
      return;
    }
    // The clock of a broker may be set back; the order of storing stands.
    const last = known.versions.at(-1)?.since ?? since;
    known.versions.push({ since: Math.max(since, last), fields, bytes });
  }

  /** Versions that were replaced so long ago that no event asks for them. */
  #forget(known: Known): void {
    const { versions } = known;
    let gone = 0;
    const isOver = (next: Version | undefined): boolean =>
      next !== undefined && (next.since < this.#latest - KEPT_MS || versions.length - gone >= MOST_VERSIONS);
    while (isOver(versions[gone + 1])) {
      this.#bytes -= at(versions, gone).bytes;
      gone += 1;
    }
    if (gone === 0) return;
    versions.splice(0, gone);
    known.hasOlder = true;
  }

  /**
   * As it stood at `instant`; null: it was not there. Where more versions have come since than are kept, the oldest that is kept.
   */
  fieldsAt(key: string, instant: Millis): JsonObject | null {
    const known = this.#keys.get(key);
    if (known === undefined) return null;
    const { versions, hasOlder } = known;
    for (let i = versions.length - 1; i >= 0; i -= 1) {
      const version = at(versions, i);
      if (version.since <= instant) return version.fields;
    }
    return hasOlder || versions.length >= this.#options.history ? at(versions, 0).fields : null;
  }

  /** The first there was after `after`, until `until` and with it; null: none. */
  firstFieldsIn(key: string, after: Millis, until: Millis): JsonObject | null {
    for (const { since, fields } of this.#keys.get(key)?.versions ?? NO_VERSIONS) {
      if (since > until) return null;
      if (since > after && fields !== null) return fields;
    }
    return null;
  }

  clear(): void {
    this.#keys.clear();
    this.#bytes = 0;
    this.#isFull = false;
  }

  /** More was put than it may hold: what it answers is not the whole. */
  get isFull(): boolean {
    return this.#isFull;
  }
  get keys(): number {
    return this.#keys.size;
  }
  get bytes(): number {
    return this.#bytes;
  }
}
