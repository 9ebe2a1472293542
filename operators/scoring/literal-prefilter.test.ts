import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstLook } from './literal-prefilter.ts';
import { neededPieces } from './required-literals.ts';
import { LOOKALIKES, RULES } from './urgency-rules.ts';
import { urgencyOfWording } from './urgency.ts';

function marked(expressions: readonly RegExp[], text: string): readonly number[] {
  const may = new Uint8Array(expressions.length);
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  new FirstLook(expressions).mark(units, units.length, may);
  return [...may];
}

describe('pieces that any match needs', () => {
  it.each([
    ['食物中毒|住院', ['食物', '住院']],
    ['冒烟', ['冒烟']],
    ['打了(?:两|三)次', ['打了']],
    ['(?:找|去)[^,]{0,4}(?:消协|法院)', ['消协', '法院']],
    ['(?<!不)过敏(?!性)', ['过敏']],
    ['催', ['催']],
    ['(?:lawyers?|sue) now', ['lawy', 'sue']],
    ['still (?:no|not) (?:a |any )?(?:reply|word)', ['stil']],
    ['[子-孑]丁', ['子丁', '孑丁']],
    ['再也(?:不会?){1,2}', ['再也']],
    ['(?:再也){1,2}', ['再也']],
    // Nothing that every match has.
    ['\\d+', undefined],
    ['(?:冒烟)?', undefined],
    ['(?:冒烟)*', undefined],
    ['(?:冒烟){0,2}', undefined],
    ['冒烟|.', undefined],
    ['a b', undefined],
  ])('%s: %j', (source, pieces) => {
    expect(neededPieces(source)).toEqual(pieces && new Set(pieces));
  });

  it.each(['(冒烟)', '(?<name>冒烟)', '冒烟)', '(?:冒烟', '\\bno', '(?:a)\\1'])('does not guess at %s', (source) => {
    expect(() => neededPieces(source)).toThrow();
  });
});

describe('the first look', () => {
  const expressions = [/冒烟|住院/g, /催/g, /lawyer/g, /sue/g, /\d/g];

  it.each([
    ['充电器冒烟了', [1, 0, 0, 0, 1]],
    ['催', [0, 1, 0, 0, 1]],
    ['冒x烟', [0, 0, 0, 0, 1]],
    ['住a院', [0, 0, 0, 0, 1]],
    ['打lawyer', [0, 0, 1, 0, 1]],
    ['law yer, sue', [0, 0, 0, 1, 1]],
    ['', [0, 0, 0, 0, 1]],
  ])('%s', (text, may) => {
    expect(marked(expressions, text)).toEqual(may);
  });

  it('holds most texts back from most of the rules of urgency', () => {
    const rules = RULES.flatMap(({ patterns }) => patterns);
    expect(rules.filter(({ source }) => neededPieces(source) === undefined)).toEqual([]);
    expect(marked(rules, '味道不错,下次还来').filter((one) => one === 1).length).toBeLessThan(6);
  });
});

/** Texts that match, made from the expressions themselves: without what is only looked at, which the generator does not know. */
const matches = [...RULES.flatMap(({ patterns }) => patterns), ...LOOKALIKES].map((expression) => {
  const source = expression.source
    .replace(/\(\?<?[=!](?:[^()]|\([^()]*\))*\)/g, '')
    .replaceAll(/(?<!\\)[\^$](?=[|)]|$)/g, '');
  return fc.stringMatching(new RegExp(`^(?:${source})$`), { maxLength: 60 });
});
const fragment = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(...matches) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', ',', '。', '没', '不会', 'not ', '味道', 'the ', '再不', '人') },
  { weight: 1, arbitrary: fc.string({ maxLength: 3, unit: 'binary' }) },
);

describe('urgency by way of the first look', () => {
  it('says the same as when every expression is tried', () => {
    fc.assert(
      fc.property(fc.array(fragment, { minLength: 1, maxLength: 4 }), (fragments) => {
        const text = fragments.join('');
        expect(urgencyOfWording(text)).toEqual(urgencyOfWording(text, { thorough: true }));
      }),
      { numRuns: 5000 },
    );
  });

  it.each(matches.map((match, i) => [i, match] as const))('misses no match of expression %i', (_, match) => {
    fc.assert(
      fc.property(match, (text) => {
        expect(urgencyOfWording(text)).toEqual(urgencyOfWording(text, { thorough: true }));
      }),
      { numRuns: 200 },
    );
  });
});
