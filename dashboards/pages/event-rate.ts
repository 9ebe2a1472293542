/** How many events a second the engine takes in, by its own count, asked for now and then; null: it did not say. */
import type { PageClient } from '../line/page-client.ts';
import { refreshed } from './refreshed.ts';

const EVERY_MS = 5000;
export interface EventRate {
  /** null: it did not say. */
  (): number | null;
  stop(): void;
}

export function eventRate(
  client: Pick<PageClient, 'eventsIn'>,
  now: () => number,
  dirty: () => void,
  everyMs = EVERY_MS,
): EventRate {
  let before: { readonly at: number; readonly count: number } | null = null;
  const load = refreshed(
    async () => {
      const count = await client.eventsIn();
      const at = now();
      const last = before;
      before = count === null ? null : { at, count };
      // A count that went back is of an engine that was started again.
      if (count === null || last === null || at <= last.at || count < last.count) return null;
      return ((count - last.count) / (at - last.at)) * 1000;
    },
    everyMs,
    dirty,
  );
  return Object.assign(() => (load.hasFailed ? null : load.value), { stop: () => load.stop() });
}
