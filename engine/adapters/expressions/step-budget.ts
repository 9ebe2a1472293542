import type { Evaluations } from '../../core/expressions/expression.ts';

/**
 * How much one evaluation may take, so that no expression and no event can make it long. A step is about one node of the
 * expression evaluated, one element looked at, eight characters copied.
 */
const MAX_STEPS = 250_000;
const CHARACTERS_A_STEP = 8;

/** Thrown inside an evaluation, which then has no value. One for all: it carries nothing. */
const OVER = new Error('the expression takes more steps than an evaluation may take');

export class StepBudget {
  readonly #evaluations: Evaluations;
  #left = MAX_STEPS;

  /** Evaluations that are given up are counted there. */
  constructor(evaluations: Evaluations) {
    this.#evaluations = evaluations;
  }

  begin(): void {
    this.#left = MAX_STEPS;
  }
  /** Whether it was within bounds. Counts it if not. */
  end(): boolean {
    if (this.#left >= 0) return true;
    this.#evaluations.overruns += 1;
    return false;
  }
  /** For an evaluation's only step of any size. Counts it if it is too large. */
  allows(steps: number): boolean {
    if (steps <= MAX_STEPS) return true;
    this.#evaluations.overruns += 1;
    return false;
  }
  /** Throws when it is used up. */
  charge(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw OVER;
  }
  /** The same as `chargeFor`, for who does not throw: whether it is within bounds. */
  spendOn(value: unknown): boolean {
    try {
      this.chargeFor(value);
      return true;
    } catch {
      return false;
    }
  }
  /** For what looks at all of a value. */
  chargeFor(value: unknown): void {
    if (typeof value === 'string') return this.charge(1 + value.length / CHARACTERS_A_STEP);
    if (value instanceof Uint8Array) return this.charge(1 + value.length / CHARACTERS_A_STEP);
    this.charge(1);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) this.chargeFor(item);
    else for (const name in value) this.chargeFor((value as Readonly<Record<string, unknown>>)[name]);
  }
}
