/** Alerts that ended before they were told and are to be told as brief: so many wait, the oldest goes. */

export const MOST_BRIEF = 5000;

export class BriefAlerts {
  readonly #waiting = new Set<string>();
  #leftOut = 0;

  get leftOut(): number {
    return this.#leftOut;
  }

  place(alert: string, isBrief: boolean, forget: (alert: string) => void): void {
    if (!isBrief) {
      this.#waiting.delete(alert);
      return;
    }
    this.#waiting.add(alert);
    for (const oldest of this.#waiting) {
      if (this.#waiting.size <= MOST_BRIEF) return;
      this.#waiting.delete(oldest);
      this.#leftOut++;
      forget(oldest);
    }
  }
}
