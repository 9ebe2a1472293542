/** How long the event loop of this thread kept others waiting, over whole stretches of ten seconds. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Millis } from '../../core/types.ts';
import type { LoopReport } from './partition-thread-messages.ts';

const STRETCH_MS: Millis = 10_000;

/** Asked for several times a second. */
export function watchLoop(elapsed: () => Millis): () => LoopReport {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let [began, used] = [elapsed(), performance.eventLoopUtilization()];
  const look = (): LoopReport => ({
    p99Seconds: delay.percentile(99) / 1e9,
    maxSeconds: delay.max / 1e9,
    busy: performance.eventLoopUtilization(used).utilization,
  });
  let whole: LoopReport | null = null;
  return () => {
    const now = look();
    if (elapsed() - began >= STRETCH_MS) {
      whole = now;
      [began, used] = [elapsed(), performance.eventLoopUtilization()];
      delay.reset();
    }
    return whole ?? now; // the first stretch is not over
  };
}
