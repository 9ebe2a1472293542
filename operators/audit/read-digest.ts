/**
 * What an audit held up to some entry, as one hash. An entry that goes on from a fault (`audit.reset`) says it, so that what stood
 * before is as fixed from there on as if its chains were whole. Entries go at the beginning once they are old enough: from then on
 * nothing is compared. Remembers the last thousand places.
 */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import type { JsonObject, Millis } from '../../engine/core/types.ts';
import { NO_HASH } from './audit-chain.ts';
import { sha256 } from './sha256.ts';

/** Entries that others write while one is proven stand between that and what is said of it. */
const REMEMBERED = 1_000;

export interface ReadDigest {
  readonly entries: number;
  readonly digest: string;
  /** RFC 3339, of the first; null: it says no time, or there is none. */
  readonly since: string | null;
}

export class AuditRead {
  readonly #digests = new Map<number, string>([[0, NO_HASH]]);
  #entries = 0;
  #digest = NO_HASH;
  #since: string | null = null;

  /** @param hash over the entry as it stands */
  add(hash: string, { at }: JsonObject): void {
    if (this.#entries === 0 && typeof at === 'string') this.#since = at;
    this.#entries += 1;
    this.#digest = sha256(this.#digest + hash);
    this.#digests.set(this.#entries, this.#digest);
    this.#digests.delete(this.#entries - REMEMBERED);
  }

  now(): ReadDigest {
    return { entries: this.#entries, digest: this.#digest, since: this.#since };
  }

  /** Does what was read not hold what an entry says that it held? Of one that says nothing it is not known. */
  differsFrom(entry: JsonObject, goneBy: Millis): boolean {
    const { found_entries: entries, found_digest: digest, found_since: since, at } = entry;
    if (typeof entries !== 'number' || typeof digest !== 'string') return false;
    // Where the first said no time: it is older than this one.
    const first = parseInstant(typeof since === 'string' ? since : typeof at === 'string' ? at : '');
    if (first !== null && first <= goneBy) return false;
    return this.#digests.get(entries) !== digest;
  }
}
