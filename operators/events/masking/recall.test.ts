/** The labelled set as a test: what must be hidden is, by kind, and what is not personal stays. */
import { describe, expect, it } from 'vitest';
import { maskText } from './mask-text.ts';
import { casesOf, recallOf, totals } from './testing/recall.ts';

const rows = recallOf(casesOf(new URL('testing/cases.ndjson', import.meta.url)), (text) => maskText(text).text);
/** Names and addresses; all other kinds are numbers and ids. */
const BY_LOOK = new Set(['name_zh', 'name_en', 'name_en_title', 'address_zh', 'address_en']);

describe('of 2,742 labelled sentences', () => {
  it.each(rows.filter(({ kind }) => kind !== 'none').map((row) => [row.kind, row] as const))(
    'enough of %s is hidden',
    (kind, { right, all, missed }) => {
      const least = BY_LOOK.has(kind) ? 0.9 : 0.99;
      expect(right / all, missed.map(({ masked }) => masked).join('\n')).toBeGreaterThanOrEqual(least);
    },
  );

  it('what is not personal stays as it is', () => {
    expect(totals(rows).untouched).toBeGreaterThanOrEqual(0.99);
  });
});

/** As measured when they were committed: never lower. Addresses without their usual words are the weak side, Chinese names in `kept`. */
const written = casesOf(new URL('testing/written-cases.ndjson', import.meta.url));
const GROUPS = {
  numbers: (kind: string) => kind !== 'none' && !BY_LOOK.has(kind),
  names: (kind: string) => kind.startsWith('name_'),
  addresses: (kind: string) => kind.startsWith('address_'),
  untouched: (kind: string) => kind === 'none',
};

describe('of 671 sentences written apart from the labelled set', () => {
  it.each([
    ['dev', 'numbers', 157, 157],
    ['dev', 'names', 39, 39],
    ['dev', 'addresses', 19, 20],
    ['dev', 'untouched', 109, 109],
    ['kept', 'numbers', 162, 165],
    ['kept', 'names', 41, 46],
    ['kept', 'addresses', 24, 25],
    ['kept', 'untouched', 110, 110],
  ] as const)('%s: of %s at least %d are right of %d', (set, group, least, all) => {
    const cases = written.filter((one) => one.set === set && GROUPS[group](one.kind));
    expect(cases).toHaveLength(all);
    const found = recallOf(cases, (text) => maskText(text).text);
    const missed = found.flatMap((row) => row.missed.map(({ masked }) => masked));
    expect(all - missed.length, missed.join('\n')).toBeGreaterThanOrEqual(least);
  });
});

/** As measured after what was missing in both halves had been mended: never lower. testing/card.md has the scores before. */
const heldOut = casesOf(new URL('testing/held-out-cases.ndjson', import.meta.url));

describe('of 819 sentences written apart from the rules', () => {
  it.each([
    ['open', 'numbers', 115, 116],
    ['open', 'names', 66, 70],
    ['open', 'addresses', 22, 22],
    ['open', 'untouched', 113, 113],
    ['closed', 'numbers', 111, 111],
    ['closed', 'names', 64, 69],
    ['closed', 'addresses', 21, 21],
    ['closed', 'untouched', 112, 112],
    ['last', 'numbers', 39, 39],
    ['last', 'names', 86, 90],
    ['last', 'addresses', 11, 11],
    ['last', 'untouched', 45, 45],
  ] as const)('%s: of %s at least %d are right of %d', (set, group, least, all) => {
    const cases = heldOut.filter((one) => one.set === set && GROUPS[group](one.kind));
    expect(cases).toHaveLength(all);
    const found = recallOf(cases, (text) => maskText(text).text);
    const missed = found.flatMap((row) => row.missed.map(({ masked }) => masked));
    expect(all - missed.length, missed.join('\n')).toBeGreaterThanOrEqual(least);
  });
});

