import { expect, test } from 'vitest';
import { cutText } from './cut-text.ts';
import { nameOfKey } from './dimension-names.ts';

test('a text that fits stays as it is; a longer one ends in a mark, and no character is cut within', () => {
  expect(cutText(' 上海 ', 2)).toBe('上海');
  expect(cutText('abcdef', 4)).toBe('abc…');
  expect(cutText('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
});

test('a long value of a key is cut, a name of the board is not', () => {
  const store = '上海市浦东新区世纪大道一百号环球金融中心负一层旗舰体验店';
  expect(nameOfKey({ store, region: 'east' }, 'zh-CN')).toBe(`华东 / ${store.slice(0, 23)}…`);
});
