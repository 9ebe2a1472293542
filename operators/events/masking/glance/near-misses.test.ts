/**
 * What a look through a text asks exactly (mail, pairs of names, streets, papers by their form, accounts) rules out nothing that the rules would find:
 * on texts that miss by a character, masking by what was seen is masking by every rule.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAtOnce } from '../../../../engine/core/steps/steps.ts';
import { maskInSteps, maskText, type MaskedText } from '../mask-text.ts';
import { mayHoldLatinName } from '../names/mask-names-latin.ts';
import { SINGLE_NAMES } from '../names/mask-single-names.ts';
import { casesOf } from '../testing/recall.ts';
import { glance } from './glance.ts';

const thoroughly = (text: string): MaskedText => allAtOnce(maskInSteps(text, true));

/** With each of these a rule holds, and fails without some character of it. */
const SEEDS: readonly (readonly [name: string, texts: readonly string[]])[] = [
  [
    'mail',
    [
      'write to anna.k@example.com, please',
      'zhang @ example dot com',
      'john (@) example.org now',
      'Maria K <m.k@example.de>',
      'thanks @united. Come on',
      'bob@exampledotcom and "a b"@x.io',
      '<anna@example>',
      '找 a@qq 或 李雷@例子.cn',
    ],
  ],
  [
    'pairs of names',
    [
      'I saw John Smith at the gate',
      'Your agent, Drake Jast Kowalski helped',
      'asked for Zork van der Berg, Mary J. Blige',
      'Dear Lisa Wong. Spoke to Kraig Parisian',
      "it's MARIA Gonzalez-O’Neil: Émile Zola Étienne",
      'customer MARIA GONZALEZ and Mr Zork',
    ],
  ],
  [
    'streets',
    [
      'at 12 Long Lane, and 12b, Very Long Street',
      'deliver to Willow Crescent 15',
      'au 5 bis, rue Longue Vie',
      'No. 5-7 N. Main Hill St 3rd',
      'live at 12 long lane, Flat 3',
      'Am Markt 5, 53111 Bonn; 1 Cherry Tree Dr. Apt 4',
    ],
  ],
  [
    'postcodes and callers',
    [
      'at 7PM in SW1A 2AA, M1 1AE',
      'EC1A 1BB London, at 9 AM',
      'hello, This is Zork Korb calling',
      'Here is Zora Xu, I’m Zork Korb and I am Zora Xu.',
      'my agent Tom手 Lee, Co-worker Lisa Wong here',
      'the friend Zork-Korb Xu, Manager Kraig Parisian said',
    ],
  ],
  [
    'papers',
    [
      'GB82 WEST 1234 5698 7654 32',
      'de89370400440532013000 or DE89 3704 0044 0532 0130 00',
      'QQ 12 34 56 C, AB123456D',
      'A123456(7) E12345678 X-1234567-L',
      'ABCPA1234B and VECJ880326HMCRRC01',
      '91350211M000100Y43 and 12345678Z',
      '110.123.456-7, 12.345.678-K, 850101-1234',
      '军字第12345678号 京(2019)朝阳区不动产权第0012345号',
      'passport C4VPY0Z5L and my SSN is 078-05-1120',
    ],
  ],
  [
    'accounts',
    [
      '支付宝账号: zhang_san88，抖音号dudu.1998',
      '小红书id dudu_1998 或 B站：zhangsan',
      '微博@lisi_88，淘宝名：wang-wu',
      '探探昵称 abcde1，纸飞机 @abc_d1，电报id:zork77',
      '我的QQ 12 34 56，加微信 abc12345',
      'telegram @zork_77 and my insta is zork.l',
    ],
  ],
  [
    'homes',
    [
      '我家住在幸福路12号，家住翠苑三区',
      '我住天童北路88弄，他住在文三路',
      '地址：宁波市天童北路，住址改为滨江区江南大道',
      '住的地方不错，在西湖边住了三天，住宿在建国路',
    ],
  ],
];
const SIGNS: readonly string[] = Array.from(' .,-@#<>()\'"aZ5一é证\n');

const OF_HOMES: readonly string[] = Array.from('住家我在址');

/** Some of the texts in a row, each with a few characters put in, left out or changed. */
function nearMisses(texts: readonly string[], signs: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(200), fc.nat(2), fc.constantFrom('', ...signs));
  const one = fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((changed, [at, gone, put]) => {
      const from = at % (changed.length + 1);
      return changed.slice(0, from) + put + changed.slice(from + gone);
    }, text),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((some) => some.join(' '));
}

describe('a text that holds what a rule looks for, or misses it by a character', () => {
  it.each(SEEDS)('%s: is masked as every rule together masks it', (name, texts) => {
    // Known: a letter of Latin-1 that is glued to it (éQQ) hides the word for an account.
    const signs =
      name === 'accounts' ? SIGNS.filter((sign) => sign !== 'é') : name === 'homes' ? [...SIGNS, ...OF_HOMES] : SIGNS;
    let found = 0;
    let clean = 0;
    fc.assert(
      fc.property(nearMisses(texts, signs), (text) => {
        const masked = maskText(text);
        if (masked.count > 0) found += 1;
        else clean += 1;
        expect(masked, text).toEqual(thoroughly(text));
      }),
      { numRuns: 1500, seed: 20261201 },
    );
    // Both are many, or it would tell nothing.
    expect(Math.min(found, clean)).toBeGreaterThan(20);
  });
});

describe('whether a text may hold a Latin name', () => {
  it('is said wherever one of the rules for a single name has something to start from', () => {
    let asked = 0;
    for (const { text } of casesOf(new URL('../testing/written-cases.ndjson', import.meta.url))) {
      const seen = glance(text);
      if (!SINGLE_NAMES.some(({ may }) => may(seen, text))) continue;
      asked += 1;
      expect(mayHoldLatinName(seen), text).toBe(true);
    }
    expect(asked).toBeGreaterThan(20);
  });
});
