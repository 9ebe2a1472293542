/** Window arithmetic rounds towards minus infinity: times before 1970 fall into windows as all others do. */

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

/** `value` modulo `step`, never negative. */
export function floorMod(value: number, step: number): number {
  return value - Math.floor(value / step) * step;
}
