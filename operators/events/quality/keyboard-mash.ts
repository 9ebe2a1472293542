/**
 * Keys struck at random. In Latin letters: words whose letters hardly ever follow each other in English, in pinyin or in twenty
 * other languages (models/mash/card.md). In Chinese, what an input method makes of it: characters whose pinyin all begin on one
 * row of the keyboard. One pass over the text, nothing made.
 */
import { KEYBOARD_ROWS, LETTER_BITS } from './mash-weights.ts';

/** More of a long text says nothing new. */
const MAX_LOOK = 1000;
/** Fewer letters, or characters, may be anything: an abbreviation, a code, three words that begin alike. */
const LEAST_LETTERS = 6;
const LEAST_HAN = 9;
/** Of each so many characters one may be off the row. */
const HAN_PER_SLIP = 14;
/** As few are a word said again and again. */
const LEAST_DIFFERENT = 5;
/** Thirds of two bits a letter, ends of words included: real texts of so many letters stay below. */
const MOST_BITS = 7.8;
const MOST_BITS_OF_FEW = 8.2;
const FEW_LETTERS = 8;
const LONGEST_ACRONYM = 5;

const FIRST_HAN = 0x4e00;
const LAST_HAN = 0x9fff;
const ROWS = unpacked(KEYBOARD_ROWS);
const BITS = unpacked(LETTER_BITS);

function unpacked(base64: string): Uint8Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** 1 to 26 for Latin letters, accents left away; 0 for all else. */
const LETTERS = new Uint8Array(0x1f00);
for (const [from, to] of [
  [0x41, 0x7a],
  [0xc0, 0x24f],
  [0x1e00, 0x1eff],
] as const) {
  for (let unit = from; unit <= to; unit++) {
    const base = String.fromCharCode(unit).normalize('NFD').toLowerCase().charCodeAt(0);
    if (base >= 0x61 && base <= 0x7a) LETTERS[unit] = base - 0x60;
  }
}
/** Those that no accent makes. */
for (const [letter, as] of ['łl', 'øo', 'đd', 'ßs', 'æa', 'œo', 'ıi', 'ðd', 'þt', 'Łl', 'Øo', 'Đd', 'Æa', 'Œo']) {
  LETTERS[(letter as string).charCodeAt(0)] = (as as string).charCodeAt(0) - 0x60;
}
/** What stands beside a word that is none: part of an address, a tag, a code, a masked name. */
const BESIDE_CODES = new Uint8Array(0x80);
for (const character of '@#/_*\\&%=0123456789') BESIDE_CODES[character.charCodeAt(0)] = 1;

export function isKeyboardMash(text: string): boolean {
  const end = Math.min(text.length, MAX_LOOK);
  let letters = 0;
  let words = 0;
  let bits = 0;
  let others = 0;
  let han = 0;
  let top = 0;
  let home = 0;
  let bottom = 0;
  let different = 0;
  for (let i = 0; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (letterOf(unit) > 0) {
      const start = i;
      while (i + 1 < end && letterOf(text.charCodeAt(i + 1)) > 0) i++;
      if (isBesideCode(text, start - 1) || isBesideCode(text, i + 1) || isAcronym(text, start, i + 1)) continue;
      letters += i + 1 - start;
      words += 1;
      bits += bitsOf(text, start, i + 1);
    } else if (unit >= FIRST_HAN && unit <= LAST_HAN) {
      han += 1;
      const place = unit - FIRST_HAN;
      const row = ((ROWS[place >> 2] as number) >> (2 * (place & 3))) & 3;
      if (row === 1) top += 1;
      else if (row === 2) home += 1;
      else if (row === 3) bottom += 1;
      different |= 1 << (unit & 31);
    } else if (unit >= 0x370) others += unit < 0x2000 || (unit >= 0x3041 && unit < 0xd800) ? 1 : 0;
  }
  if (han >= LEAST_HAN && letters <= 2 * han) {
    const most = Math.max(top, home, bottom);
    return (han - most) * HAN_PER_SLIP <= han && isAtLeast(different, LEAST_DIFFERENT) && others <= han;
  }
  if (letters < LEAST_LETTERS || letters <= 2 * (han + others)) return false;
  return bits > (letters + words) * (letters < FEW_LETTERS ? MOST_BITS_OF_FEW : MOST_BITS);
}

function letterOf(unit: number): number {
  return unit < LETTERS.length ? (LETTERS[unit] as number) : 0;
}

function isBesideCode(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit < 0x80 && BESIDE_CODES[unit] === 1;
}

/** Short and in capitals: a code or a name. */
function isAcronym(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST_ACRONYM) return false;
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 0x5a) return false;
  return true;
}

/** How unlikely its letters are, one after the other, the end of the word included. */
function bitsOf(text: string, start: number, end: number): number {
  let bits = 0;
  let before = 0;
  for (let i = start; i <= end; i++) {
    const letter = i < end ? letterOf(text.charCodeAt(i)) : 0;
    const place = before * 27 + letter;
    bits += ((BITS[place >> 1] as number) >> (4 * (place & 1))) & 15;
    before = (before % 27) * 27 + letter;
  }
  return bits;
}

function isAtLeast(mask: number, least: number): boolean {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count >= least;
}
