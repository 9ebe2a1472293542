import { describe, expect, it } from 'vitest';
import { createMasker } from '../mask.ts';
import { maskText } from '../mask-text.ts';
import { escapedAt, unescaped } from './percent.ts';

const encodedDigits = (text: string): string => text.replace(/[0-9]/g, (digit) => `%3${digit}`);
const MOBILE = encodedDigits('13812345678');
const NAME = encodeURIComponent('欧阳震华');

describe('links', () => {
  it.each([
    ['a phone and a name', 'https://x.cn/t?phone=5551234&name=张三&x=1', 'https://x.cn/t?phone=555****&name=张*&x=1'],
    ['an escaped name', `https://x.cn/?name=${NAME}#top`, 'https://x.cn/?name=%E6%AC%A7**#top'],
    ['names with a plus', 'https://x.cn/?full_name=John+Smith', 'https://x.cn/?full_name=J**'],
    [
      'names in brackets',
      'https://x.cn/?customer[name]=王芳&customer.tel=55512',
      'https://x.cn/?customer[name]=王*&customer.tel=555****',
    ],
    ['an escaped name of a parameter', 'https://x.cn/?x=1&%70assword=a%26b', 'https://x.cn/?x=1&%70assword=***'],
    [
      'keys',
      'https://x.cn/?session_key=abc.def-9&page=2&authorization=e30.x',
      'https://x.cn/?session_key=***&page=2&authorization=***',
    ],
    ['an address', '/to?address=5+Elm+Way&city=上海', '/to?address=***&city=上海'],
    ['a fragment', 'https://x.cn/#state=1&access_token=abc', 'https://x.cn/#state=1&access_token=***'],
    ['HTML', 'https://x.cn/?a=1&amp;id_card=X99', 'https://x.cn/?a=1&amp;id_card=X***'],
    ['a form', 'mobile=5551234&nickname=小明', 'mobile=555****&nickname=小*'],
    ['a link within a link', 'https://x.cn/?to=%2Fu%3Fpassword%3Dabc', 'https://x.cn/?to=%2Fu%3Fpassword%3D***'],
    ['spaces of a form', 'https://x.cn/?q=138+1234+5678', 'https://x.cn/?q=138****5678'],
    ['a link in a sentence', '看https://x.cn/?name=张三，谢谢', '看https://x.cn/?name=张*，谢谢'],
    ['escaped digits', `https://x.cn/?q=${MOBILE}&x=1`, 'https://x.cn/?q=138****5678&x=1'],
    ['escaped digits in a path', `https://x.cn/u/${MOBILE}/orders`, 'https://x.cn/u/138****5678/orders'],
    ['a number in a path', 'https://x.cn/u/13812345678/orders', 'https://x.cn/u/138****5678/orders'],
    ['full-width digits, escaped', `打${encodeURIComponent('１３８１２３４５６７８')}`, '打138****5678'],
    ['escaped twice', `?q=${MOBILE.replaceAll('%', '%25')}`, '?q=138****5678'],
  ])('%s', (_what, text, masked) => {
    const found = maskText(text);
    expect(found.text).toBe(masked);
    expect(found.count).toBeGreaterThan(0);
    expect(maskText(masked)).toEqual({ text: masked, count: 0 });
  });

  it.each([
    ['https://x.cn/u/zhang.wei@example.com/orders'],
    ['https://x.cn/u/zhang.wei%40example.com/orders'],
    [`https://x.cn/?mail=${encodeURIComponent('zhang.wei@example.com')}`],
    [`https://x.cn/?q=${encodedDigits('zhang.wei').replaceAll('.', '%2E').replaceAll('w', '%77')}%40example.com`],
  ])('a mail address in %s is hidden', (text) => {
    const { text: masked } = maskText(text);
    expect(unescaped(masked)).not.toMatch(/hang|wei/);
    expect(maskText(masked).text).toBe(masked);
  });

  it.each([
    ['https://x.cn/t?page=2&sort=price&mobile=1&utm_source=app'],
    ['https://x.cn/search?q=%E5%A4%AA%E6%85%A2%E4%BA%86&lang=zh'],
    ['折扣100%25，1+1=2，a=b&c=d'],
    ['满100%20减，完成度 50%'],
    ['https://x.cn/p/202403021234567890?ts=1712345678901'],
    ['a?=1&=2&phone=&name='],
  ])('%s stays', (text) => {
    expect(maskText(text)).toEqual({ text, count: 0 });
  });

  it('of a large text are found in steps, each a value of any length', () => {
    const masked = maskText(`${'x '.repeat(20_000)}?name=张三&token=${'e30'.repeat(5_000)}`).text;
    expect(masked.trimStart().endsWith('x ?name=张*&token=***')).toBe(true);
  });

  it("hide the customer's own name, escaped", () => {
    const { data } = createMasker({ key: 'k' }).data({
      customer: { name: '欧阳震华' },
      permalink: `https://x.cn/?q=${NAME}`,
    });
    expect(data['permalink']).toBe('https://x.cn/?q=%E6%AC%A7**');
  });
});

describe('percent-encoding', () => {
  it.each([
    ['%31%33', '13'],
    ['a%E5%BC%A0b', 'a张b'],
    ['%F0%9F%98%A1', '😡'],
    ['%252531', '1'],
    ['100%25 off', '100% off'],
    ['%ff%fe', '%ff%fe'],
    ['%E5%BC', '%E5%BC'],
    ['%C0%80', '%C0%80'],
    ['%', '%'],
    ['%2', '%2'],
    ['50%gg', '50%gg'],
  ])('of %s is %s', (text, plain) => {
    expect(unescaped(text)).toBe(plain);
  });

  it('begins at a sign or nowhere', () => {
    expect(escapedAt('a%31', 0)).toBeNull();
    expect(escapedAt('a%31', 1)).toEqual({ point: 0x31, end: 4 });
  });
});
