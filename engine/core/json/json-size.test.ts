import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSize } from './json-size.ts';
import type { Json } from '../types.ts';

const written = (value: Json): number => new TextEncoder().encode(JSON.stringify(value)).length;

describe('the size of a value as JSON', () => {
  it.each([
    ['x'.repeat(10_000), 10_000],
    ['慢'.repeat(10_000), 30_000],
    ['é'.repeat(10_000), 20_000],
    ['😀'.repeat(10_000), 40_000],
  ])('of a long text is that of its bytes', (text, bytes) => {
    expect(jsonSize({ a: [text, null] }) - bytes).toBeLessThan(64);
    expect(jsonSize({ a: [text, null] })).toBeGreaterThan(bytes);
  });

  it('is about what it takes to write it (property)', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 8 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 8 }),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        // Escapes take more, small values less.
        expect(jsonSize(one)).toBeGreaterThanOrEqual(written(one) / 6);
        expect(jsonSize(one)).toBeLessThanOrEqual(16 * written(one));
      }),
    );
  });
});
