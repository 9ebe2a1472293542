/**
 * Long work in steps: a generator that yields wherever the event loop may be handed over, which whoever drives it decides. No
 * step takes longer than a millisecond or so, however much an event holds.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All of it at once. */
export function allAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `turn`, asked after each step, may give a promise: the loop is handed over until it resolves. */
export async function inTurns<T>(steps: Steps<T>, turn: (() => Promise<void> | undefined) | undefined): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const turned = turn?.();
    if (turned !== undefined) await turned;
  }
}
