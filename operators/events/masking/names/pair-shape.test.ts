/** What is read by hand is what the expression for two or three words with capitals says. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FULL } from './latin-words.ts';
import { NO_SHAPE, readPair } from './pair-shape.ts';
import { WordTable } from './word-table.ts';

const PAIR = new RegExp(`(?<![\\p{L}.'’-])${FULL}(?![\\p{L}])`, 'uy');
const WORDS =
  "John Smith Ångström O’Neil D'Arcy Jean-Luc Li A A. É J van der de la vanish ﬁ Ж 李 x Abcdefghijklmnopqrstuvwxyz".split(
    ' ',
  );
const GAPS = [' ', ' ', ' ', ' ', ' ', ' ', ' ', '.', ', ', "'", '’', '-', '\n', '…', '1', '😀', ''];

it('ends where the expression ends, at each place of any text, wherever it can tell', () => {
  const shape = { ...NO_SHAPE };
  const part = fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS));
  let told = 0;
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 8 }), (parts) => {
      const text = parts.flat().join('');
      for (let at = 0; at < text.length; at += 1) {
        if (!readPair(text, at, shape)) continue;
        PAIR.lastIndex = at;
        const words = PAIR.exec(text)?.[0].split(' ') ?? [''];
        const read = [
          text.slice(at, shape.end),
          text.slice(at, shape.first),
          text.slice(shape.first + 1, shape.second),
        ];
        if (shape.end === 0) read.fill('');
        if (words.length > 1) told += 1;
        const said = [words.join(' '), words[0], words.length > 2 ? words[1] : ''];
        if (read.join('|') !== said.join('|'))
          throw new Error(`${text} at ${at}: ${read.join('|')}, not ${said.join('|')}`);
      }
    }),
    { numRuns: 5000, seed: 20261130 },
  );
  expect(told).toBeGreaterThan(500);
});

it('a word is found where it stands in a text, in whatever case, and no other', () => {
  const words = Array.from({ length: 500 }, (_, i) => `Word${i.toString(36)}x`);
  const table = new WordTable(words);
  for (const word of words) {
    expect(table.has(`a ${word.toUpperCase()} b`, 2, 2 + word.length)).toBe(true);
    expect(table.has(`a ${word}y b`, 2, 3 + word.length)).toBe(false);
  }
});
