/** No expression and no event makes an evaluation long: patterns in linear time, a number of steps, texts that cannot grow. */
import { describe, expect, it } from 'vitest';
import { compileByLibrary, compileExpression } from './cel.ts';
import { patternOf } from './patterns.ts';

/** Far above what any of these takes, far below what they took before. */
const SOON_MS = 2000;
function took(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const tens = '[1,2,3,4,5,6,7,8,9,10]';
const nested = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].reduceRight(
  (body, name) => `${tens}.all(${name},${body})`,
  'a+b+c+d+e+f+g>0',
);
const bound = Array.from({ length: 60 }, (_, i) => `cel.bind(s${i + 1}, s${i} + s${i}, `).join('');

describe('an evaluation is given up', () => {
  const list = Array.from({ length: 2000 }, (_, i) => `x${i}`);
  const long = 'word '.repeat(40_000);
  it.each([
    ['macros inside macros', nested],
    ['a list held against itself', 'data.list.all(a, data.list.exists(b, a == b))'],
    ['a list of lists', 'data.list.map(a, data.list.map(b, a + b)) == data.list'],
    ['membership in a long list, for each of it', 'data.list.all(a, a in data.list)'],
    ['a text that doubles', `cel.bind(s0, data.text, ${bound}size(s60) > 1${')'.repeat(60)})`],
    ['a long text joined many times', 'data.list.map(a, data.text).join("") != ""'],
    ['a long text cut for each of a list', 'data.list.all(a, size(data.text.split(" ")) > 0)'],
    ['deep comparisons, many times', 'data.list.all(a, data == data)'],
    ['texts that are joined again and again', Array.from({ length: 40 }, () => 'data.text').join(' + ')],
    ['over budget on one side of ||', `${nested} || data.list.all(a, a in data.list) || 1 + data.none > 0`],
    ['a pattern from the event for each of a list', 'data.list.exists(a, data.text.matches(a + "[0-9]z"))'],
  ])('%s', (_, source) => {
    const evaluate = compileExpression(source);
    const event = { data: { list, text: long } };
    let value: unknown;
    expect(took(() => (value = evaluate(event)))).toBeLessThan(SOON_MS);
    expect(value).toBeUndefined();
    // The next one has all its steps again.
    if (!source.includes('[1,2,3')) expect(compileExpression('data.list.exists(a, a == "x9")')(event)).toBe(true);
  });
});

it('an evaluation that was given up takes nothing from the next one', () => {
  const evaluate = compileExpression('data.list.all(a, data.list.exists(b, a == b))');
  const list = Array.from({ length: 2000 }, (_, i) => `x${i}`);
  expect(evaluate({ data: { list } })).toBeUndefined();
  expect(evaluate({ data: { list: list.slice(0, 20) } })).toBe(true);
});

it('every evaluation has all its steps, of a part of an expression too', () => {
  const text = 'word '.repeat(40_000);
  const evaluate = compileExpression('data.text + channel != "" && value > 0');
  const isPossible = evaluate.whenKnown(['data', 'channel']);
  for (let i = 0; i < 20; i++) {
    expect(evaluate({ data: { text }, channel: 'app', value: 1 })).toBe(true);
    expect(isPossible({ data: { text }, channel: 'app' })).toBe(true);
  }
});

it('lists of the size that events have stay within the steps', () => {
  const list = Array.from({ length: 250 }, (_, i) => ({ label: `x${i}`, n: i }));
  const event = { data: { list } };
  expect(compileExpression('data.list.exists(i, i.label == "x249")')(event)).toBe(true);
  expect(compileExpression('data.list.filter(i, i.n > 100.0).map(i, i.label).size()')(event)).toBe(149);
  expect(compileExpression('data.list.all(a, data.list.exists(b, a.n == b.n))')(event)).toBe(true);
});

describe('patterns', () => {
  const evil = `${'a'.repeat(50_000)}!`;
  it.each(['^(a+)+$', '(a|aa)+$', '(a|a)*$', '(.*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a?){30}a{30}b'])(
    '%s takes no more than linear time',
    (pattern) => {
      for (const compile of [compileExpression, compileByLibrary]) {
        const evaluate = compile(`data.text.matches(${JSON.stringify(pattern)})`);
        expect(took(() => evaluate({ data: { text: evil } }))).toBeLessThan(SOON_MS);
        expect(evaluate({ data: { text: 'a!' } })).toBe(new RegExp(pattern).test('a!'));
      }
    },
  );
  it.each<[string, string, boolean]>([
    ['退款|投诉', '我要投诉', true],
    ['退款|投诉', '谢谢', false],
    ['(?i)refund', 'REFUND now', true],
    ['^很差', '服务很差', false],
    ['[0-9]{4,}', 'order 12345', true],
    ['\\p{Han}+很', '太太很', true],
    ['a.c', 'a😀c', true],
    ['', 'anything', true],
    ['a|', 'x', true],
    ['', '', true],
  ])('%j in %j is %s, both ways', (pattern, text, found) => {
    const source = `data.text.matches(${JSON.stringify(pattern)})`;
    expect(compileExpression(source)({ data: { text } })).toBe(found);
    expect(compileByLibrary(source)({ data: { text } })).toBe(found);
  });
  it('that come from the event are bounded too, and have no value where they are none', () => {
    const evaluate = compileExpression('data.text.matches(data.pattern)');
    expect(evaluate({ data: { text: 'abc', pattern: 'b' } })).toBe(true);
    expect(evaluate({ data: { text: 'abc', pattern: 'x' } })).toBe(false);
    expect(evaluate({ data: { text: 'abc', pattern: '(' } })).toBeUndefined();
    expect(evaluate({ data: { text: 'abc', pattern: 'b'.repeat(3000) } })).toBeUndefined();
    expect(evaluate({ data: { text: 5, pattern: 'b' } })).toBeUndefined();
  });
  it.each([
    ['(?=a)b', 'is not a pattern of RE2'],
    ['(?!a)b', 'is not a pattern of RE2'],
    ['(?<=a)b', 'is not a pattern of RE2'],
    ['(a)\\1', 'is not a pattern of RE2'],
    ['(', 'is not a pattern of RE2'],
    ['a{1001}', 'is not a pattern of RE2'],
    ['(\\pL\\pN){500}', 'is too large'],
    ['a'.repeat(2001), 'has 2001 characters'],
  ])('%s is refused when it is compiled', (pattern, part) => {
    expect(() => patternOf(pattern)).toThrow(part);
    expect(() => compileExpression(`data.text.matches(${JSON.stringify(pattern)})`)).toThrow(part);
  });
});
