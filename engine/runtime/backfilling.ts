/** Before a partition runs: what was saved may be filled from input that was read before (`--backfill`). */
import type { SavedChain } from '../core/saved-chain.ts';
import type { Commit, Millis } from '../core/types.ts';
import type { Recovered } from './commits/recovery.ts';

export interface Found {
  readonly saved: SavedChain;
  readonly commit: Commit;
  /** Aborted when the partition is to end: rejects then. */
  readonly signal: AbortSignal;
}

/**
 * What is saved, filled; undefined: there is nothing to fill. Writes nothing. `done` is called once that is stored: until then
 * it is asked again at each start.
 */
export type Backfill = (found: Found) => Promise<{ readonly saved: SavedChain; done(): void } | undefined>;

/** With what is saved as the backfill leaves it; `isReshaped`: it is to be stored as a whole before anything is committed. */
export async function backfilled(
  recovered: Recovered,
  backfill: Backfill | undefined,
  reading: AbortSignal,
  writing: AbortSignal,
  now: () => Millis,
): Promise<Recovered & { readonly onStored: () => void }> {
  const { log, commit, saved } = recovered;
  const filled = await backfill?.({ saved, commit, signal: reading });
  if (filled === undefined) return { ...recovered, onStored: () => undefined };
  // It may have taken long: whoever has the partition by now is not to be overwritten.
  const proving: Commit = { ...commit, number: commit.number + 1, deltas: {} };
  const provenAt = now();
  await log.append(proving, writing);
  return {
    ...recovered,
    ...{ commit: proving, provenAt, saved: filled.saved, isReshaped: true },
    onStored: () => filled.done(),
  };
}
