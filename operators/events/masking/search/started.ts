/** An expression that is tried only where a match may begin (beginnings.ts): it finds what a search of all the text finds. */
import { ensure } from '../../../../engine/core/must.ts';
import { beginningsOf } from './beginnings.ts';
import { foldedUnit } from './case-folds.ts';

const SLOTS = 1 << 12;
const LAST = SLOTS - 1;
/** What one, two or three characters say: another comes, or a match may begin here, behind a letter or not. */
const GOES_ON = 1;
const BEGINS = 2;
const BEGINS_FIRST = 4;
const OF_BEGINS = BEGINS | BEGINS_FIRST;

/** An expression, or what searches as one does. */
export interface Finder {
  /** The first match at or behind `from`. */
  find(text: string, from: number): RegExpExecArray | null;
}

export class Started implements Finder {
  readonly pattern: RegExp;
  readonly #here: RegExp;
  readonly #byOne = new Uint8Array(SLOTS);
  readonly #byTwo = new Uint8Array(SLOTS);
  readonly #byThree = new Uint8Array(SLOTS);

  /** @param pattern matches no empty text, and does not begin with just anything */
  constructor(pattern: RegExp) {
    this.pattern = pattern;
    const beginnings = beginningsOf(pattern);
    ensure(beginnings !== null, 'an expression that is tried where it may begin does not begin with just anything');
    this.#here = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}y`);
    for (const { units, isFirst } of beginnings) {
      const begins = isFirst ? BEGINS_FIRST : BEGINS;
      const one = units.charCodeAt(0) & LAST;
      if (units.length === 1) add(this.#byOne, one, begins);
      else {
        add(this.#byOne, one, GOES_ON);
        const two = slotOf(units.charCodeAt(0), units.charCodeAt(1));
        add(this.#byTwo, two, units.length === 2 ? begins : GOES_ON);
        if (units.length > 2) add(this.#byThree, slotOf(two, units.charCodeAt(2)), begins);
      }
    }
  }

  test(text: string): boolean {
    return this.find(text, 0) !== null;
  }

  find(text: string, from: number): RegExpExecArray | null {
    const here = this.#here;
    for (let at = this.#next(text, from); at < text.length; at = this.#next(text, at + 1)) {
      here.lastIndex = at;
      const match = here.exec(text);
      if (match !== null) return match;
    }
    return null;
  }

  /** Where the next may begin. */
  #next(text: string, from: number): number {
    const { length } = text;
    for (let at = from; at < length; at += 1) {
      const first = foldedUnit(text.charCodeAt(at));
      let says = this.#byOne[first & LAST] as number;
      if (says === 0) continue;
      if ((says & GOES_ON) !== 0 && at + 1 < length) {
        const two = slotOf(first, foldedUnit(text.charCodeAt(at + 1)));
        const more = this.#byTwo[two] as number;
        says |= more;
        if ((more & GOES_ON) !== 0 && at + 2 < length)
          says |= this.#byThree[slotOf(two, foldedUnit(text.charCodeAt(at + 2)))] as number;
      }
      if ((says & OF_BEGINS) === 0) continue;
      if ((says & BEGINS) !== 0 || at === 0 || !isLetter(text.charCodeAt(at - 1))) return at;
    }
    return length;
  }
}

function slotOf(one: number, next: number): number {
  return (Math.imul(one, 31) + next) & LAST;
}
function add(table: Uint8Array, slot: number, bit: number): void {
  table[slot] = (table[slot] as number) | bit;
}
function isLetter(unit: number): boolean {
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x7a;
}
