import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from './sha256.ts';

it('sha256 agrees with the system at every length around a block, and for any signs', () => {
  const texts = ['', 'abc', '满意度 😀', ...Array.from({ length: 200 }, (_, n) => 'x'.repeat(n)), 'é'.repeat(100_000)];
  for (const text of texts) {
    expect(sha256(text), `${text.length} characters`).toBe(createHash('sha256').update(text).digest('hex'));
  }
});
