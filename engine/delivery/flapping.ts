/** An alert that comes and goes: told once as flapping, then how it stands when it has been calm. */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';

/** So many beginnings of one rule and key … */
const BEGINNINGS = 4;
/** … within so long are flapping, … */
const WITHIN = 300_000;
/** … until nothing has changed for so long. */
export const CALM = 60_000;
const TIDY_EVERY = 5000;

interface Course {
  begun: Millis[];
  /** Held back until then; null: it does not flap. */
  until: Millis | null;
}

export class Flapping {
  readonly #courses = new Map<string, Course>();
  #tidyAt: Millis = 0;

  /** An alert of this rule and key begins. True: it has just been found to flap. */
  begins(name: string, at: Millis): boolean {
    const course = this.#courses.get(name) ?? { begun: [], until: null };
    this.#courses.set(name, course);
    course.begun = [...course.begun.filter((one) => one > at - WITHIN), at];
    if (course.until !== null && at < course.until) {
      course.until = at + CALM;
      return false;
    }
    course.until = null;
    if (course.begun.length < BEGINNINGS) return false;
    course.until = at + CALM;
    return true;
  }

  ends(name: string, at: Millis): void {
    const course = this.#courses.get(name);
    if (course !== undefined && course.until !== null && at < course.until) course.until = at + CALM;
  }

  /** null: it is not held back. */
  heldUntil(name: string, now: Millis): Millis | null {
    const until = this.#courses.get(name)?.until ?? null;
    return until !== null && now < until ? until : null;
  }

  isHeld(name: string, now: Millis): boolean {
    return this.heldUntil(name, now) !== null;
  }

  /** Forgets what has been calm, now and then. */
  tidy(now: Millis): void {
    if (now < this.#tidyAt) return;
    this.#tidyAt = now + TIDY_EVERY;
    for (const [name, { begun, until }] of this.#courses) {
      const last = must(begun.at(-1), 'a course, which began,');
      if (until !== null ? now >= until : now >= last + WITHIN) this.#courses.delete(name);
    }
  }

  get size(): number {
    return this.#courses.size;
  }
}
