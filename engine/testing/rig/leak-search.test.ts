import { describe, expect, it } from 'vitest';
import { leaksIn } from './leak-search.ts';

const VALUES = ['13812345678', 'zhang.wei@example.com', '一三八一二三四五六七八'];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a search for leaks', () => {
  it.each([
    ['as it is', 'call 13812345678'],
    ['percent-encoded', 'q=%31%33%38%31%32%33%34%35%36%37%38'],
    ['grouped', 'call 138-1234 5678 now'],
    ['full-width', 'call １３８１２３４５６７８'],
    ['in base64', base64('{"a":"13812345678"}')],
    ['in base64 one byte on', base64('{"ab":"13812345678"}')],
    ['in base64 two bytes on', base64('{"abc":"13812345678"}')],
    ['in base64 of URLs', Buffer.from('>>>zhang.wei@example.com???').toString('base64url')],
  ])('finds a value %s', (_form, text) => {
    expect(leaksIn({ where: 'there', text }, VALUES)[0]).toMatch(/^there: (1381|zhang)/);
  });

  it('finds nothing in what is masked', () => {
    expect(leaksIn({ where: 'there', text: 'call 138****5678, z***@example.com' }, VALUES)).toEqual([]);
  });
});
