/** What is to be aborted with a signal: one listener for all of it, because signals warn of more than ten. */
export interface Abortable {
  abort(): void;
}

interface Watched<G> {
  readonly groups: Set<G>;
  readonly onAbort: () => void;
}

export class SignalGroups<G extends Abortable> {
  readonly #watched = new Map<AbortSignal, Watched<G>>();
  readonly #onAborted: () => void;

  /** `onAborted`: after all of a signal were aborted. */
  constructor(onAborted: () => void) {
    this.#onAborted = onAborted;
  }

  add(signal: AbortSignal, group: G): void {
    const watched = this.#watched.get(signal);
    if (watched !== undefined) {
      watched.groups.add(group);
      return;
    }
    const groups = new Set([group]);
    const onAbort = (): void => {
      this.#watched.delete(signal);
      for (const one of groups) one.abort();
      this.#onAborted();
    };
    this.#watched.set(signal, { groups, onAbort });
    signal.addEventListener('abort', onAbort, { once: true });
  }

  /** It needs no abort any more. */
  delete(signal: AbortSignal, group: G): void {
    const watched = this.#watched.get(signal);
    watched?.groups.delete(group);
    if (watched?.groups.size !== 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener('abort', watched.onAbort);
  }
}
