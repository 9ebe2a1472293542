import { describe, expect, it } from 'vitest';
import { createSchemaValidator } from './schema-validator.ts';

const validate = createSchemaValidator({
  t: {
    type: 'object',
    required: ['a'],
    maxProperties: 8,
    properties: {
      a: { type: ['string', 'null'], minLength: 1, maxLength: 3, pattern: '^[a-z]*$' },
      n: { type: 'number', minimum: 0, maximum: 10 },
      e: { type: 'string', enum: ['x', 'y'] },
      l: { type: 'array', maxItems: 1 },
      o: { type: 'object', required: ['a/b'] },
    },
    anyOf: [{ required: ['n'] }, { required: ['e'] }],
  },
});

describe('createSchemaValidator', () => {
  it('has nothing to say about what fits', () => {
    expect(validate('t', { a: 'ab', n: 1, more: 'kept' })).toBeNull();
  });

  it.each([
    [{ n: 1 }, '/a', 'is missing, but required'],
    [{ a: 5, n: 1 }, '/a', 'must be a string, found an integer'],
    [{ a: '', n: 1 }, '/a', 'must not be empty'],
    [{ a: 'secret', n: 1 }, '/a', 'must have at most 3 characters, found a string of 6 characters'],
    [{ a: '1', n: 1 }, '/a', 'must match ^[a-z]*$, found a string of 1 characters'],
    [{ a: 'a', n: 11 }, '/n', 'must be <= 10'],
    [{ a: 'a', n: [1] }, '/n', 'must be a number, found a list of 1'],
    [{ a: 'a', e: 'secret' }, '/e', 'must be one of "x", "y", found a string of 6 characters'],
    [{ a: 'a', n: 1, l: [1, 2] }, '/l', 'must have at most 1 items, found a list of 2'],
    [{ a: 'a', n: 1, o: {} }, '/o/a~1b', 'is missing, but required'],
    [{ a: 'a' }, '', 'must have n or e'],
    [[], '', 'must be an object, found a list of 0'],
    [null, '', 'must be an object, found null'],
  ])('%j: %s %s', (data, at, error) => {
    expect(validate('t', data)).toEqual([{ at, error }]);
  });

  it('tells all faults, up to ten', () => {
    expect(
      validate('t', { n: -1, e: 1 })
        ?.map(({ at }) => at)
        .sort(),
    ).toEqual(['/a', '/e', '/e', '/n']);
  });

  it('says so when a type has no schema', () => {
    expect(validate('u', {})).toEqual([{ at: '', error: 'there is no schema for this type' }]);
  });
});
