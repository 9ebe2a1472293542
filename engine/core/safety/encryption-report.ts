/** What is encrypted at rest, as far as an engine can know; no key material, only the names of keys. */

import type { JsonObject } from '../types.ts';

export interface EncryptionReport extends JsonObject {
  /** What the broker stores. `unknown`: it is somebody else's, and does not say. */
  readonly store: Encrypted<'on' | 'unknown'>;
  /** What dead letters keep of the originals, whatever the broker does. */
  readonly dead_letters: Encrypted<'on' | 'off'>;
}

export interface Encrypted<State extends string> extends JsonObject {
  readonly state: State;
  readonly cipher: string | null;
  /** Names the key. */
  readonly key: string | null;
  /** Where this holds. */
  readonly streams: readonly string[];
}
