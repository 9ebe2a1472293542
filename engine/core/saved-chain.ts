/** What is saved of a chain, and which of it an operator gets back. */
import { EngineError } from './errors.ts';
import { isSameState } from './state-equality.ts';
import type { Millis, OperatorDef, State } from './types.ts';

/** What a commit log holds of a chain. */
export interface SavedChain {
  /** Parts by operator, oldest first. */
  readonly parts: Readonly<Record<string, readonly State[]>>;
  /** Under which fingerprints they were written: one entry an operator, null where it declares none. */
  readonly fingerprints: Readonly<Record<string, State>>;
  readonly watermark: Millis;
}

/** Saved parts that fit this operator, migrated if they were written under another fingerprint. */
export function savedPartsOf(def: OperatorDef<unknown, unknown>, saved: SavedChain | undefined): readonly State[] {
  const parts = saved?.parts[def.name] ?? []; // an operator that was added since, or has saved nothing
  if (saved === undefined || parts.length === 0) return parts;
  const from = saved.fingerprints[def.name] ?? null;
  if (isSameState(from, def.fingerprint ?? null)) return parts;
  if (def.migrate === undefined) {
    throw new EngineError('STATE_MISMATCH', [def.name, 'it cannot take over that state']);
  }
  return def.migrate(parts, from ?? undefined);
}

/** State is saved under these names. */
export function refuseEqualNames(all: readonly string[]): void {
  const names = new Set<string>();
  for (const name of all) {
    if (names.has(name)) throw new EngineError('OPERATOR_FAILED', [name, 'its name is taken in this chain']);
    names.add(name);
  }
}
