/** The newest sketches of texts, by when they came, and where to find those like another. One block of memory, that grows up to a bound. */
import type { Millis } from '../../engine/core/types.ts';
import { spread } from '../../engine/core/hash.ts';
import { isAlike, SKETCH_BYTES, SKETCH_WORDS } from './text-sketch.ts';

export interface Remembered {
  readonly sketch: Uint8Array;
  /** 0: not known. */
  readonly sender: number;
  readonly at: Millis;
  /** When time has come so far, it is forgotten. Never before an earlier one. */
  readonly diesAt: Millis;
  /** Long enough to be no coincidence where it is another customer's. */
  readonly isLong: boolean;
}

/** Three bytes each, of the first thirty. */
const BANDS = 10;
const BAND_BYTES = 3;
/** Of a customer's texts, and of those that share a band, so many of the newest are compared. */
const MOST_COMPARED = 8;
const SMALLEST = 256;
/** Numbers begin at 1 in the tables. */
const NONE = 0;

export class SketchIndex {
  /** The oldest that is remembered, and the number of the next. */
  first = 0;
  next = 0;
  readonly #most: number;
  #capacity = 0;
  #sketches = new Uint8Array(0);
  /** The same, four bytes at a time, and those of the text that is asked about. */
  #words = new Int32Array(0);
  readonly #asked = new Int32Array(SKETCH_WORDS);
  readonly #askedBytes = new Uint8Array(this.#asked.buffer);
  /** The last number up to the first that has slot 0. */
  #origin = 0;
  #senders = new Float64Array(0);
  #times = new Float64Array(0);
  #deaths = new Float64Array(0);
  #isLong = new Uint8Array(0);
  /** One more than the number of the one before, of the same sender; and by band. */
  #beforeOfSender = new Float64Array(0);
  #beforeInBand = new Float64Array(0);
  /** One more than the number of the newest. */
  readonly #newestOfSender = new Map<number, number>();
  #newestInBand = new Float64Array(0);
  #forgotten = 0;

  constructor(most: number) {
    this.#most = most;
    this.#grow(Math.min(SMALLEST, most));
  }

