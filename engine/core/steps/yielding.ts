/** How long synchronous work may hold the event loop: asked between its steps, it says when to hand it over. */
import type { Millis } from '../types.ts';

const SLICE_MS: Millis = 4;

/**
 * A promise once `sliceMs` have passed since the loop was last handed over here. Work that shares the loop shares the function.
 * @param now of a clock that only goes forward, in ms @param next resolves when timers and sockets were served
 */
export function yieldsAfter(
  now: () => Millis,
  next: () => Promise<void>,
  sliceMs = SLICE_MS,
): () => Promise<void> | undefined {
  let began = -Infinity;
  let pending: Promise<void> | undefined;
  const served = (): void => {
    pending = undefined;
    began = now();
  };
  return () => {
    if (pending === undefined && now() - began < sliceMs) return undefined;
    return (pending ??= next().then(served));
  };
}
