/** How long synchronous work may hold the event loop: asked between its steps, it says when to hand it over. */
import type { Millis } from '../core/types.ts';
import { nextTurn } from './bell.ts';

const SLICE_MS: Millis = 4;

/** A promise once `sliceMs` have passed since the loop was last handed over here. Work that shares the loop shares the function. */
export function turnsAfter(
  sliceMs = SLICE_MS,
  now: () => number = () => performance.now(),
  next: () => Promise<void> = nextTurn,
): () => Promise<void> | undefined {
  let began = -Infinity;
  let turning: Promise<void> | undefined;
  const turned = (): void => {
    turning = undefined;
    began = now();
  };
  return () => {
    if (turning === undefined && now() - began < sliceMs) return undefined;
    return (turning ??= next().then(turned));
  };
}