/** Forms beside those of the set. */
describe('neighbours', () => {
  it.each([
    ['电话138.1234.5678', '1234'],
    ['手机：1381 2345 678', '2345'],
    ['138\u200b1234\u200b5678', '1234'],
    ['打13 8123 45678', '8123'],
    ['①③⑧①②③④⑤⑥⑦⑧', '①②③④'],
    ['१३८१२३४५६७८是我', '१२३४५'],
    ['我手机18001234567', '1234'],
    ['138O0138OOO', 'O0138'],
    ['+44 (0)20 7946 0958', '7946'],
    ['06.12.34.56.78', '34.56'],
    ['zhang at gmail dot com', 'zhang'],
    ['邮箱zhang艾特163点com', 'zhang'],
    ['加个微zhang1234', 'zhang1234'],
    ['我的v是zhang1234', 'zhang1234'],
    ['QQ {123 456 789}'.replace(/[{}]/g, ''), '456'],
    ['u/一五七八六三九零八五六/orders', '六三九'],
    ['tel一五七八六三九零八五六', '六三九'],
    ['bob_at_example.com', 'bob'],
    ['bob ät example punkt de', 'bob'],
    ['qq number is 123456789', '2345'],
    ['+微lily0607', 'lily'],
    ['マイナンバーは123456789018', '4567'],
    ['Yours faithfully A. B. Carter', 'Carter'],
    ['GB82 WEST 1234 5698 7654 32', '5698'],
    ['统一社会信用代码91350211M000100Y43', 'M000100'],
    ['AB 12 34 56 C', '34 56'],
    ['MAC 001A2B3C4D5E', '2B3C'],
    ['杭州市余杭区文一西路969号', '文一西路969'],
    ['放到阳光花园3栋2单元501', '2单元501'],
    ['deliver to Apt 12B, 34 Long Lane', '34 Long'],
    ['Manager Lisa Wong hung up', 'Lisa'],
    ['昨天孟文博打来电话', '文博'],
    ['call five five five double six oh one two', 'double six'],
    ['my no: 4 1 5 5 5 5 0 1 2 2', '5 5 5 0'],
    ['Ausweisnummer L01X00T47', 'X00T'],
    ['rodné číslo 7352107326', '52107'],
    ['my reg is AB12 CDE', 'CDE'],
    ['write to eva at example dot pl', 'eva'],
    ['寝室3舍512漏水', '512'],
    ['安装工罗广生，没来', '广生'],
    ['收货人改成尤秋兰', '秋兰'],
    ['表扬纪红梅！', '红梅'],
    ['联系人：古丽娜尔·买买提', '娜尔'],
    ['Hey, Imani here again', 'Imani'],
    ['Frau Dr. Krause', 'Krause'],
    ['Zum Hagen 7, 50667 Köln', 'Hagen'],
    ['"Lena F" <lena@example.com>', 'Lena'],
    ['schreib an jörg.müller@beispiel.de', 'jörg'],
    ['piszcie na łukasz.żak@example.pl', 'ukasz'],
    ["my passport number's 533401372", '4013'],
    ['加我微：zhang-8866', 'zhang'],
    ['ins：zhang.8866', 'zhang'],
    ['snap: zhang8866', 'zhang'],
  ])('%s is masked', (text, part) => {
    expect(maskText(text).text).not.toContain(part);
  });

  it.each([
    ['订单号13837170099取消'],
    ['order 4155552671 never arrived'],
    ['¥13800138000'],
    ['从6000-8000元'],
    ['look at amazon.com'],
    ['look at the dot com boom'],
    ['Section 3.2.1.4'],
    ['动物园北门很堵'],
    ['2026/01/01-2026/02/09'],
    ['All rights reserved 1999-2008'],
    ['张经理说可以'],
    ['PIN is blocked, what now'],
    ['localhost is 127.0.0.1, mask 255.255.255.0'],
    ['commande 402-8812345-1193321 perdue'],
    ['I owe you one, two at most'],
    ['just joined @acme. It was slow'],
    ['50+ victims of the delay'],
    ['Croatia here we come'],
    ['服务员冷冰冰地说不行'],
    ['snap: this was bad'],
    ['ins: nothing in it'],
    ["my passport's lost"],
    ['5×6@8 is no address'],
    ['UN troops: letter to the 15-member Security Council'],
  ])('%s stays', (text) => {
    expect(maskText(text).text).toBe(text);
  });
});

/** Ways to write a number, a mail address or an account: national forms of 60 countries, separators, numerals. */
const forms = casesOf(new URL('testing/forms-cases.ndjson', import.meta.url));

describe('of 248 sentences, each with another way to write a number or none', () => {
  it.each(['tuned', 'unseen'] as const)('%s: all that is personal is hidden, and nothing else', (set) => {
    const found = recallOf(
      forms.filter((one) => one.set === set),
      (text) => maskText(text).text,
    );
    expect(found.flatMap((row) => row.missed.map(({ one, masked }) => `${one.text} → ${masked}`))).toEqual([]);
  });

  it.each([
    ['call 503-555-0123 x45 please', 'call 503***0123 x*** please'],
    ['电话 0571-88001234转305', '电话 0571****1234转***'],
    ['138#1234#5678', '138****5678'],
    ['打我138📞1234📞5678', '打我138****5678'],
    ['卡 6222=0212=3456=7894', '卡 6222********7894'],
    ['text 9527 2940', 'text 95****40'],
  ])('%s becomes %s', (text, masked) => {
    expect(maskText(text).text).toBe(masked);
    expect(maskText(masked).text).toBe(masked);
  });

  it.each(['13812345678 x2', '2019#2024#120', '10:30:45', '95588转人工', '比分1:3:2', '型号138#12#34'])(
    '%s stays as it is but for a mobile number',
    (text) => {
      expect(maskText(text).text).toBe(text.replace('12345678', '****5678'));
    },
  );
});
