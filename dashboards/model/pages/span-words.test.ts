import { expect, test } from 'vitest';
import { clockSpan, percentText } from './span-words.ts';

test.each([
  [0, '00:00'],
  [42_900, '00:42'],
  [872_000, '14:32'],
  [3_600_000, '1:00:00'],
  [26 * 3_600_000, '26:00:00'],
  [3 * 86_400_000, '3 d'],
  [-75_000, '−01:15'],
  [-400, '00:00'],
])('%d ms are written %s', (ms, words) => {
  expect(clockSpan(ms)).toBe(words);
});

test('shares are whole from ten percent on', () => {
  expect([66.4, 9.96, 0, 100, null].map((value) => percentText(value, 'en'))).toEqual([
    '66%',
    '10.0%',
    '0.0%',
    '100%',
    '–',
  ]);
});
