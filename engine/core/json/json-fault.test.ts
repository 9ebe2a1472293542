import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

describe('jsonFault', () => {
  it.each([
    ['', 'it ends too early (after 0 characters): expected a value'],
    ['{"a":1', 'it ends too early (after 6 characters): expected , or }'],
    ['{"a":"张三', 'it ends too early (after 8 characters): expected the closing " of a string'],
    ['[1,2', 'expected , or ]'],
    ['[1,]', 'at character 4: expected a value'],
    ['{"a":1,}', 'at character 8: expected a name in double quotes'],
    ["{'a':1}", 'at character 2: expected a name in double quotes or }'],
    ['{"a" 1}', 'at character 6: expected : after the name'],
    ['{"a":01}', 'at character 7: expected , or }'],
    ['{"a":NaN}', 'at character 6: expected a value'],
    ['{"a":1} x', 'at character 9: expected the end, after one complete value'],
    ['"a\nb"', 'at character 3: expected an escape'],
    ['"\\x"', 'at character 2: expected a valid escape'],
    ['<xml/>', 'at character 1: expected a value'],
  ])('%j: %s', (text, fault) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(jsonFault(text)).toContain(fault);
  });

  it('finds nothing wrong with JSON, and something wrong with all else', () => {
    const mutated = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '{', ']', '"', '\\', '1', 'x', '\n'))
      .map(
        ([json, at, insert]) =>
          json.slice(0, at % (json.length + 1)) + insert + json.slice((at % (json.length + 1)) + 1),
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), mutated), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(jsonFault(text) === 'it is not valid JSON').toBe(valid);
      }),
      { numRuns: 1000 },
    );
  });

  it('bears any depth', () => {
    expect(jsonFault('['.repeat(1_000_000))).toContain('after 1000000 characters');
  });
});
