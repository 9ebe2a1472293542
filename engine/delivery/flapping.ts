/**
 * An alert that comes and goes: told once as flapping, then how it stands when it has been calm. Kept over restarts, but for a first
 * beginning that no other followed: in a storm nearly all are such, and each would be saved for every hook.
 */
import { must } from '../core/must.ts';
import type { Millis } from '../core/types.ts';
import { takeChanged } from './changed-keys.ts';
import type { CourseRecord } from './records.ts';

/** So many beginnings of one rule and key … */
const BEGINNINGS = 4;
/** … within so long are flapping, … */
const WITHIN = 300_000;
/** … until nothing has changed for so long. */
export const CALM = 60_000;
const TIDY_EVERY = 5000;

export class Flapping {
  /** Replaced, never changed: what was saved stays as it was. */
  readonly #courses = new Map<string, CourseRecord>();
  /** When those began that have begun once, in that order. */
  readonly #once = new Map<string, Millis>();
  readonly #changed = new Set<string>();
  readonly #saved = new Set<string>();
  #tidyAt: Millis = 0;

  /** As it was saved. */
  restore(courses: ReadonlyMap<string, CourseRecord>): void {
    for (const [name, course] of courses) {
      this.#courses.set(name, course);
      this.#saved.add(name);
    }
  }

  /** An alert of this rule and key begins. True: it has just been found to flap. */
  begins(name: string, at: Millis): boolean {
    const known = this.#courses.get(name) ?? this.#follows(name, at);
    if (known === undefined) return false;
    // Read once more, it is the same beginning.
    const begun = [...known.begun.filter((one) => one > at - WITHIN && one !== at), at];
    const wasHeld = known.until !== null && at < known.until;
    const isHeld = wasHeld || begun.length >= BEGINNINGS;
    this.#set(name, { begun, until: isHeld ? at + CALM : null });
    return isHeld && !wasHeld;
  }

  ends(name: string, at: Millis): void {
    const course = this.#courses.get(name);
    if (course !== undefined && course.until !== null && at < course.until)
      this.#set(name, { ...course, until: at + CALM });
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
    for (const [name, at] of this.#once) {
      if (now < at + WITHIN) break;
      this.#once.delete(name);
    }
    for (const [name, { begun, until }] of this.#courses) {
      const last = must(begun.at(-1), 'a course, which began,');
      if (until === null ? now < last + WITHIN : now < until) continue;
      this.#courses.delete(name);
      this.#changed.add(name);
    }
  }

  get size(): number {
    return this.#courses.size + this.#once.size;
  }

  takeChanged(): ReadonlyMap<string, CourseRecord | null> {
    return takeChanged(this.#changed, this.#saved, (name) => this.#courses.get(name));
  }

  /** undefined: it is the first, or the first for a while. */
  #follows(name: string, at: Millis): CourseRecord | undefined {
    const first = this.#once.get(name);
    if (first === at) return undefined;
    this.#once.delete(name);
    if (first !== undefined && first > at - WITHIN) return { begun: [first], until: null };
    this.#once.set(name, at);
    return undefined;
  }

  #set(name: string, course: CourseRecord): void {
    this.#courses.set(name, course);
    this.#changed.add(name);
  }
}
