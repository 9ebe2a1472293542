/** What says by table that a rule has something to start from says the same as the expression that it stands for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLATE_HINT } from '../mask-plates.ts';
import { ODD_HINT } from '../numbers/odd-separators.ts';
import { CODE_HINT, PAPER_WORD, PAPER_WORD_HINT } from '../paper-words.ts';
import type { Hint } from '../replaced.ts';
import { HAN_NUMERAL, SPELLED_HINT } from '../spelled-numbers.ts';

const GAP = '[ \\-.、,，·_/]{0,2}';
const SIGN = '[^\\p{L}\\p{N}\\s*()\\[\\]（）【】.。\\-/\\\\_,，、·•・‧∙~～|…]';
const PROVINCE = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';
/** With characters that make it hold, and fail by one. */
const HINTS: readonly (readonly [name: string, hint: Hint, expression: RegExp, units: string])[] = [
  [
    'numerals',
    SPELLED_HINT,
    new RegExp(`[${HAN_NUMERAL}](?:${GAP}[0-9${HAN_NUMERAL}]){5}|(?:[0-9]${GAP}){3}[${HAN_NUMERAL}]`),
    '019一幺①〇零 .-、,_/oIx号',
  ],
  [
    'plates',
    PLATE_HINT,
    new RegExp(`[${PROVINCE}][\\s·•・.‧∙-]{0,2}[A-Za-z]|[军空海北南沈兰济广成][A-Z]|WJ|使[0-9]|[0-9]使`),
    '京粤琼军广使WJAza09 ·.-\u3000•{@[é`',
  ],
  ['codes', CODE_HINT, /[0-9](?:[ ./-]?[0-9A-Za-z]){4}/, '019Az ./-+号'],
  ['odd separators', ODD_HINT, new RegExp(`[0-9]${SIGN}{1,3}[0-9]`, 'u'), '019#♥📞:+ *,.-~，号é½'],
  ['words for papers', PAPER_WORD_HINT, new RegExp(PAPER_WORD, 'i'), 'NiIcSs .T号证护照身份验sécuÉпасССИНн0-_'],
];

describe('what a rule starts from', () => {
  it.each(HINTS)('%s: by table it is what the expression finds', (_name, hint, expression, units) => {
    const some = fc.array(fc.constantFrom(...Array.from(units)), { minLength: 1, maxLength: 12 });
    const found = { true: 0, false: 0 };
    fc.assert(
      fc.property(some, (signs) => {
        const text = signs.join('');
        const isFound = expression.test(text);
        found[isFound ? 'true' : 'false'] += 1;
        expect(hint.test(text), text).toBe(isFound);
      }),
      { numRuns: 3000, seed: 20261130 },
    );
    expect(Math.min(found.true, found.false)).toBeGreaterThan(20);
  });

  /** The alternatives of the expression, with what may be left out and each of what a class allows. */
  const ways = alternativesOf(PAPER_WORD).flatMap(written);
  it(`each of ${String(ways.length)} ways to write a word for a paper is seen, in whatever case`, () => {
    const expression = new RegExp(PAPER_WORD, 'i');
    // 验证号 is no paper, and a part in brackets is written out by hand here.
    const words = ways.filter((way) => expression.test(` ${way} `));
    expect(words.length).toBeGreaterThan(150);
    for (const word of words)
      for (const way of [word, word.toUpperCase(), word.toLowerCase()])
        expect(PAPER_WORD_HINT.test(` ${way} `), way).toBe(expression.test(` ${way} `));
  });
});

/** Those of the outermost level. */
function alternativesOf(source: string): string[] {
  const all: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= source.length; at += 1) {
    const sign = source.charAt(at);
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (at < source.length && (sign !== '|' || depth > 0)) continue;
    all.push(source.slice(from, at));
    from = at + 1;
  }
  return all;
}
/** The texts that a short expression stands for; of a group those with it and without. */
function written(source: string): string[] {
  let texts = [''];
  const parts = source
    .replace(/\\b|\(\?<!\[[^\]]*\]\)/g, '')
    .matchAll(/(\[[^\]]*\]|\((?:\?:)?[^()]*\)|\\?.)(\?|\{0,2\})?/gu);
  for (const [, part = '', many] of parts) {
    const choices = part.startsWith('[')
      ? Array.from(part.slice(1, -1).replace('а-я', 'а'))
      : part.startsWith('(')
        ? part
            .replace(/^\((?:\?:)?|\)$/g, '')
            .split('|')
            .flatMap(written)
        : [part.replace('\\', '')];
    if (many !== undefined) choices.push('');
    texts = texts.flatMap((text) => choices.map((choice) => text + choice));
  }
  return texts;
}
