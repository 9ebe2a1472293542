/** What becomes of a KPI over a file, in bounded memory: a value for each span of time, the span doubled when there are too many; and when its alerts were open. */
import type { CoursePoint } from './course.ts';

const MOST = 2_048;

export class KpiCourse {
  /** By number of the span; what comes later replaces: revisions do. */
  #values = new Map<number, number | null>();
  #spanMs = 1;
  readonly #alerts = new Map<string, { readonly from: number; to: number }>();

  see(end: number, value: number | null): void {
    this.#values.set(Math.floor(end / this.#spanMs), value);
    while (this.#values.size > MOST) this.#widen();
  }

  /** Of an alert, at each change. */
  seeAlert(alert: string, at: number): void {
    const open = this.#alerts.get(alert);
    if (open !== undefined) open.to = at;
    else if (this.#alerts.size < MOST) this.#alerts.set(alert, { from: at, to: at });
  }

  /** Oldest first. */
  points(): readonly CoursePoint[] {
    return [...this.#values].map(([n, v]) => ({ t: n * this.#spanMs, v })).sort((a, b) => a.t - b.t);
  }

  alerts(): readonly { readonly from: number; readonly to: number }[] {
    return [...this.#alerts.values()];
  }

  #widen(): void {
    const points = this.points();
    this.#spanMs *= 2;
    this.#values = new Map();
    // Oldest first, so that the newest of a span stays; one without a value gives way.
    for (const { t, v } of points) {
      const n = Math.floor(t / this.#spanMs);
      if (v !== null || !this.#values.has(n)) this.#values.set(n, v);
    }
  }
}

/** Where a rule's expression compares the value with a number: `value < 80 && n > 20` fires at 80. */
export function firesAt(fire: string): readonly number[] {
  return [...fire.matchAll(/\bvalue\s*[<>]=?\s*(-?\d+(?:\.\d+)?)(?![\w.])/g)].map(([, number]) => Number(number));
}
