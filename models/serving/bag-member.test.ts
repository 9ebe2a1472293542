import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBag } from './bag-member.mjs';
import { GOLDEN_TEXTS } from '../lab/golden.mjs';
import { BUNDLED_SENTIMENT } from '../location.ts';
import { parseConfig, parseIssuesConfig } from './model-config.mjs';
import { INT16, INT8, readGraph } from './onnx-graph.mjs';
import { bytesTable, shortsTable } from './pooled-table.mjs';
import { FeatureExtractor } from '../text/features.mjs';

const issues = join(BUNDLED_SENTIMENT, '../issues');
const textOf = (dir: string): string => readFileSync(join(dir, 'model.json'), 'utf8');
const sentiment = parseConfig(textOf(BUNDLED_SENTIMENT));
const { linear } = sentiment;
const bags = [
  { what: 'sentiment', dir: BUNDLED_SENTIMENT, config: sentiment.bag },
  ...(linear === undefined ? [] : [{ what: 'linear', dir: BUNDLED_SENTIMENT, config: linear }]),
  { what: 'issues', dir: issues, config: parseIssuesConfig(textOf(issues)).bag },
];
const extractor = new FeatureExtractor();
const texts = [...Object.values(GOLDEN_TEXTS), '好'.repeat(400) + 'bad service '.repeat(120)];

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bag-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a bag', () => {
  it.each(bags)('of $what gives what ONNX Runtime makes of the same file, to float noise', async ({ dir, config }) => {
    const here = await openBag(dir, config);
    const there = await openBag(dir, config, 'onnxruntime');
    expect([here.runs, there.runs]).toEqual(['here', 'onnxruntime']);
    for (const text of texts) {
      const features = extractor.features(text);
      const [mine, theirs] = [await here.logits(features), await there.logits(features)];
      expect(mine.length).toBe(theirs.length);
      mine.forEach((logit, c) => expect(Math.abs(logit - Number(theirs[c]))).toBeLessThan(1e-4));
    }
  });

  it('that is linear gives the very bits of ONNX Runtime, however much of a text is Latin words', async () => {
    if (linear === undefined) throw new Error('expected a linear member');
    const here = await openBag(BUNDLED_SENTIMENT, linear);
    const there = await openBag(BUNDLED_SENTIMENT, linear, 'onnxruntime');
    const words = fc.constantFrom('很好', '退款', '不', 'awful', 'thanks', 'APP', 'not', '3', '😡', '！', ' ');
    const shares = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 40 }), async (parts) => {
        const features = extractor.features(parts.join(' '));
        shares.add((features.pieces.length / Math.max(1, features.grams.length)).toFixed(1));
        expect([...(await here.logits(features))]).toEqual([...(await there.logits(features))]);
      }),
      { seed: 4, numRuns: 60, endOnFailure: true, examples: [[[]], [['很好']], [['awful']], [['很好', 'APP', '3']]] },
    );
    expect(shares.size).toBeGreaterThan(5);
  });

  it('that is linear counts whole in Chinese, half in Latin words, between them where they are mixed', async () => {
    if (linear === undefined) throw new Error('expected a linear member');
    const bytes = readFileSync(join(BUNDLED_SENTIMENT, linear.file));
    readGraph(bytes).constants.get('latin_less')?.bytes.fill(0);
    writeFileSync(join(folder, linear.file), bytes);
    const whole = await openBag(folder, linear);
    const bag = await openBag(BUNDLED_SENTIMENT, linear);
    expect([whole.runs, bag.runs]).toEqual(['here', 'here']);
    const shareOf = async (text: string): Promise<number> => {
      const features = extractor.features(text);
      return Number((await bag.logits(features))[0]) / Number((await whole.logits(features))[0]);
    };
    expect(await shareOf('等了两个小时还没送到，太慢了')).toBe(1);
    expect(await shareOf('Worst airline ever, rude staff')).toBe(0.5);
    const mixed = await shareOf('等了两个小时还没送到，太慢了，terrible');
    expect(mixed).toBeGreaterThan(0.6);
    expect(mixed).toBeLessThan(0.95);
  });

  it('whose features are distinct counts each bucket once', async () => {
    const features = extractor.features('好好好，不错 good good');
    const twice = {
      ...features,
      grams: Int32Array.from([...features.grams, ...features.grams]),
      pieces: Int32Array.from([...features.pieces, ...features.pieces].reverse()),
    };
    for (const { dir, config } of bags) {
      const bag = await openBag(dir, { ...config, distinct: true });
      expect([...(await bag.logits(twice))]).toEqual([...(await bag.logits(features))]);
    }
  });

  it('with another graph runs in ONNX Runtime', async () => {
    const path = join(folder, 'model.onnx');
    copyFileSync(join(BUNDLED_SENTIMENT, sentiment.bag.file), path);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('Relu');
    expect(at).toBeGreaterThan(0);
    bytes.write('Tanh', at);
    writeFileSync(path, bytes);
    const other = await openBag(folder, { ...sentiment.bag, file: 'model.onnx' });
    const usual = await openBag(BUNDLED_SENTIMENT, sentiment.bag);
    const features = extractor.features('服务很好');
    expect(other.runs).toBe('onnxruntime');
    expect([...(await other.logits(features))]).not.toEqual([...(await usual.logits(features))]);
  });
});

describe('the constants of an .onnx file', () => {
  it('are all there, with their sizes', () => {
    const { ops, constants } = readGraph(readFileSync(join(issues, 'model.onnx')));
    expect(ops.at(-1)).toBe('Gemm');
    const { dims, type, bytes } = constants.get('gram_table') ?? { dims: [], type: 0, bytes: new Uint8Array() };
    expect(type).toBe(INT8);
    expect(dims[0]).toBe(2 ** 16);
    expect(bytes.length).toBe(dims.reduce((a, b) => a * b, 1));
  });

  it.each(['not onnx', '\x3a\xff', '\x3a\x05ab'])('are refused in %j', (text) => {
    expect(() => readGraph(Buffer.from(text, 'latin1'))).toThrow(/expected a protocol buffer/);
  });
});

describe('sums of rows', () => {
  const tables = (bits: 8 | 16, width: number): fc.Arbitrary<{ table: number[][]; picked: number[] }> => {
    const value = fc.oneof(
      fc.constantFrom(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
      fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }),
    );
    return fc.record({
      table: fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 7, maxLength: 7 }),
      picked: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 700, size: 'max' }),
    });
  };
  const plain = (table: number[][], picked: number[]): number[] =>
    (table[0] ?? []).map((_, c) => picked.reduce((sum, row) => sum + Number(table[row]?.[c]), 0));

  it('of bytes are exact, however many', () => {
    fc.assert(
      fc.property(tables(8, 8), ({ table, picked }) => {
        const bytes = Uint8Array.from(table.flat());
        const rows = bytesTable({ dims: [7, 8], type: INT8, bytes });
        const into = new Int32Array(8);
        rows.sum(Int32Array.from(picked), picked.length, into);
        expect([...into]).toEqual(plain(table, picked));
      }),
      { endOnFailure: true },
    );
  });

  it('of shorts are exact, however many', () => {
    fc.assert(
      fc.property(tables(16, 4), ({ table, picked }) => {
        const bytes = new Uint8Array(Int16Array.from(table.flat()).buffer);
        const rows = shortsTable({ dims: [7, 4], type: INT16, bytes });
        const into = new Int32Array(4);
        rows.sum(Int32Array.from(picked), picked.length, into);
        expect([...into]).toEqual(plain(table, picked));
      }),
      { endOnFailure: true },
    );
  });
});
