/**
 * `earshot run --backfill` with several partitions, while nobody runs any of them: each says and commits what it still has to
 * say, what combines them takes all of that in, and only then is it filled: so it holds what each partition had counted up to one
 * position, and the inputs are read again up to there. Killed between two steps, it begins again.
 */
import type { ChainDef } from '../core/chain.ts';
import type { SavedChain } from '../core/saved-chain.ts';
import type { PartitionStats } from '../core/partition/stats.ts';
import type { CxEvent } from '../../operators/shared/messages.ts';
import type { PartialMessage } from '../../operators/kpis/exchange/partial-message.ts';
import type { PartitionOptions } from '../runtime/driver.ts';
import { combinedBackfillOf, type BackfillParts, type Position } from './backfill.ts';
import { withoutJoined } from './between-again.ts';
import type { Config } from './config/config.ts';

/** What a partition is made of, beside its ports. */
export interface PartitionWork<T> extends Pick<
  PartitionOptions<T>,
  'partition' | 'stage' | 'live' | 'config' | 'backfill'
> {
  readonly chain: ChainDef<T, unknown>;
}
export interface PartitionWorks {
  readonly events: readonly PartitionWork<CxEvent>[];
  readonly combining: PartitionWork<PartialMessage>;
}

export interface FillOptions extends BackfillParts {
  readonly config: Config;
  readonly works: PartitionWorks;
  /** What combines them, of another configuration. */
  readonly combiningOf: (config: Config) => PartitionWorks['combining'];
  /** Under which fingerprints that is saved. */
  readonly fingerprints: () => Promise<SavedChain['fingerprints']>;
  readonly reset: ReadonlySet<string>;
  /** Runs a partition over nothing, or over what its input holds now, to a graceful end. */
  readonly run: <T>(work: PartitionWork<T>, input: 'nothing' | 'what is there') => Promise<PartitionStats>;
}

export async function fillPartitions(options: FillOptions): Promise<void> {
  const { config, works, combiningOf, reset, run, ...parts } = options;
  // Those that joined join last: who is killed before finds that they have yet to.
  const before = combiningOf(withoutJoined(config, await options.fingerprints()));
  const positions: Position[] = [];
  for (const work of works.events) {
    const { committedPosition } = await run(work, 'nothing');
    positions.push({ partition: work.partition, until: committedPosition });
  }
  await run(before, 'what is there');
  const backfill = combinedBackfillOf(config, parts, reset, positions);
  await run({ ...works.combining, backfill }, 'nothing');
}
