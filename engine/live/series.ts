/** The last windows of one KPI and key, for sparklines: a ring of numbers, one window a second at most, that grows to its limit. */
import type { Millis } from '../core/types.ts';
import type { KpiMessage } from '../core/wire.ts';

const END = 0;
const START = 1;
const VALUE = 2;
const N = 3;
const LOW = 4;
const HIGH = 5;
const REVISION = 6;
const FLAGS = 7;
const WATERMARK = 8;
const COLUMNS = 9;
const IS_FINAL = 1;
const IS_PARTIAL = 2;

export class Series {
  readonly #limit: number;
  readonly #spacingMs: Millis;
  #cells: Float64Array;
  /** Ring position of the oldest. */
  #first = 0;
  #length = 0;
  /** True once a window was pushed out: what is older than the first is unknown here. */
  #full = false;

  /** @param limit windows at most · @param spacingMs of windows that end within the same so many ms, the last one stays */
  constructor(limit = 120, spacingMs: Millis = 1_000) {
    this.#limit = limit;
    this.#spacingMs = spacingMs;
    this.#cells = new Float64Array(Math.min(8, limit) * COLUMNS);
  }

  /** Live values come in order of time; a final one follows late, and corrects what stands for its window. */
  add(message: KpiMessage): void {
    const end = Date.parse(message.window.end);
    if (Number.isNaN(end)) return;
    const bucket = this.#bucket(end);
    let i = this.#length - 1;
    while (i >= 0 && this.#bucket(this.#read(i, END)) > bucket) i -= 1;
    if (i < 0 || this.#bucket(this.#read(i, END)) < bucket) {
      if (message.retracted !== true) this.#insert(i + 1, end, message);
    } else if (message.retracted === true) {
      if (this.#read(i, END) === end && this.#read(i, START) === Date.parse(message.window.start)) this.#remove(i);
    } else if (this.#yields(i, end, message)) {
      this.#write(i, end, message);
    }
  }

  #yields(i: number, end: Millis, message: KpiMessage): boolean {
    const known = this.#read(i, END);
    if (known !== end) return end > known;
    if (this.#has(i, IS_FINAL) !== message.final) return message.final;
    return message.revision >= this.#read(i, REVISION);
  }

  /** Windows that end in [from, to), oldest first. */
  between(kpi: string, key: KpiMessage['key'], from: Millis, to: Millis): KpiMessage[] {
    const messages: KpiMessage[] = [];
    for (let i = 0; i < this.#length; i++) {
      const end = this.#read(i, END);
      if (end < from || end >= to) continue;
      const value = this.#read(i, VALUE);
      const low = this.#read(i, LOW);
      const watermark = this.#read(i, WATERMARK);
      messages.push({
        kpi,
        key,
        window: { start: iso(this.#read(i, START)), end: iso(end) },
        value: Number.isNaN(value) ? null : value,
        n: this.#read(i, N),
        interval: Number.isNaN(low) ? null : [low, this.#read(i, HIGH)],
        revision: this.#read(i, REVISION),
        final: this.#has(i, IS_FINAL),
        watermark: iso(Number.isNaN(watermark) ? end : watermark),
        ...(this.#has(i, IS_PARTIAL) ? { partial: true } : null),
      });
    }
    return messages;
  }

  /** The end from which on nothing is missing; undefined: it holds nothing. */
  get coversFrom(): Millis | undefined {
    return this.#length === 0 ? undefined : this.#read(0, END);
  }

  get length(): number {
    return this.#length;
  }

  #bucket(t: Millis): number {
    return Math.floor(t / this.#spacingMs);
  }

  #insert(index: number, end: Millis, message: KpiMessage): void {
    if (index === 0 && this.#full) return;
    let at = index;
    if (this.#length === this.#limit) {
      // The oldest goes; everything after it is one place nearer to the front.
      this.#first = (this.#first + 1) % this.#limit;
      this.#full = true;
      at -= 1;
      // Older than all of a full ring: it would be the very one to go.
      if (at < 0) {
        this.#first = (this.#first + this.#limit - 1) % this.#limit;
        return;
      }
    } else {
      this.#length += 1;
      this.#grow();
    }
    for (let i = this.#length - 1; i > at; i--) this.#copy(i - 1, i);
    this.#write(at, end, message);
  }

  #remove(index: number): void {
    for (let i = index; i < this.#length - 1; i++) this.#copy(i + 1, i);
    this.#length -= 1;
  }

  #grow(): void {
    // Only before the ring has turned: the oldest lies at 0 until then.
    if (this.#length * COLUMNS <= this.#cells.length) return;
    const grown = new Float64Array(Math.min(this.#length * 2, this.#limit) * COLUMNS);
    grown.set(this.#cells);
    this.#cells = grown;
  }

  #write(index: number, end: Millis, message: KpiMessage): void {
    const at = this.#place(index);
    const cells = this.#cells;
    cells[at + END] = end;
    cells[at + START] = Date.parse(message.window.start);
    cells[at + VALUE] = message.value ?? Number.NaN;
    cells[at + N] = message.n;
    cells[at + LOW] = message.interval?.[0] ?? Number.NaN;
    cells[at + HIGH] = message.interval?.[1] ?? Number.NaN;
    cells[at + REVISION] = message.revision;
    cells[at + FLAGS] = (message.final ? IS_FINAL : 0) | (message.partial === true ? IS_PARTIAL : 0);
    cells[at + WATERMARK] = Date.parse(message.watermark);
  }

  #has(index: number, flag: number): boolean {
    return (this.#read(index, FLAGS) & flag) !== 0;
  }

  #copy(from: number, to: number): void {
    const start = this.#place(from);
    this.#cells.copyWithin(this.#place(to), start, start + COLUMNS);
  }

  #read(index: number, column: number): number {
    return this.#cells[this.#place(index) + column] ?? Number.NaN;
  }

  #place(index: number): number {
    return ((this.#first + index) % this.#limit) * COLUMNS;
  }
}

function iso(time: Millis): string {
  return new Date(time).toISOString();
}
