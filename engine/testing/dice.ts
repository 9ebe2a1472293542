/** Random numbers in [0, below) from the seed alone, so that a failure can be run again. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

export interface Dice {
  /** 0 … below − 1. */
  below(count: number): number;
  of<T>(list: readonly T[]): T;
  /** True in so many of a hundred cases. */
  percent(chance: number): boolean;
}
export function diceOf(seed: number): Dice {
  const below = dice(seed);
  return {
    below,
    of: (list) => list[below(list.length)] as (typeof list)[number],
    percent: (chance) => below(100) < chance,
  };
}
