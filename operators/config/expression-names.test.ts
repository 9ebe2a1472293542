import { describe, expect, it } from 'vitest';
import { variablesOf } from './expression-names.ts';

describe('variables of an expression', () => {
  it.each([
    ['value < 80', ['value']],
    ['low > 30 && value > 40 || n >= 100', ['low', 'value', 'n']],
    ['data.metric == "csat"', ['data']],
    ['data["metric"] == key.region', ['data', 'key']],
    ['true', []],
    ['"value" + \'n\' == "a\\"b" + c', ['c']],
    ['data.tags.exists(t, t == "x" && u)', ['data', 'u']],
    ['[1, 2].map(x, x * n)', ['n']],
    ['has(data.text) && size(data.text) > 10', ['data']],
    ['data.text.contains("很差") || startsWith', ['data', 'startsWith']],
    ['type == "cx.case.opened"', ['type']],
    ['value > 1e3 && value < 0x1F', ['value']],
    ['x in [a, b] ? c : null', ['x', 'a', 'b', 'c']],
    ['value // n\n > 1', ['value']],
    ['{"a": b}.a', ['b']],
    ['r"n\\" + """x "y" z""" + value', ['value']],
  ])('%s', (source, expected) => {
    expect(variablesOf(source)).toEqual(expected);
  });
});
