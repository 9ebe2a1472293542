/**
 * Which of some regular expressions a text might match, in one pass over its code units: what has none of the pieces that any
 * match contains one of (needed-pieces.ts) need not be tried. Never says no wrongly; a yes is no promise. The pieces hold no
 * spaces, so blanking part of a text makes no new ones.
 */
import { neededPieces, WIDE } from './required-literals.ts';

const SLOTS = 8192;

export class FirstLook {
  /** Pieces by open addressing, 0 is none; where in `#expressions` stands what a piece speaks for. */
  readonly #keys = new Int32Array(SLOTS);
  readonly #places = new Uint16Array(SLOTS);
  readonly #expressions: number[][] = [];
  /** Code units that end a piece: most Chinese ones do not, and cost no more than this look. */
  readonly #ends = new Uint8Array(0x10000);
  /** 1 for those that have no such piece. */
  readonly #always: Uint8Array;
  /** Read for the first text, since that takes a tenth of a second; none are left then. */
  #unread: readonly RegExp[];

  constructor(expressions: readonly RegExp[]) {
    this.#always = new Uint8Array(expressions.length);
    this.#unread = expressions;
  }

  #read(): void {
    const expressions = this.#unread;
    this.#unread = [];
    for (const [i, expression] of expressions.entries()) {
      const pieces = neededPieces(expression.source);
      if (pieces === undefined) this.#always[i] = 1;
      else for (const piece of pieces) this.#put(piece, i);
    }
  }

  /** `may[i]` becomes 1 where expression i might match the text of these code units, 0 where it cannot. */
  mark(units: Uint16Array, length: number, may: Uint8Array): void {
    if (this.#unread.length > 0) this.#read();
    may.set(this.#always);
    let last = 0;
    for (let i = 0; i < length; i++) {
      const unit = units[i] as number;
      const before = last;
      last = unit >= WIDE ? unit : (last << 8) | unit;
      if (this.#ends[unit] === 0) continue;
      this.#markOf(unit >= WIDE ? unit : last & 0xffffff, may);
      this.#markOf(unit >= WIDE ? (before << 16) | unit : last, may);
    }
  }

  #markOf(key: number, may: Uint8Array): void {
    let slot = slotOf(key);
    while (this.#keys[slot] !== key) {
      if (this.#keys[slot] === 0) return;
      slot = (slot + 1) % SLOTS;
    }
    for (const i of this.#expressions[this.#places[slot] as number] as number[]) may[i] = 1;
  }

  #put(piece: string, expression: number): void {
    const key = keyOf(piece);
    let slot = slotOf(key);
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) % SLOTS;
    if (this.#keys[slot] === 0) this.#places[slot] = this.#expressions.push([]) - 1;
    this.#keys[slot] = key;
    this.#expressions[this.#places[slot] as number]?.push(expression);
    this.#ends[piece.charCodeAt(piece.length - 1)] = 1;
  }
}

function slotOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> 19;
}

function keyOf(piece: string): number {
  const shift = piece.charCodeAt(0) >= WIDE ? 16 : 8;
  let key = 0;
  for (let i = 0; i < piece.length; i++) key = (key << shift) | piece.charCodeAt(i);
  return key;
}
