/**
 * Text → normalised UTF-16 code units. One table for the basic plane, so that the result depends on no Unicode version and
 * no locale: full-width forms become ASCII, capitals small, traditional characters simplified; zero-width marks, variation
 * selectors and skin tones vanish; control characters become spaces; a lone surrogate becomes U+FFFD.
 */
import { SIMPLIFIED, TRADITIONAL } from './simplified.mjs';

/** Of longer texts the first HEAD and the last TAIL code units count: opinions stand at both ends. */
export const HEAD_UNITS = 1536;
export const TAIL_UNITS = 512;
export const MAX_UNITS = HEAD_UNITS + TAIL_UNITS;

const DROP = 0;
const SPACE = 0x20;

/** Code unit → code unit, DROP to leave it out. Surrogates map to themselves. */
const FOLD = makeFold();

function makeFold() {
  const fold = new Uint16Array(0x10000);
  for (let unit = 0; unit < 0x10000; unit++) fold[unit] = unit;
  /** @type {(from: number, to: number, value: number) => void} */
  const fill = (from, to, value) => {
    fold.fill(value, from, to + 1);
  };
  fill(0x00, 0x20, SPACE);
  fill(0x7f, 0xa0, SPACE);
  fill(0x2000, 0x200a, SPACE);
  fill(0x2028, 0x2029, SPACE);
  for (const unit of [0x1680, 0x202f, 0x205f, 0x3000]) fold[unit] = SPACE;
  fill(0x200b, 0x200f, DROP);
  fill(0x202a, 0x202e, DROP);
  fill(0x2060, 0x206f, DROP);
  fill(0xfe00, 0xfe0f, DROP);
  for (const unit of [0xad, 0x34f, 0x61c, 0x180e, 0xfeff]) fold[unit] = DROP;
  for (let unit = 0xff01; unit <= 0xff5e; unit++) fold[unit] = unit - 0xfee0;
  for (let unit = 0; unit < 0x10000; unit++) {
    const folded = /** @type {number} */ (fold[unit]);
    if (folded >= 0x41 && folded <= 0x5a) fold[unit] = folded + 0x20;
    else if (folded >= 0xc0 && folded <= 0xde && folded !== 0xd7) fold[unit] = folded + 0x20;
  }
  fill(0x2018, 0x2019, 0x27);
  fill(0x201c, 0x201d, 0x22);
  fold[0x2026] = 0x2e;
  fold[0x60] = 0x27;
  for (let i = 0; i < TRADITIONAL.length; i++) fold[TRADITIONAL.charCodeAt(i)] = SIMPLIFIED.charCodeAt(i);
  return fold;
}

/** @type {readonly (readonly [string, number])[]} */
const ENTITIES = [
  ['amp;', 0x26],
  ['lt;', 0x3c],
  ['gt;', 0x3e],
  ['quot;', 0x22],
  ['#39;', 0x27],
];

/**
 * Writes the normalised text into `into` (at least MAX_UNITS + 1 long) and returns its length.
 * @param {string} text
 * @param {Uint16Array} into
 * @returns {number}
 */
export function normalise(text, into) {
  if (text.length <= MAX_UNITS) return fold(text, 0, text.length, into, 0);
  const head = fold(text, 0, HEAD_UNITS, into, 0);
  return fold(text, text.length - TAIL_UNITS, text.length, into, head);
}

/** @type {(text: string, from: number, to: number, into: Uint16Array, written: number) => number} */
function fold(text, from, to, into, written) {
  for (let i = from; i < to; i++) {
    let unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      // charCodeAt past the end is NaN, which fails both comparisons.
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      if (!(low >= 0xdc00 && low <= 0xdfff)) {
        into[written++] = 0xfffd;
        continue;
      }
      i++;
      const skinTone = unit === 0xd83c && low >= 0xdffb;
      if (skinTone || unit === 0xdb40 /* tags and further variation selectors */) continue;
      into[written++] = unit;
      into[written++] = low;
      continue;
    }
    if (unit === 0x26 /* & */) {
      for (const [name, value] of ENTITIES) {
        if (!text.startsWith(name, i + 1)) continue;
        unit = value;
        i += name.length;
        break;
      }
    }
    const folded = /** @type {number} */ (FOLD[unit]);
    if (folded !== DROP) into[written++] = folded;
  }
  return written;
}
