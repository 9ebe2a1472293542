import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GOLDEN_TEXTS, shortened, vectorOf } from '../lab/golden.mjs';
import { FeatureExtractor, MAX_PIECES, MAX_TOKENS } from './features.mjs';
import { MAX_UNITS, normalise } from './normalise.mjs';
import { BUCKET_BITS } from './prepare.mjs';

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

  it('golden texts are of every kind that breaks tokenisers', () => {
    const all = Object.values(GOLDEN_TEXTS);
    const kinds: Readonly<Record<string, RegExp>> = {
      traditional: /[務廳麵]/u,
      'full-width': /[\uff21-\uff5a]/u,
      'emoji joined': /\p{Extended_Pictographic}\u200d\p{Extended_Pictographic}/u,
      flags: /\p{RI}\p{RI}/u,
      'skin tones': /[\u{1f3fb}-\u{1f3ff}]/u,
      'variation selectors': /\ufe0f/u,
      tags: /\[怒\]/u,
      links: /https?:\/\//iu,
      mentions: /@\w/u,
      'zero-width': /[\u200b-\u200f\u2060\ufeff]/u,
      'lone surrogates': /\p{Cs}/u,
      'beyond the basic plane': /𠮷/u,
      'ten thousand characters': /^[^]{10000,}$/u,
      empty: /^$/u,
      blank: /^\s+$/u,
    };
    expect(Object.keys(kinds).filter((kind) => !all.some((text) => kinds[kind]?.test(text)))).toEqual([]);
    expect(Object.keys(golden).sort()).toEqual(Object.keys(GOLDEN_TEXTS).sort());
  });

  it.each(Object.keys(GOLDEN_TEXTS))(
    'of %s that the engine hands to its models are the buckets of training',
    (name) => {
      const text = GOLDEN_TEXTS[name] ?? '';
      const { tokens: found, grams, pieces } = new FeatureExtractor().features(text);
      // A bucket of training is the first bits of a hash.
      const bucket = (hash: number): number => hash >>> (32 - BUCKET_BITS);
      expect(shortened({ tokens: [...found], grams: [...grams].map(bucket), pieces: [...pieces].map(bucket) })).toEqual(
        golden[name],
      );
    },
  );

  it('training makes none of its own: no Python reads a text, and what it reads this extractor has written', () => {
    const folders = ['sentiment', 'issues'].map((name) => new URL(`../${name}/`, import.meta.url));
    const sources = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.py'))
        .map((file) => ({ file, source: readFileSync(new URL(file, folder), 'utf8') })),
    );
    expect(sources.length).toBeGreaterThan(8);
    const readsText = /\.tsv|import (?:re|csv|unicodedata|jieba)\b|tokenizers|\.lower\(|sys\.stdin/;
    expect(sources.filter(({ source }) => readsText.test(source)).map(({ file }) => file)).toEqual([]);
    const readers = sources.filter(({ source }) => source.includes('fromfile'));
    expect(readers.length).toBeGreaterThan(2);
    for (const { source } of readers) expect(source).toMatch(/\.i32"?[^\n]*<i4/);
    for (const writer of ['prepare.mjs', '../issues/columns.mjs']) {
      const source = readFileSync(new URL(writer, import.meta.url), 'utf8');
      expect(source).toMatch(/import \{[^}]*FeatureExtractor[^}]*\} from '\.[^']*features\.mjs'/);
    }
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
