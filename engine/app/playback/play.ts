/**
 * Publishes events when they are due, on an injected clock: the demo, `earshot replay` and the latency bench share it.
 * A late start or a slow broker is made up for (what is due goes out at once), so the average rate holds.
 */
import type { Clock, Millis } from '../../core/types.ts';

export interface Playable {
  /** When to publish. */
  readonly due: Millis;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** Line of the file it comes from. */
  readonly line?: number;
}
/** Resolves when more may be published; acknowledgements may come later. */
export type Publish = (event: Playable) => Promise<void> | undefined;

export interface PlayOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** At most this many between two looks at the clock, so that nothing else starves. */
  readonly burst?: number;
  readonly onPlayed?: (count: number) => void;
}

/** Number of events published. Ends with the events or, quietly, with the signal. */
export async function play(
  events: AsyncIterable<Playable> | Iterable<Playable>,
  publish: Publish,
  options: PlayOptions,
): Promise<number> {
  const { clock, signal, burst = 500, onPlayed } = options;
  let count = 0;
  let sinceYield = 0;
  for await (const event of events) {
    if (signal.aborted) break;
    if (event.due > clock.now() || ++sinceYield >= burst) {
      sinceYield = 0;
      if (await isStopped(clock.sleepUntil(event.due, signal), signal)) break;
    }
    await publish(event);
    count += 1;
    onPlayed?.(count);
  }
  return count;
}

async function isStopped(sleep: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return signal.aborted;
}
