/** The chains whose saved state a reload goes on with. */
import type { ChainDef } from '../../core/chain.ts';
import type { Config } from '../config/config.ts';
import { chainOf, combiningChainOf, partitionChainOf } from '../pipeline.ts';

/** Each in the same place for every configuration. Throws EngineErrors of kind config. */
export function chainsOf(config: Config): readonly ChainDef<never, unknown>[] {
  // That of one partition judges what KPIs, clocks and journeys mean, also where what combines them takes their sums over.
  const alone = chainOf(config);
  return config.partitions === 1
    ? [alone]
    : [alone, partitionChainOf(config, () => undefined), combiningChainOf(config)];
}
