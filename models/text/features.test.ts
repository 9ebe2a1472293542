import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GOLDEN_TEXTS, shortened, vectorOf } from '../golden.mjs';
import { FeatureExtractor, MAX_PIECES, MAX_TOKENS } from './features.mjs';
import { MAX_UNITS, normalise } from './normalise.mjs';

const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as Record<string, unknown>;

function normalised(text: string): string {
  const units = new Uint16Array(MAX_UNITS + 1);
  const length = normalise(text, units);
  return String.fromCharCode(...units.subarray(0, length));
}
const tokens = (text: string): number[] => vectorOf(text).tokens;

describe('features', () => {
  it.each(Object.keys(GOLDEN_TEXTS))('of golden text %s are those the models were trained with', (name) => {
    expect(shortened(vectorOf(GOLDEN_TEXTS[name] ?? ''))).toEqual(golden[name]);
  });

  it.each([
    ['ＡＢｃ１２，　！', 'abc12, !'],
    ['服務態度', '服务态度'],
    ['a\u200bb\ufe0f\u00adc', 'abc'],
    ['👍🏽', '👍'],
    ['x\ud83d', 'x\ufffd'],
    ['\ude00x', '\ufffdx'],
    ['R&amp;B &lt;3 &ampx', 'r&b <3 &ampx'],
    ['don’t “ok” …', 'don\'t "ok" .'],
    ['a\u0000\tb', 'a  b'],
    ['ÀÉ×ß', 'àé×ß'],
  ])('fold %j to %j', (text, folded) => {
    expect(normalised(text)).toBe(folded);
  });

  it.each([
    ['链接 http://a.b/c', '链接 https://x.y/z?q=1'],
    ['@one hi', '@another hi'],
    ['12345元', '99.5元'],
    ['sooo good', 'soooooo good'],
    ['太太太慢', '太太太太太慢'],
    ['差！！', '差！！！！'],
    ['GOOD', 'good'],
  ])('take %j and %j for the same', (one, other) => {
    expect(tokens(one)).toEqual(tokens(other));
  });

  it.each([
    ['[怒]', '怒'],
    ['慢', '太慢'],
    ['好！', '好！！'],
    ['谢谢', '谢'],
    ['😡', '😀'],
    ['2星', '5星'],
    ["don't", 'dont'],
  ])('tell %j from %j', (one, other) => {
    expect(tokens(one)).not.toEqual(tokens(other));
  });

  it('make one token of a tag, and none of brackets that are not one', () => {
    expect(tokens('[怒]').length).toBe(1);
    expect(tokens('[this is long]').length).toBe(5);
    expect(tokens('[]').length).toBe(2);
    expect(tokens('[').length).toBe(1);
  });

  it('take the beginning and the end of a text that is too long', () => {
    const middle = '中'.repeat(8000);
    expect(tokens(`好${middle}差`)).toEqual(tokens(`好${'中'.repeat(9000)}差`));
    expect(normalised(`${'a'.repeat(5000)}z`).length).toBe(MAX_UNITS);
    expect(normalised('😀'.repeat(3000)).length).toBeLessThanOrEqual(MAX_UNITS + 1);
  });

  it('stay within their bounds for any text, and keep nothing from the text before', () => {
    const extractor = new FeatureExtractor();
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud83d', '&amp;', 'http://', '[', '@a', 'aaa', '😀'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (parts, times) => {
        const text = parts.join('').repeat(times);
        const { tokenCount, pieceCount } = extractor.read(text);
        expect(tokenCount).toBeLessThanOrEqual(MAX_TOKENS);
        expect(pieceCount).toBeLessThanOrEqual(MAX_PIECES);
        expect([...extractor.tokens.subarray(0, tokenCount)]).toEqual(tokens(text));
      }),
      { numRuns: 300 },
    );
  });
});
