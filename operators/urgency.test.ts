import { describe, expect, it } from 'vitest';
import { urgencyOf, urgencyOfWording } from './urgency.ts';

describe('urgency from wording', () => {
  it.each([
    ['吃完全家食物中毒住院了', 'urgent', 'safety'],
    ['充电器冒烟了', 'urgent', 'safety'],
    ['再不处理我就打12315', 'urgent', 'legal'],
    ['卡被盗刷了五千', 'urgent', 'legal'],
    ['My daughter had an allergic reaction', 'urgent', 'safety'],
    ['expect a letter from my lawyer', 'urgent', 'legal'],
    ['以后再也不会来了', 'high', 'leaving'],
    ['绝对不会再买', 'high', 'leaving'],
    ["I'm closing my account today", 'high', 'leaving'],
    ['NEVER flying with you again', 'high', 'leaving'],
    ['打了三次电话没人管', 'high', 'repeated'],
    ['投诉好几次了还是没解决', 'high', 'repeated'],
    ['this is the third time I ask', 'high', 'repeated'],
    ['called you 4 times already', 'high', 'repeated'],
    ['叫你们经理出来', 'high', 'manager'],
    ['let me speak to a manager', 'high', 'manager'],
  ])('%s → %s (%s)', (text, urgency, rule) => {
    expect(urgencyOfWording(text)).toEqual({ urgency, rule });
  });

  it.each([
    '没有受伤，谢谢',
    '不错，下次还来',
    '律动感很强',
    'The issue is solved',
    'we pursue quality',
    '',
    '多次光顾，一直很好',
    '订单12345678',
    '金额0.12315',
  ])('says nothing of %j', (text) => {
    expect(urgencyOfWording(text)).toBeUndefined();
  });

  it('leaves the rest to how strong the sentiment is, and praise is no emergency', () => {
    expect(urgencyOf('太慢了', -0.95)).toBe('high');
    expect(urgencyOf('有点慢', -0.5)).toBe('normal');
    expect(urgencyOf('不错', 0.8)).toBe('low');
    expect(urgencyOf('感谢报警电话旁的店员', 0.9)).toBe('low');
    expect(urgencyOf('冒烟了', 0.1)).toBe('urgent');
    expect(urgencyOf('不知道', null)).toBe('normal');
  });

  it('stays quick on long and odd texts', () => {
    const began = performance.now();
    for (const piece of ['打了', 'called ', '再也', '没', 'still ', '还是']) urgencyOf(piece.repeat(5000), -0.5);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
