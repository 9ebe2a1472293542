/** Something that is asked for again and again: once it is stale, and after a while when it did not come. */
import { NotLetIn } from '../line/gateway-client.ts';

export interface Refreshed<T> {
  /** null: it has not come yet. */
  readonly value: T | null;
  /** The last attempt failed. */
  readonly hasFailed: boolean;
  /** Asks now, whatever is known. */
  readonly again: () => void;
  /** For good. */
  readonly stop: () => void;
}

const RETRY_MS = 3000;

/**
 * @param everyMs how long an answer counts; null: for good.
 * @param firstMs when it is asked for first.
 */
export function refreshed<T>(
  load: () => Promise<T>,
  everyMs: number | null,
  onChange: () => void,
  firstMs = 0,
): Refreshed<T> {
  const state = { value: null as T | null, hasFailed: false };
  let run = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    const mine = (run += 1);
    clearTimeout(timer);
    let waitMs = everyMs;
    try {
      const value = await load();
      if (mine !== run) return;
      Object.assign(state, { value, hasFailed: false });
    } catch (error) {
      if (mine !== run) return;
      state.hasFailed = true; // shown on the page, and asked again
      // Who may not know it now is not let in later: a right that comes loads the page again.
      waitMs = error instanceof NotLetIn ? null : RETRY_MS;
    }
    if (waitMs !== null) timer = setTimeout(() => void ask(), waitMs);
    onChange();
  };
  if (firstMs === 0) void ask();
  else timer = setTimeout(() => void ask(), firstMs);
  return {
    get value() {
      return state.value;
    },
    get hasFailed() {
      return state.hasFailed;
    },
    again: () => void ask(),
    stop() {
      run += 1;
      clearTimeout(timer);
    },
  };
}
