/**
 * A configuration that was reloaded while the board is shown: ticks then carry another mark than the description that the board
 * was made of, which is asked for once more, and where it has changed the board is made again. A wall of screens asks over a few
 * seconds, not at once; two gateways that differ behind one address are asked now and then, not with each tick.
 */
export interface ConfigurationWatchOptions {
  /** The mark of what the gateway describes now; null: it did not say. */
  readonly ask: () => Promise<string | null>;
  /** The board that is shown is no longer what is described. */
  readonly onChanged: () => void;
  readonly after: (ms: number, run: () => void) => void;
  /** In [0, 1). */
  readonly random: () => number;
}

export const SPREAD_MS = 3000;
export const AGAIN_MS = 30_000;

export class ConfigurationWatch {
  readonly #shown: string | null;
  readonly #options: ConfigurationWatchOptions;
  #isAsking = false;

  /** `shown`: the mark of what the board was made of; null: it had none. */
  constructor(shown: string | null, options: ConfigurationWatchOptions) {
    this.#shown = shown;
    this.#options = options;
  }

  heard(mark: string | null): void {
    if (mark === null || mark === this.#shown || this.#isAsking) return;
    this.#isAsking = true;
    const { after, random } = this.#options;
    after(random() * SPREAD_MS, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const { ask, onChanged, after } = this.#options;
    const now = await ask();
    if (now !== null && now !== this.#shown) return onChanged();
    after(AGAIN_MS, () => {
      this.#isAsking = false;
    });
  }
}
