/**
 * Publishes events when they are due, on an injected clock: the demo, `earshot replay` and the latency bench share it.
 * A late start or a slow broker is made up for (what is due goes out at once), so the average rate holds.
 */
import { setImmediate } from 'node:timers/promises';
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
  readonly onPlayed?: (count: number) => void;
}

/** Overdue events hold the event loop for so long, then whatever else runs in the process has its time: the demo's engine. */
const SLICE_MS: Millis = 4;

/** Number of events published. Ends with the events or, quietly, with the signal. */
export async function play(
  events: AsyncIterable<Playable> | Iterable<Playable>,
  publish: Publish,
  options: PlayOptions,
): Promise<number> {
  const { clock, signal, onPlayed } = options;
  let count = 0;
  let began = clock.elapsed();
  const iterator = Symbol.iterator in events ? events[Symbol.iterator]() : events[Symbol.asyncIterator]();
  while (!signal.aborted) {
    // Awaited only where there is something to wait for: each await makes the client write what it has to the socket.
    const asked = iterator.next();
    const next = asked instanceof Promise ? await asked : asked;
    if (next.done === true || isOver(signal)) break;
    const event = next.value;
    if (event.due > clock.now()) {
      if (await isStopped(clock.sleepUntil(event.due, signal), signal)) break;
      began = clock.elapsed();
    } else if (clock.elapsed() - began >= SLICE_MS) {
      await setImmediate();
      began = clock.elapsed();
    }
    const full = publish(event);
    if (full !== undefined) {
      await full;
      began = clock.elapsed();
    }
    count += 1;
    onPlayed?.(count);
  }
  await iterator.return?.();
  return count;
}

const isOver = (signal: AbortSignal): boolean => signal.aborted;

async function isStopped(sleep: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return signal.aborted;
}
