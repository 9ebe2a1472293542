import { describe, expect, it } from 'vitest';
import { isBoilerplate } from './boilerplate.ts';
import { isGarbled } from './garbled.ts';
import { isKeyboardMash } from './keyboard-mash.ts';
import { qualityOf } from './quality.ts';
import { isRepeated } from './repeated.ts';

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
];

describe('isGarbled', () => {
  it.each(CLEAN)('passes %j', (text) => {
    expect(isGarbled(text)).toBe(false);
  });
  it.each(GARBLED)('finds %j', (text) => {
    expect(isGarbled(text)).toBe(true);
  });
});

describe('isKeyboardMash', () => {
  it.each(CLEAN)('passes %j', (text) => {
    expect(isKeyboardMash(text)).toBe(false);
  });
  it.each([
    '红红火火恍恍惚惚',
    'wo de kuaidi ne',
    'KXQZW',
    '哈哈哈哈哈哈哈哈哈哈哈哈哈哈',
    'Zamówienie przyszło szybko, dziękuję',
  ])('passes %j', (text) => {
    expect(isKeyboardMash(text)).toBe(false);
  });
  it.each([
    'asdfghjkl asdfghjkl',
    'sdfkjhsdkjfhskdjf',
    'qwertyuiop',
    'asdf jkl asdf',
    'asdasdasd',
    '阿斯顿发斯蒂芬撒旦法',
    '的撒大苏打，撒打算的撒',
  ])('finds %j', (text) => {
    expect(isKeyboardMash(text)).toBe(true);
  });
  it('looks at the words of a text, not at codes, links and names that are hidden in it', () => {
    expect(isKeyboardMash('#sdkfjhsdkf @wrtzpqx https://x.example/qwrtzpsdf B0SDKJFHG7 J*** S***')).toBe(false);
  });
});

describe('isBoilerplate', () => {
  it.each(['此用户没有填写评价', 'No comment provided.', '系统默认好评！'])('finds %j', (text) => {
    expect(isBoilerplate(text, new Set())).toBe(true);
  });
  it("finds what a house says is nobody's words, however it is spaced and marked", () => {
    expect(isBoilerplate(' 五星好评-返现！', new Set(['五星好评返现']))).toBe(true);
    expect(isBoilerplate('五星好评返现是骗人的', new Set(['五星好评返现']))).toBe(false);
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
    [{ text: 'sdfkjhsdkjfhskdjf' }, { keyboard_mash: true }],
    [{ text: '系统默认好评' }, { boilerplate: true }],
    [{ answers: [3, 1, 4], duration_s: 2.9 }, { too_fast: true }],
    [{ answers: { a: 3, b: 1, c: 4 }, duration_ms: 2900 }, { too_fast: true }],
    [{ answers: [3, 1, 4], duration_s: 3 }, {}],
    [{ answers: [3, 1], duration_s: 0.1 }, {}],
    [{ answers: [3, 1, 4], duration_s: -1 }, {}],
    [{ answers: [3, 1, 4], duration_s: '1' }, {}],
    [
      { answers: [3, 3, 3, 3, 3], duration_s: 1 },
      { straight_lined: true, too_fast: true },
    ],
  ])('%j → %j', (data, flags) => {
    expect(qualityOf(data, null)).toEqual(flags);
  });
});
