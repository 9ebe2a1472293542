import { describe, expect, it } from 'vitest';
import { isGarbled, isRepeated, qualityOf } from './quality.ts';

const mojibakeLatin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const asGbk = (text: string): string => new TextDecoder('gbk').decode(Buffer.from(text, 'utf8'));

const CLEAN = [
  '等了两个小时还没送到，太慢了',
  'The delivery was late and the food was cold.',
  '服务态度很好👍，下次还来～',
  'Crème brûlée was délicieux, café naïve',
  'Straße, Größe, schön',
  '価格が高いです',
  '锅包肉很好吃，涓涓细流',
  '鍋貼很好吃，價錢公道，態度親切',
  'ok',
  '5星',
  'Responsibilities and internationalization',
  'rhythm strengths',
  'see https://example.com/abcdefghijkl for it',
  '“很好”——我说…',
  '[怒][怒]太差了',
  'ＡＢＣ１２３　全角',
  '杩 is a rare character',
  'the app shows \ufffd once in a rather long sentence',
];
const GARBLED = [
  asGbk('等了两个小时还没送到，太慢了。服务很差'),
  asGbk('服务态度非常好，下次再来'),
  asGbk('快递太慢了，客服也不理人，差评'),
  '锟斤拷锟斤拷送餐太慢',
  '烫烫烫烫烫烫',
  mojibakeLatin('等了两个小时还没送到'),
  mojibakeLatin('café très délicieux à côté'),
  'It doesnâ€™t work, I canâ€™t log in',
  '��������',
  '太\ufffd慢\ufffd了\ufffd',
  'a\u0001b\u0002c\u0003',
  'asdfghjkl asdfghjkl',
  'sdfkjhsdkjfhskdjf',
  'qwertyuiop',
];

describe('isGarbled', () => {
  it.each(CLEAN)('passes %j', (text) => {
    expect(isGarbled(text)).toBe(false);
  });
  it.each(GARBLED)('finds %j', (text) => {
    expect(isGarbled(text)).toBe(true);
  });
});

describe('isRepeated', () => {
  it.each(['差评差评差评差评', 'test test test test test ', '1111111111', '送餐慢。送餐慢。送餐慢。送餐慢。送'])(
    'finds %j',
    (text) => {
      expect(isRepeated(text)).toBe(true);
    },
  );
  it.each([
    '哈哈哈哈哈哈哈哈',
    '太太太太太太太太慢',
    '好好好好好好好好',
    '😡😡😡😡😡😡',
    '很慢很慢很慢',
    '差评，真的差评',
    '!!!!!!!!!!',
  ])('passes %j', (text) => {
    expect(isRepeated(text)).toBe(false);
  });
});

describe('qualityOf', () => {
  it.each([
    [{ text: '很好' }, {}],
    [{ text: ' \n…!!! ' }, { empty: true }],
    [{ text: '😡' }, {}],
    [{ text: '��������' }, { garbled: true }],
    [{ text: '差评差评差评差评' }, { repeated: true }],
    [{ transcript_confidence: 0.4 }, { low_confidence: true }],
    [{ transcript_confidence: 0.9 }, {}],
    [{ answers: [3, 3, 3, 3, 3] }, { straight_lined: true }],
    [
      { answers: { a: { score: 5 }, b: { score: 5 }, c: { score: 5 }, d: { score: 5 }, e: { score: 5 } } },
      { straight_lined: true },
    ],
    [{ answers: [3, 3, 3, 3, 2] }, {}],
    [{ answers: [3, 3, 3] }, {}],
    [{ answers: ['a', 'a', 'a', 'a', 'a'] }, {}],
  ])('%j → %j', (data, flags) => {
    expect(qualityOf(data, null)).toEqual(flags);
  });
});
