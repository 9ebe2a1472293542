/** The values of a saved part: its texts by their numbers in it, and the numbers of what they stand for (`ValueNumbers`). */
import { at as elementAt } from '../../../engine/core/must.ts';
import type { Json } from '../../../engine/core/types.ts';
import type { ByteReader } from '../../kpis/saved/bytes.ts';
import { UNKNOWN, type ValueNumbers } from '../keys/value-numbers.ts';

const PLAIN = 1;

export class PartValues {
  readonly #bytes: ByteReader;
  readonly #texts: string[] = [];
  /** By twice the number of a text, one more for what it is as JSON: the number of that value, held here; `UNKNOWN`: nobody asked. */
  readonly #numbers: number[] = [];

  constructor(bytes: ByteReader) {
    this.#bytes = bytes;
  }
  /** The next one. */
  value(): Json | undefined {
    const kind = this.#bytes.uint();
    return kind === 0 ? undefined : this.#valueOf(kind, this.#text());
  }
  /** Its number instead, which is held until `release`. */
  number(numbers: ValueNumbers): number {
    const kind = this.#bytes.uint();
    if (kind === 0) return UNKNOWN;
    const text = this.#text();
    const place = 2 * text + (kind === PLAIN ? 0 : 1);
    const known = elementAt(this.#numbers, place);
    if (known !== UNKNOWN) return known;
    const number = numbers.take(this.#valueOf(kind, text));
    this.#numbers[place] = number;
    return number;
  }
  /** All that it held. */
  release(numbers: ValueNumbers): void {
    for (const [place, number] of this.#numbers.entries()) {
      if (number === UNKNOWN) continue;
      this.#numbers[place] = UNKNOWN;
      numbers.release(number);
    }
  }
  #valueOf(kind: number, text: number): Json {
    const said = elementAt(this.#texts, text);
    return kind === PLAIN ? said : (JSON.parse(said) as Json);
  }
  #text(): number {
    const number = this.#bytes.uint();
    if (number === this.#texts.length) {
      this.#texts.push(this.#bytes.string());
      this.#numbers.push(UNKNOWN, UNKNOWN);
    }
    return number;
  }
}
