/**
 * What one event says in the fields that clocks keep. Several clocks keep the same (channel, region, team): each is read once an event,
 * when the first of them asks, and equal texts are one string.
 */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import type { CxEvent } from '../../shared/messages.ts';
import type { Values } from '../clock.ts';
import type { Field } from '../fields.ts';
import { Interner } from './interner.ts';

export class EventValues {
  readonly #interner = new Interner();
  readonly #places = new Map<string, number>();
  readonly #fields: Field[] = [];
  /** By field, of the event at hand where `#readOf` has its number. */
  readonly #values: (Json | undefined)[] = [];
  readonly #readOf: number[] = [];
  #event: CxEvent | null = null;
  #number = 0;

  /** Places of the fields with these names; fields of one name read the same. */
  placesOf(names: readonly string[], fields: readonly Field[]): readonly number[] {
    return names.map((name, i) => {
      const known = this.#places.get(name);
      if (known !== undefined) return known;
      const place = this.#fields.push(elementAt(fields, i)) - 1;
      this.#places.set(name, place);
      this.#values.push(undefined);
      this.#readOf.push(0);
      return place;
    });
  }
  begin(event: CxEvent): void {
    this.#event = event;
    this.#number += 1;
  }
  /** Of the event that was begun last. */
  of(places: readonly number[]): Values {
    const { length } = places;
    const values = new Array<Json | undefined>(length);
    for (let i = 0; i < length; i++) values[i] = this.#at(places[i] as number);
    return values;
  }
  #at(place: number): Json | undefined {
    if (this.#readOf[place] !== this.#number && this.#event !== null) {
      this.#values[place] = this.#interner.value(elementAt(this.#fields, place)(this.#event));
      this.#readOf[place] = this.#number;
    }
    return this.#values[place];
  }
}
