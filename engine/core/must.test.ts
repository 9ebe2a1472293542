import { describe, expect, it } from 'vitest';
import { at, ensure, InvariantError, must, unreachable } from './must.ts';

describe('assertions of invariants', () => {
  it('give what is there, whatever its value', () => {
    expect([must(0), must(''), must(false)]).toEqual([0, '', false]);
    expect([at([7, 8], 1), at(new Float64Array([0]), 0)]).toEqual([8, 0]);
    expect(() => ensure(true, 'one is one')).not.toThrow();
  });

  it.each([
    ['must', () => must(undefined, 'the slice of an open window'), 'the slice of an open window is missing'],
    ['must', () => must(null), 'a value that must be there is missing'],
    ['at', () => at([1], 1), 'there is no element 1 of 1'],
    ['at', () => at(new Int32Array(2), -1), 'there is no element -1 of 2'],
    ['at', () => at(new Int32Array(2), Number.NaN), 'there is no element NaN of 2'],
    ['ensure', () => ensure(false, 'slices are sorted'), 'it does not hold that slices are sorted'],
    ['unreachable', () => unreachable('median' as never, 'measure'), 'unknown measure: median'],
    ['unreachable', () => unreachable({ text: 'a secret' } as never), 'unknown case: object'],
  ])('%s throws what does not hold', (_, broken, message) => {
    expect(broken).toThrow(new InvariantError(message));
  });
});
