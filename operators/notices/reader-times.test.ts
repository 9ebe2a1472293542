import { expect, it } from 'vitest';
import { ReaderTimes } from './reader-times.ts';

const AT = Date.parse('2026-03-01T23:30:05Z');

it('names the day where it is another than that of the notice, in the zone of the reader', () => {
  const [shanghai, utc] = [new ReaderTimes('Asia/Shanghai', 'zh-CN'), new ReaderTimes('UTC', 'en')];
  const sameDayInShanghai = Date.parse('2026-03-02T08:00:00Z');
  expect(shanghai.text(AT, sameDayInShanghai)).toBe('07:30:05');
  expect(utc.text(AT, sameDayInShanghai)).toBe('Mar 1, 23:30:05');
  expect(shanghai.text(AT, Date.parse('2026-03-02T16:00:00Z'))).toBe('3月2日 07:30:05');
  expect(utc.text(AT, AT)).toBe('23:30:05');
});
