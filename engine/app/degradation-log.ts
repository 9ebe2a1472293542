/** Says in the log what is amiss though the engine works: each thing, by whose it is, once an hour at most. */
import type { Logger, Millis } from '../core/types.ts';
import type { Degradation } from '../core/wire.ts';

export const LOOK_EVERY_MS = 5000;
const AGAIN_AFTER_MS = 3_600_000;
/** Things that are remembered; the oldest go. */
const MOST = 256;

export class DegradationLog {
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #saidAt = new Map<string, Millis>();

  constructor(logger: Pick<Logger, 'warn'>) {
    this.#logger = logger;
  }

  look(degradations: readonly Degradation[], now: Millis): void {
    for (const { code, message, about } of degradations) {
      const names = about.length === 0 ? [''] : about;
      // A lead that grows by a second is the same lead.
      const fresh = names.filter((name) => this.#isDue(`${code} ${name.replace(/ \(\d+ s\)$/, '')}`, now));
      if (fresh.length > 0)
        this.#logger.warn(message, { code, ...(about.length > 0 ? { about: about.join(', ') } : {}) });
    }
  }

  #isDue(what: string, now: Millis): boolean {
    const saidAt = this.#saidAt.get(what);
    if (saidAt !== undefined && now < saidAt + AGAIN_AFTER_MS) return false;
    this.#saidAt.delete(what);
    this.#saidAt.set(what, now);
    for (const [oldest] of this.#saidAt) {
      if (this.#saidAt.size <= MOST) break;
      this.#saidAt.delete(oldest);
    }
    return true;
  }
}
