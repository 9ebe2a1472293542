/**
 * Where two or three words with capitals end that begin here, as names have them: John Smith, Ludwig van der Berg, Mary J. Blige. By
 * hand what the expression `PAIR` of latin-pairs.ts says: tried at each word of a text, it takes most of the time.
 */
import { unitAt } from '../unit-at.ts';

export const LETTER = 1;
const CAPITAL = 2;
/** ' ’ - within a word. */
const JOINT = 4;
/** Of letters beyond these nothing is known here. */
const KNOWN = 0x250;
const SORTS = new Uint8Array(KNOWN);
for (let unit = 0; unit < KNOWN; unit += 1) {
  const sign = String.fromCharCode(unit);
  SORTS[unit] = (/\p{L}/u.test(sign) ? LETTER : 0) | (/\p{Lu}/u.test(sign) ? CAPITAL : 0);
}
SORTS[0x27] = JOINT;
SORTS[0x2d] = JOINT;

const MOST = 25;
export const UNSURE = -1;

/** null: ask the expression. */
export interface PairShape {
  /** 0: none. */
  end: number;
  /** The end of the first word. */
  first: number;
  /** The end of the second where a third follows, else 0. */
  second: number;
}
export const NO_SHAPE: PairShape = { end: 0, first: 0, second: 0 };

/** Fills `shape`; false: it takes the expression to tell. */
export function readPair(text: string, at: number, shape: PairShape): boolean {
  shape.end = 0;
  const before = at === 0 ? 0 : sortOf(text, at - 1);
  if (before === UNSURE) return false;
  if ((before & (LETTER | JOINT)) !== 0 || unitAt(text, at - 1) === 0x2e) return true;
  const first = wordEnd(text, at);
  if (first <= 0) return first === 0;
  let words = 1;
  let next = first;
  let second = 0;
  for (let between = 0; between < 2; between += 1) {
    const end = particleEnd(text, next);
    if (end === 0) break;
    if (words === 1) second = end;
    words += 1;
    next = end;
  }
  if (unitAt(text, next) !== 0x20) return true;
  const last = wordEnd(text, next + 1);
  if (last <= 0) return last === 0;
  if (words === 1) second = last;
  words += 1;
  shape.first = first;
  shape.end = last;
  const third = unitAt(text, last) === 0x20 ? wordEnd(text, last + 1) : 0;
  if (third === UNSURE) return false;
  if (third > 0) {
    shape.end = third;
    words += 1;
  }
  shape.second = words > 2 ? second : 0;
  return true;
}

/** A capital and 1 to 24 more; 0: none, UNSURE: what follows is beyond what is known here. */
function wordEnd(text: string, at: number): number {
  const first = sortOf(text, at);
  if (first === UNSURE) return UNSURE;
  if ((first & CAPITAL) === 0) return 0;
  let end = at + 1;
  for (let sort = sortOf(text, end); sort !== 0; sort = sortOf(text, end)) {
    if (sort === UNSURE || end - at >= MOST) return UNSURE;
    end += 1;
  }
  return end - at < 2 ? 0 : end;
}

/** LETTER, a capital among them, a sign within a word; 0: none of them; UNSURE: not known here. */
export function sortOf(text: string, at: number): number {
  const unit = unitAt(text, at);
  if (unit < KNOWN) return SORTS[unit] as number;
  // Marks of typography, arrows, signs and emoji are no letters.
  if (unit >= 0x2000 && unit <= 0x206f) return unit === 0x2019 ? JOINT : 0;
  if (unit >= 0x2190 && unit <= 0x2bff) return 0;
  if (isEmoji(unit) || (unit >= 0xdc00 && unit <= 0xdfff && isEmoji(unitAt(text, at - 1)))) return 0;
  return UNSURE;
}
/** The first half of one. */
function isEmoji(unit: number): boolean {
  return unit >= 0xd83c && unit <= 0xd83e;
}

const PARTICLES: ReadonlySet<string> = new Set('van von der de da del di la le bin ibn al el'.split(' '));
/** Behind a space: van, de, J., with a space behind; 0: none. */
function particleEnd(text: string, at: number): number {
  if (unitAt(text, at) !== 0x20) return 0;
  const unit = unitAt(text, at + 1);
  if (unit < KNOWN && ((SORTS[unit] as number) & CAPITAL) !== 0) {
    const end = unitAt(text, at + 2) === 0x2e ? at + 3 : at + 2;
    return unitAt(text, end) === 0x20 ? end : 0;
  }
  if (unit < 0x61 || unit > 0x76) return 0;
  const end = text.indexOf(' ', at + 1);
  return end > 0 && end - at <= 4 && PARTICLES.has(text.slice(at + 1, end)) ? end : 0;
}
