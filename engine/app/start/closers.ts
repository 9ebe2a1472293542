/** What a start has opened, so that it is closed in order: the newest first, whether the start succeeds, fails or is stopped. */
export type Close = () => Promise<void> | void;

export class Closers {
  readonly #closes: Close[] = [];
  readonly #last: Close[] = [];

  add(close: Close): void {
    this.#closes.push(close);
  }

  /** After all others. */
  addLast(close: Close): void {
    this.#last.push(close);
  }

  /** Each once, however often it is called. */
  async closeAll(): Promise<void> {
    for (const close of [...this.#closes.splice(0).reverse(), ...this.#last.splice(0).reverse()]) await close();
  }
}
