/**
 * Whether a number of a house, words with capitals and the ending of a street follow each other: 12 Long Lane, 5-7, N. Main St. By
 * hand what the expression in latin-addresses.ts begins with: tried at each digit of a text, it takes most of the time.
 */
import type { WordTable } from '../names/word-table.ts';
import { unitAt } from '../unit-at.ts';

/** A direction, four words and the ending. */
const MOST_WORDS = 6;

/** Never too little: what it finds the expression decides on. */
export function mayHoldStreet(text: string, endings: WordTable): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    while (isDigit(unitAt(text, at))) at += 1;
    if (isStreet(text, at, endings)) return true;
    // What stands here is no digit.
  }
  return false;
}

/** @param digits where the digits end */
function isStreet(text: string, digits: number, endings: WordTable): boolean {
  let at = isLetter(unitAt(text, digits)) ? digits + 1 : digits;
  if (unitAt(text, at) === 0x2c) at += 1;
  for (let words = 0; words < MOST_WORDS; words += 1) {
    if (unitAt(text, at) !== 0x20) return false;
    at += 1;
    let end = at;
    while (isLetter(unitAt(text, end))) end += 1;
    if (words > 0 && endings.has(text, at, end)) return true;
    const first = unitAt(text, at);
    if (!isDigit(first) && (first < 0x41 || first > 0x5a)) return false;
    while (isOfWord(unitAt(text, end))) end += 1;
    at = end;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
function isLetter(unit: number): boolean {
  return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
}
/** Letters, digits, \' \u2019 - and the dot of a direction. */
function isOfWord(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === 0x27 || unit === 0x2019 || unit === 0x2d || unit === 0x2e;
}
