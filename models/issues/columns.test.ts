import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FeatureExtractor } from '../text/features.mjs';
import { writeColumns } from './columns.mjs';

const out = mkdtempSync(join(tmpdir(), 'earshot-columns-'));
afterAll(() => {
  rmSync(out, { recursive: true });
});
const column = (name: string): number[] => {
  const bytes = readFileSync(join(out, `${name}.i32`));
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(4 * i));
};

it('writes each text behind the one before, an empty one too, with the features that the engine sees', () => {
  const texts = ['等了两个小时还没送到', '', 'my bag never arrived'];
  writeColumns(
    out,
    texts.map((text, i) => ({ text, label: 1 << i, kind: i })),
  );
  expect(column('labels')).toEqual([1, 2, 4]);
  expect(column('kinds')).toEqual([0, 1, 2]);
  const extractor = new FeatureExtractor();
  for (const name of ['grams', 'pieces'] as const) {
    const ends = column(`${name}-ends`);
    const values = column(name);
    expect(ends).toHaveLength(texts.length + 1);
    for (const [i, text] of texts.entries()) {
      // The first 20 of the 32 bits of the engine's hashes.
      const expected = [...extractor.features(text)[name]].map((hash) => hash >>> 12);
      expect(values.slice(ends[i], ends[i + 1])).toEqual(expected);
    }
  }
  expect(column('tokens-ends').at(-1)).toBe(column('tokens').length);
});
