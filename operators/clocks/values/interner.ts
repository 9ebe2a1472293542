/** One string for all that are equal: values that keys keep repeat, and every event brings new copies of them. Bounded. */
import type { Json } from '../../../engine/core/types.ts';

const MOST = 50_000;
/** Longer ones seldom repeat. */
const LONGEST = 64;

export class Interner {
  readonly #known = new Map<string, string>();

  value(value: Json | undefined): Json | undefined {
    if (typeof value !== 'string' || value.length > LONGEST) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(value, value);
    return value;
  }
}
