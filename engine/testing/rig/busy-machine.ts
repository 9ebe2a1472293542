/**
 * How long something may take on this machine, now. A limit holds as it is where processes seldom wait for a core; where many do,
 * each hand-over between two of them takes as many times longer, and the limit with it.
 */
import { availableParallelism, loadavg } from 'node:os';

/** Twice as long on a quiet machine: the load lags behind by up to a minute. */
const LEAST = 2;

export function onThisMachine(limitMs: number): number {
  const waiting = (loadavg()[0] ?? 0) / availableParallelism(); // none where the system keeps no load
  return limitMs * Math.max(LEAST, LEAST * waiting);
}
