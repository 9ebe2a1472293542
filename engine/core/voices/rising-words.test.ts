import { describe, expect, test } from 'vitest';
import { LEAST_BEFORE } from './least-heard.ts';
import { risingWords } from './rising-words.ts';
import { must } from '../must.ts';
import { allAtOnce } from '../steps/steps.ts';
import { termsOf } from './terms.ts';
import type { Voice } from './voice.ts';

let last = 0;
const voice = (text: string, who: string | null = `p${(last += 1)}`): Voice => ({
  ...{ at: 0, text, key: {}, issues: [], sentiment: null, intensity: null, who },
});
const rising = (now: readonly Voice[], before: readonly Voice[], most: number) =>
  allAtOnce(risingWords(now, before, most, ({ text }) => termsOf(text)));
const times = (n: number, text: string): Voice[] => Array.from({ length: n }, () => voice(text));

describe('terms', () => {
  test.each([
    ['The refund page crashes!', ['refund', 'refund page', 'page', 'page crashes', 'crashes']],
    ['退款一直显示处理中', ['退款', '退款一直', '一直', '一直显示', '显示', '显示处理', '处理']],
    ['since 8.4.0 it hangs', ['since', 'since 8.4.0', '8.4.0', 'hangs']],
  ])('%s', (text, terms) => {
    expect([...termsOf(text)].toSorted()).toEqual(terms.toSorted());
  });
  test.each([
    'call 13800138000 or 138****5678',
    'I am J*** S****, j***@example.com, [name] <mail> @linwei #a1',
    '我是林**，身份证3301**********1234',
    'paid 4999 on 12.03 at 10.0.0.17',
  ])('what is masked, numbers, addresses: nothing of it is a word: %s', (text) => {
    const words = [...termsOf(text)].join(' ');
    expect(words).not.toMatch(/\d|林|linwei|example|name|mail\b/);
  });
  test('each counts once a text, whatever its letters; nothing goes over a sign', () => {
    expect([...termsOf('Refund, REFUND. refund! slow')]).toEqual(['refund', 'slow']);
  });
});

describe('rising words', () => {
  const before = [...times(95, 'delivery was fine'), ...times(5, 'refund pending')];

  test('what is said by a larger share than before, by how much, the most telling first', () => {
    const now = [...times(60, 'delivery was fine'), ...times(30, 'refund pending'), ...times(10, 'app crashes')];
    expect(rising(now, before, 8)).toEqual([
      { word: 'refund pending', n: 30, before: 5, times: 6 },
      { word: 'app crashes', n: 10, before: 0, times: null },
    ]);
  });
  test('a busier hour with the same words has none that rises', () => {
    expect(rising([...times(950, 'delivery was fine'), ...times(50, 'refund pending')], before, 8)).toEqual([]);
  });
  test('what few persons said is not shown, however often they said it', () => {
    const few = Array.from({ length: 40 }, (_, i) => voice('miller', `p${i % 4}`));
    expect(rising([...times(60, 'delivery was fine'), ...few], before, 8)).toEqual([]);
    const five = Array.from({ length: 40 }, (_, i) => voice('miller', `p${i % 5}`));
    expect(rising([...times(60, 'delivery was fine'), ...five], before, 8)).toHaveLength(1);
  });
  test('where too little was heard before, nothing is said to rise', () => {
    expect(rising(times(40, 'outage'), times(LEAST_BEFORE - 1, 'fine'), 8)).toEqual([]);
    expect(rising(times(40, 'outage'), times(LEAST_BEFORE, 'fine'), 8)).toHaveLength(1);
  });

  test('what merely begins or ends like another is no part of it', () => {
    const now = [
      ...times(60, 'delivery was fine'),
      ...times(20, 'app'),
      ...times(20, 'apple'),
      ...times(20, 'pineapple'),
    ];
    expect(rising(now, before, 8).map(({ word }) => word)).toEqual(['app', 'apple', 'pineapple']);
    const phrase = [...times(60, 'delivery was fine'), ...times(20, '退款一直')];
    expect(rising(phrase, before, 8).map(({ word }) => word)).toEqual(['退款一直']);
  });
  test('texts that are written so that each of their words rises hold nobody up', () => {
    const letters = 'bcdfghjklmnpqrstvwxz';
    const name = (i: number): string => [8000, 400, 20, 1].map((by) => letters[Math.floor(i / by) % 20]).join('');
    // Five accounts, each with the same six hundred texts of forty words that nobody else says.
    const texts = Array.from({ length: 600 }, (_, t) =>
      Array.from({ length: 40 }, (_, w) => name(t * 40 + w)).join(', '),
    );
    const now = texts.flatMap((text) => Array.from({ length: 5 }, (_, who) => voice(text, `p${who}`)));
    const usual = times(60, 'delivery was fine');
    // Parted once, as voices are.
    const parted = new Map([...now, ...usual].map(({ text }) => [text, [...termsOf(text)]]));
    const began = performance.now();
    const found = allAtOnce(risingWords(now, usual, 30, ({ text }) => must(parted.get(text))));
    expect(found).toHaveLength(30);
    // 24,000 words that are compared with each other take a minute.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('counts as an oracle does that knows nothing of how they are counted', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const words = [
      'alpha',
      'bravo',
      'carol',
      'delta',
      'eagle',
      'fjord',
      'grape',
      'hotel',
      '退款',
      '物流',
      '客服',
      '崩溃',
    ];
    const pool = (chance: (i: number) => number): Voice[] =>
      Array.from({ length: 400 }, () => voice(words.filter((_, i) => random() < chance(i)).join(', ')));
    for (let round = 0; round < 50; round += 1) {
      const [usual, now] = [pool(() => 0.1), pool((i) => 0.1 + (i % 4) * 0.06)];
      const has = (voices: readonly Voice[], word: string): number =>
        voices.filter(({ text }) => text.split(', ').includes(word)).length;
      const risen = words.filter((word) => {
        const expected = has(usual, word);
        return has(now, word) >= 5 && has(now, word) > expected + 3 * Math.sqrt(Math.max(1, expected));
      });
      const found = rising(now, usual, 50);
      expect(found.map(({ word }) => word).toSorted()).toEqual(risen.toSorted());
      for (const { word, n, before: was } of found) expect([n, was]).toEqual([has(now, word), has(usual, word)]);
    }
  });
});
