import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonItems, nestsTooDeep, type ListItems } from './json-items.ts';
import { allAtOnce } from '../steps/steps.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textsOf = (list: ListItems): unknown =>
  'items' in list ? list.items.map((item) => new TextDecoder().decode(item)) : list;
const cut = (text: string, most = 100): unknown =>
  textsOf(allAtOnce(jsonItems(bytesOf(text), text.indexOf('['), most)));

describe('a list in JSON', () => {
  it.each<[string, unknown]>([
    ['[]', []],
    [' [ \n ] ', []],
    ['[1]', ['1']],
    ['[1, "a,]" ,{"b":[1,2]}\n]\n', ['1', '"a,]"', '{"b":[1,2]}']],
    ['["\\"", "\\\\"]', ['"\\""', '"\\\\"']],
    ['[1,]', ['1', '']],
    ['[,1]', ['', '1']],
    ['["张三"]', ['"张三"']],
    ['[1', { fault: 'it ends too early (after 2 bytes): expected , or ]' }],
    ['["a]', { fault: 'it ends too early (after 4 bytes): expected , or ]' }],
    ['[1] x', { fault: 'at byte 5: expected the end, after one complete value' }],
    ['['.repeat(65), { fault: 'it nests deeper than 64 levels' }],
  ])('%j', (text, items) => {
    expect(cut(text)).toEqual(items);
  });

  it('stops where there are more items than wanted', () => {
    expect(cut('[1,2,3]', 3)).toEqual(['1', '2', '3']);
    expect(cut('[1,2,3,4]', 3)).toEqual({ more: true });
    expect(cut(`[1,2,3,4,${'['.repeat(1000)}`, 3)).toEqual({ more: true });
  });

  it('is cut as it is decoded, and is no JSON where an item is none', () => {
    const lists = fc.array(fc.json()).map((list) => `[${list.join(' , ')}]`);
    const broken = fc
      .tuple(lists, fc.nat(), fc.constantFrom('', ',', '{', ']', '[', '"', '\\', '1', ' '), fc.nat(3))
      .map(([text, at, insert, gone]) => {
        const place = 1 + (at % text.length);
        return text.slice(0, place) + insert + text.slice(place + gone);
      });
    fc.assert(
      fc.property(fc.oneof(lists, broken), (text) => {
        let decoded: unknown;
        try {
          decoded = JSON.parse(text) as unknown;
        } catch {
          decoded = 'none';
        }
        const list = cut(text, 1000);
        let items: unknown = 'none';
        try {
          if (Array.isArray(list)) items = list.map((item) => JSON.parse(String(item)) as unknown);
        } catch {
          items = 'none';
        }
        expect(items).toEqual(decoded);
      }),
      { numRuns: 3000 },
    );
  });

  it('hands the loop over', () => {
    const steps = jsonItems(bytesOf(`[${'{"a":"b"},'.repeat(200_000)}1]`), 0, 1e9);
    let count = 0;
    while (steps.next().done !== true) count += 1;
    expect(count).toBeGreaterThan(10);
  });
});

it('depth counts outside of strings', () => {
  expect(nestsTooDeep(bytesOf('{"a":'.repeat(65)))).toBe(true);
  expect(nestsTooDeep(bytesOf('{"a":'.repeat(64)))).toBe(false);
  expect(nestsTooDeep(bytesOf(`["${'['.repeat(100)}\\"${'['.repeat(100)}"]`))).toBe(false);
  expect(nestsTooDeep(bytesOf('[{}],'.repeat(1000)))).toBe(false);
});
