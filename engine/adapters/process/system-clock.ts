/** The real clock, and real randomness: nothing else in the engine asks for either. */
import type { Clock } from '../../core/types.ts';

/** At least 0, less than 1; not for secrets. */
export const systemRandom = (): number => Math.random();

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleepUntil: (time, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.max(0, time - Date.now()),
      );
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};
