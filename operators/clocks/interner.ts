/** One string for all that are equal: values that keys keep repeat, and every event brings new copies of them. Bounded. */
import { at as elementAt } from '../../engine/core/must.ts';
import type { Json } from '../../engine/core/types.ts';
import type { CxEvent } from '../shared/messages.ts';
import type { Values } from './clock.ts';
import type { Field } from './fields.ts';

const MOST = 50_000;
/** Longer ones seldom repeat. */
const LONGEST = 64;

export class Interner {
  readonly #known = new Map<string, string>();

  /** What an event says in these fields. */
  valuesOf(fields: readonly Field[], event: CxEvent): Values {
    const values = new Array<Json | undefined>(fields.length);
    for (let i = 0; i < fields.length; i++) values[i] = this.value(elementAt(fields, i)(event));
    return values;
  }
  value(value: Json | undefined): Json | undefined {
    if (typeof value !== 'string' || value.length > LONGEST) return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(value, value);
    return value;
  }
}
