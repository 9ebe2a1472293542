/** Work that must not overlap: each begins when the one before is over, whatever became of it. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** What `work` gives. That it failed is for whoever asked for it, and for nobody else: nothing is left that nobody waits for. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