  /** Of an empty one: from which number on it is filled. */
  startAt(number: number): void {
    this.first = number;
    this.next = number;
    this.#origin = number - (number % this.#capacity);
  }
  /** `number % capacity` of a remembered one, without a division. */
  #slotOf(number: number): number {
    const from = number - this.#origin;
    return from < this.#capacity ? from : from - this.#capacity;
  }

  isOfSender(sketch: Uint8Array, sender: number, at: Millis, windowMs: Millis): boolean {
    if (sender === 0) return false;
    let one = this.#newestOfSender.get(sender) ?? NONE; // none yet
    if (one <= this.first) return false;
    this.#askedBytes.set(sketch);
    for (let compared = 0; one > this.first && compared < MOST_COMPARED; compared++) {
      const slot = this.#slotOf(one - 1);
      if (this.#isLike(slot, at, windowMs)) return true;
      one = this.#beforeOfSender[slot] as number;
    }
    return false;
  }

  isOfAny(sketch: Uint8Array, at: Millis, windowMs: Millis): boolean {
    this.#askedBytes.set(sketch);
    for (let band = 0; band < BANDS; band++) {
      let one = this.#newestInBand[this.#placeOf(sketch, 0, band)] as number;
      for (let compared = 0; one > this.first && compared < MOST_COMPARED; compared++) {
        const slot = this.#slotOf(one - 1);
        if (this.#isLike(slot, at, windowMs)) return true;
        one = this.#beforeInBand[slot * BANDS + band] as number;
      }
    }
    return false;
  }
  #isLike(slot: number, at: Millis, windowMs: Millis): boolean {
    return (
      Math.abs((this.#times[slot] as number) - at) <= windowMs && isAlike(this.#words, slot * SKETCH_WORDS, this.#asked)
    );
  }

  add({ sketch, sender, at, diesAt, isLong }: Remembered): void {
    if (this.next - this.first === this.#capacity) {
      if (this.#capacity < this.#most) this.#grow(Math.min(2 * this.#capacity, this.#most));
      else {
        this.#forgetFirst();
        this.#forgotten += 1;
      }
    }
    const slot = this.#slotOf(this.next);
    this.#sketches.set(sketch, slot * SKETCH_BYTES);
    this.#senders[slot] = sender;
    this.#times[slot] = at;
    this.#deaths[slot] = this.next > this.first ? Math.max(diesAt, this.#deathOf(this.next - 1)) : diesAt;
    this.#isLong[slot] = isLong ? 1 : 0;
    this.next += 1;
    this.#link(this.next - 1);
  }

  #link(number: number): void {
    const slot = this.#slotOf(number);
    const sender = this.#senders[slot] as number;
    this.#beforeOfSender[slot] = sender === 0 ? NONE : (this.#newestOfSender.get(sender) ?? NONE); // its first
    if (sender !== 0) this.#newestOfSender.set(sender, number + 1);
    if (this.#isLong[slot] === 0) return;
    for (let band = 0; band < BANDS; band++) {
      const place = this.#placeOf(this.#sketches, slot * SKETCH_BYTES, band);
      this.#beforeInBand[slot * BANDS + band] = this.#newestInBand[place] as number;
      this.#newestInBand[place] = number + 1;
    }
  }

  /** Where the newest with these bytes stands. Others may share the place: they are found to be unlike. */
  #placeOf(sketches: Uint8Array, from: number, band: number): number {
    const at = from + band * BAND_BYTES;
    const bytes =
      (sketches[at] as number) |
      ((sketches[at + 1] as number) << 8) |
      ((sketches[at + 2] as number) << 16) |
      (band << 24);
    return band * this.#capacity + ((spread(bytes) >>> 0) % this.#capacity);
  }

  get firstDeath(): Millis | undefined {
    return this.next === this.first ? undefined : this.#deathOf(this.first);
  }
  expire(watermark: Millis): void {
    while (this.next > this.first && this.#deathOf(this.first) <= watermark) this.#forgetFirst();
  }
  takeForgotten(): number {
    const forgotten = this.#forgotten;
    this.#forgotten = 0;
    return forgotten;
  }
  #deathOf(number: number): Millis {
    return this.#deaths[this.#slotOf(number)] as number;
  }
  #forgetFirst(): void {
    const sender = this.#senders[this.#slotOf(this.first)] as number;
    this.first += 1;
    if (this.first - this.#origin === this.#capacity) this.#origin = this.first;
    if (sender !== 0 && this.#newestOfSender.get(sender) === this.first) this.#newestOfSender.delete(sender);
  }

  /** A copy. */
  textAt(number: number): Remembered {
    const slot = this.#slotOf(number);
    return {
      sketch: this.#sketches.slice(slot * SKETCH_BYTES, (slot + 1) * SKETCH_BYTES),
      sender: this.#senders[slot] as number,
      at: this.#times[slot] as number,
      diesAt: this.#deaths[slot] as number,
      isLong: this.#isLong[slot] === 1,
    };
  }

  #grow(capacity: number): void {
    const texts: Remembered[] = [];
    for (let number = this.first; number < this.next; number++) texts.push(this.textAt(number));
    this.#capacity = capacity;
    this.#origin = this.first - (this.first % capacity);
    this.#sketches = new Uint8Array(capacity * SKETCH_BYTES);
    this.#words = new Int32Array(this.#sketches.buffer);
    this.#senders = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#deaths = new Float64Array(capacity);
    this.#isLong = new Uint8Array(capacity);
    this.#beforeOfSender = new Float64Array(capacity);
    this.#beforeInBand = new Float64Array(capacity * BANDS);
    this.#newestOfSender.clear();
    this.#newestInBand = new Float64Array(capacity * BANDS);
    this.next = this.first;
    for (const text of texts) this.add(text);
  }
}
