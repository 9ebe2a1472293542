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

/** `maybeYield`, asked after each step, may give a promise: the loop is handed over until it resolves. */
export async function runYielding<T>(
  steps: Steps<T>,
  maybeYield: (() => Promise<void> | undefined) | undefined,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const yielded = maybeYield?.();
    if (yielded !== undefined) await yielded;
  }
}
