/** Which partition a key belongs to, as nats-server's `partition()` mapping has it. */
import { fnv1aUtf8 } from '../hash.ts';

export function partitionOf(key: string, partitions: number): number {
  return partitions <= 1 ? 0 : fnv1aUtf8(key) % partitions;
}
