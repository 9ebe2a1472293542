import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './spelling.ts';

describe('the nearest word', () => {
  const known = ['channels', 'channel', 'region', 'csat', 'nps'];
  it.each([
    ['chanel', 'channel'],
    ['regoin', 'region'],
    ['CSAT', 'csat'],
    ['csta', 'csat'],
    ['np', 'nps'],
    ['xyz', undefined],
    ['', undefined],
    ['a'.repeat(5000), undefined],
  ])('of %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });
  it('as a question, or nothing', () => {
    expect([didYouMean('chanel', known), didYouMean('xyz', known)]).toEqual(['; did you mean channel?', '']);
  });
});
