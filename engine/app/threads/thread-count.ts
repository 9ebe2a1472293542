/** On how many threads partitions run. */
import type { Config } from '../config/config.ts';

/** 1: on none of their own. `cores`: that this process may use. Those beyond the partitions would have nothing to do. */
export function threadCount({ threads, partitions }: Pick<Config, 'threads' | 'partitions'>, cores: number): number {
  return Math.max(1, Math.min(threads === 'auto' ? cores : threads, partitions));
}

/** What ought to be known of it; null: nothing. */
export function threadNote({ threads, partitions }: Pick<Config, 'threads' | 'partitions'>): string | null {
  if (threads === 'auto' || threads <= partitions) return null;
  return `threads: ${String(threads)} is more than partitions: ${String(partitions)}; those beyond have nothing to do and are not started`;
}
