/** An expression that is tried where it may begin finds what a search of all the text finds. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvariantError } from '../../../../engine/core/must.ts';
import { maskText, type MaskedText } from '../mask-text.ts';
import { casesOf } from '../testing/recall.ts';
import { beginningsOf } from './beginnings.ts';
import { Started } from './started.ts';

/** Of each kind of part that expressions of masking are made of, and what they find. */
const EXPRESSIONS: readonly (readonly [expression: RegExp, found: readonly string[]])[] = [
  [
    /(\b(?:my (?:full |first )?name(?:['’]s| is| was)|name\s?[:：])\s{0,2})([A-Za-z][a-z]{1,20})/gi,
    ['my name is Zora', 'My full name’s bo', 'NAME：Kim'],
  ],
  [
    /((?:身[份分]證|护照|passport|driver'?s? licen[cs]e|\blicen[cs]e|\bSSN|s[ée]cu|паспорт|мой)\s?)([0-9]{2,9})/gi,
    ['身分證12', '护照 123', 'Passport 45', 'drivers license 12', 'SSN12', 'SÉCU 12', 'ПАСПОРТ 45', 'мой 12'],
  ],
  [
    /((?<![A-Za-z])(?:q{1,2}|q[ ._-]q|扣扣)(?:号|is)?\s{0,2})([0-9]{3,9})/gi,
    ['q123', 'QQ号 1234', 'q_q 123', '扣扣999', 'xq123'],
  ],
  [
    /(?:微(?:[\s.·]|[❤💗🧡]\uFE0F?)?信|wei\s?信|(?:加个?|[+➕]\s?)[微薇]|(?<![A-Za-z0-9])[vw] x|\bK[kſ]+)/giu,
    ['微🧡信', '微.信', 'WEI信', '加薇', '➕ 微', 'v x', 'KK', 'kſ'],
  ],
  [
    /(?:ab?c|x*yz|[x-z]{2}q|a{2}b|a{2,3}c|x.z|y\p{Lu}b|\u0061\.|\n-|y\d+x)/gu,
    ['ac', 'xxyz', 'zyq', 'aab', 'aaac', 'a.', 'x9z', 'yÉb', '\n-', 'y12x'],
  ],
  [/(?:egards|ove|est)[ ,.!—-]{1,3}\s{0,2}[A-ZÀ-Þ]/g, ['regards, Z', 'love É', 'Best — Z']],
  [/(?=ab)a[\s\S]{2}|(?<=b)c|e$|\/[Bb]\w/g, ['abc', 'bc', 'e', '/Bz']],
];
const SIGNS = Array.from("abcqxyzABKſKıIQZéÉпПÅ 09.,:：-'’_/\n微信加号身證护照扣❤+➕🧡\u2028");
const TEXTS: readonly string[] = ['written-cases', 'held-out-cases', 'forms-cases'].flatMap((name) =>
  casesOf(new URL(`../testing/${name}.ndjson`, import.meta.url)).map(({ text }) => text),
);
const WORDS: readonly string[] = TEXTS.flatMap((text) => text.split(/(?<=[\s，。,:：])/));
function endOf(match: RegExpExecArray): number {
  return match.index + match[0].length;
}

describe('an expression that is tried where it may begin', () => {
  it.each(EXPRESSIONS)('%s: finds what a search finds', (expression, examples) => {
    const part = fc.oneof(fc.constantFrom(...SIGNS), fc.constantFrom(...WORDS), fc.constantFrom(...examples));
    const started = new Started(expression);
    let found = 0;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 14 }), (parts) => {
        const text = parts.join('');
        for (let from = 0; from <= text.length;) {
          expression.lastIndex = from;
          const match = expression.exec(text);
          expect(started.find(text, from), JSON.stringify([text, from])).toEqual(match);
          if (match === null) break;
          found += 1;
          from = Math.max(from + 1, endOf(match));
        }
      }),
      { numRuns: 1500, seed: 20261130 },
    );
    expect(found).toBeGreaterThan(20);
  });

  it('knows three characters at most, and where no letter stands before them', () => {
    expect(beginningsOf(/(?:\bab|c[de]f|x?yz|k{2,}m|q.)/g)).toEqual(
      expect.arrayContaining([
        { units: 'ab', isFirst: true },
        { units: 'cdf', isFirst: false },
        { units: 'yz', isFirst: false },
        { units: 'xyz', isFirst: false },
        { units: 'kk', isFirst: false },
        { units: 'q', isFirst: false },
      ]),
    );
  });

  it('may begin with anything, and is refused then', () => {
    expect(beginningsOf(/\s?abc/g)).toBeNull();
    expect(() => new Started(/a?/g)).toThrow(InvariantError);
  });
});

const WHOLE = new Map<RegExp, RegExp>();
/** Each expression searches all of the text. */
function searched(text: string): MaskedText {
  const spy = vi.spyOn(Started.prototype, 'find').mockImplementation(function (this: Started, all, from) {
    const whole = WHOLE.get(this.pattern) ?? new RegExp(this.pattern.source, `${this.pattern.flags.replace('g', '')}g`);
    WHOLE.set(this.pattern, whole);
    whole.lastIndex = from;
    return whole.exec(all);
  });
  const masked = maskText(text);
  spy.mockRestore();
  return masked;
}

describe('a text masked by expressions that are tried where they may begin', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is what searches of all the text make of it, for pieces of labelled texts in whatever order', () => {
    const piece = fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...TEXTS), fc.constantFrom(...SIGNS));
    let hidden = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        const masked = maskText(text);
        hidden += masked.count;
        expect(masked, text).toEqual(searched(text));
      }),
      { numRuns: 800, seed: 20261130 },
    );
    expect(hidden).toBeGreaterThan(1000);
  });
});
