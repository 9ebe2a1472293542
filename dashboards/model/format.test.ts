import { describe, expect, test } from 'vitest';
import { formatClock, formatCount, formatInstant, formatQuantity, formatSpan, quantityText } from './format.ts';

test.each([
  [0, '0', '0'],
  [9999, '9,999', '9,999'],
  [10_000, '1万', '10K'],
  [123_456, '12.3万', '123K'],
  [123_456_789, '1.23亿', '123M'],
  [-20_000, '−2万', '−20K'],
])('count %d', (value, zh, en) => {
  expect([formatCount(value, 'zh-CN'), formatCount(value, 'en')]).toEqual([zh, en]);
});

test.each<[number | null, string, number, string, string]>([
  [null, 'percent', 1, '—', '—'],
  [88.25, 'percent', 1, '88.3%', '88.3%'],
  [42, 'points', 0, '+42 分', '+42'],
  [-7, 'points', 0, '−7 分', '−7'],
  [0, 'points', 0, '0 分', '0'],
  [-0.04, 'score', 1, '0.0 分', '0.0'],
  [34, 'seconds', 0, '34 秒', '34 s'],
  [660, 'seconds', 0, '11.0 分钟', '11.0 min'],
  [9000, 'seconds', 0, '2.5 小时', '2.5 h'],
  [850, 'milliseconds', 0, '850 毫秒', '850 ms'],
  [12_500, 'milliseconds', 0, '12.5 秒', '12.5 s'],
  [181_200, 'count', 0, '18.1万', '181K'],
  [3.25, 'count', 1, '3.3', '3.3'],
  [50_000, 'none', 0, '5万', '50K'],
  [1.5, '元', 2, '1.50 元', '1.50 元'],
])('%s as %s', (value, unit, decimals, zh, en) => {
  expect(quantityText(formatQuantity(value, unit, decimals, 'zh-CN'))).toBe(zh);
  expect(quantityText(formatQuantity(value, unit, decimals, 'en'))).toBe(en);
});

test.each([
  [-5, '0 秒', '0 s'],
  [59_999, '59 秒', '59 s'],
  [60_000, '1 分', '1 min'],
  [133_000, '2 分 13 秒', '2 min 13 s'],
  [1_500_000, '25 分', '25 min'],
  [3_600_000, '1 小时', '1 h'],
  [5_400_000, '1 小时 30 分', '1 h 30 min'],
  [47 * 3_600_000, '47 小时', '47 h'],
  [30 * 86_400_000, '30 天', '30 d'],
])('span %d', (ms, zh, en) => {
  expect([formatSpan(ms, 'zh-CN'), formatSpan(ms, 'en')]).toEqual([zh, en]);
});

describe('instants', () => {
  const at = Date.parse('2026-03-02T16:05:09Z');
  test('24 h in the zone, midnight as 00', () => {
    expect(formatClock(at, 'Asia/Shanghai')).toBe('00:05:09');
    expect(formatClock(at, 'America/New_York')).toBe('11:05:09');
  });
  test('another day of the zone has its date', () => {
    expect(formatInstant(at, at + 3_600_000, 'Asia/Shanghai', 'zh-CN')).toBe('00:05:09');
    expect(formatInstant(at, at - 3_600_000, 'Asia/Shanghai', 'zh-CN')).toBe('3月3日 00:05:09');
    expect(formatInstant(at, at + 2 * 86_400_000, 'Asia/Shanghai', 'en')).toBe('Mar 3 00:05:09');
  });
});
