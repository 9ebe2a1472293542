/**
 * Texts that were written before, nearly. The newest are remembered as sketches, with their time and their customer, in the order
 * in which they came; those of the same customer are compared one by one, those of others where three bytes of the sketch
 * are equal at the same place. What is saved is that list; where to look is made from it.
 */
import { ensure } from '../../engine/core/must.ts';
import { END_OF_TIME, type Millis, type State } from '../../engine/core/types.ts';
import { ByteReader, ByteWriter } from '../kpis/saved/bytes.ts';
import type { NearDuplicatesConfig } from './cleaning-config.ts';
import { SketchIndex, type Remembered } from './sketch-index.ts';
import { SKETCH_BYTES, TextSketcher } from './text-sketch.ts';

/** Texts die in groups, so that time is not looked at for each. */
const GROUPS = 16;
const CHUNK_TEXTS = 1024;

/** A put: texts below `first` are gone; of the others these are known. */
interface Part {
  readonly first: number;
  readonly texts: Uint8Array;
}

export class NearDuplicates {
  readonly #config: NearDuplicatesConfig;
  readonly #index: SketchIndex;
  readonly #sketcher = new TextSketcher();
  readonly #writer = new ByteWriter();
  #savedFirst = 0;
  #savedNext = 0;

  constructor(config: NearDuplicatesConfig) {
    this.#config = config;
    this.#index = new SketchIndex(config.maxTexts);
  }

  /** What a text is, if anything, and remembers it. `sender`: 0 where it is not known. */
  judge(text: string, sender: number, at: Millis, now: Millis): 'near_duplicate' | 'copied' | null {
    const { windowMs, leastWords } = this.#config;
    if (windowMs === 0 || text.length < leastWords) return null;
    const words = this.#sketcher.sketch(text);
    if (words < leastWords) return null;
    const { bytes } = this.#sketcher;
    const isLong = words >= 2 * leastWords;
    const mark = this.#index.isOfSender(bytes, sender, at, windowMs)
      ? 'near_duplicate'
      : isLong && this.#index.isOfAny(bytes, at, windowMs)
        ? 'copied'
        : null;
    this.#index.add({ sketch: bytes, sender, at, diesAt: this.#deathOf(Math.max(at, now)), isLong });
    return mark;
  }

  /** How many were forgotten before their time, for want of space, since it was last asked. */
  takeForgotten(): number {
    return this.#index.takeForgotten();
  }

  get dueAt(): Millis | undefined {
    return this.#index.firstDeath;
  }
  expire(watermark: Millis): void {
    this.#index.expire(watermark);
  }

  #deathOf(from: Millis): Millis {
    const step = Math.max(1, Math.floor(this.#config.windowMs / GROUPS));
    return Math.min(Math.ceil((from + this.#config.windowMs + 1) / step) * step, END_OF_TIME);
  }

  delta(): State | undefined {
    const { first, next } = this.#index;
    if (first === this.#savedFirst && next === this.#savedNext) return undefined;
    const part = this.#part(Math.max(first, this.#savedNext), next);
    this.#savedFirst = first;
    this.#savedNext = next;
    return part;
  }
  *snapshot(): Iterable<State> {
    const until = this.#index.next;
    for (let from = this.#index.first; from < until; from += CHUNK_TEXTS)
      yield this.#part(Math.max(from, this.#index.first), Math.min(from + CHUNK_TEXTS, until));
  }
  #part(from: number, to: number): State {
    const writer = this.#writer;
    for (let number = from; number < to; number++) {
      const { sketch, sender, at, diesAt, isLong } = this.#index.textAt(number);
      writer.uint(number);
      writer.bytes(sketch);
      writer.number(sender);
      writer.number(at);
      writer.number(diesAt);
      writer.uint(isLong ? 1 : 0);
    }
    const part: Part = { first: this.#index.first, texts: writer.take() };
    return part as unknown as State;
  }

  /** From all parts, oldest first: what one says is gone no other brings back. */
  restore(parts: readonly State[]): void {
    const texts = new Map<number, Remembered>();
    let first = 0;
    for (const part of parts as unknown as readonly Part[]) {
      first = Math.max(first, part.first);
      const reader = new ByteReader(part.texts);
      while (!reader.done) {
        const number = reader.uint();
        const sketch = reader.bytes(SKETCH_BYTES).slice();
        const [sender, at, diesAt] = [reader.number(), reader.number(), reader.number()];
        texts.set(number, { sketch, sender, at, diesAt, isLong: reader.uint() === 1 });
      }
    }
    const numbers = [...texts.keys()].filter((number) => number >= first).sort((a, b) => a - b);
    this.#index.startAt(Math.max(first, numbers[0] ?? 0)); // no text: at the first that is not gone
    for (const number of numbers) {
      const text = texts.get(number);
      ensure(text !== undefined && number === this.#index.next, 'remembered texts are numbered without a gap');
      this.#index.add(text);
    }
    this.#savedFirst = this.#index.first;
    this.#savedNext = this.#index.next;
  }

  get size(): number {
    return this.#index.next - this.#index.first;
  }
}
