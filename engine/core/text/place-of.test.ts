import { describe, expect, it } from 'vitest';
import { placeOf } from './place-of.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

describe('placeOf', () => {
  it('says the class and where, never what was said', () => {
    const unparsed = thrownBy(() => JSON.parse('张伟 13800138000'));
    expect(String(unparsed)).toContain('张');
    expect(placeOf(unparsed)).toMatch(/^SyntaxError at core\/text\/place-of\.test\.ts:\d+$/);
    expect(placeOf(new RangeError(''))).toMatch(/^RangeError at core\/text\/place-of\.test\.ts:\d+$/);
  });

  it('is not taken in by a message that looks like a stack', () => {
    const place = placeOf(new Error('x\n    at 13800138000 (a/zhangwei-13800138000.ts:1:1)'));
    expect(place).toMatch(/^Error at core\/text\/place-of\.test\.ts:\d+$/);
    const moved = new Error('first');
    // A stack is put together when it is first looked at.
    expect(moved.stack).toContain('first');
    moved.message = '13800138000';
    expect(placeOf(moved)).toBe('Error');
    const named = new Error('x');
    named.name = '张伟 13800138000';
    expect(placeOf(named)).toMatch(/^Error at /);
  });

  it('takes whatever is thrown', () => {
    expect([placeOf('13800138000'), placeOf(undefined), placeOf({})]).toEqual([
      'a thrown string',
      'a thrown undefined',
      'a thrown object',
    ]);
  });
});
