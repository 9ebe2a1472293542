import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from '../mask-text.ts';

const group = fc.stringMatching(/^[0-9]{3,6}$/);
const run = fc
  .tuple(fc.array(group, { minLength: 3, maxLength: 6 }), fc.constantFrom(' ', '-', '.', '/', '_', '·', ' - '))
  .map(([groups, separator]) => groups.join(separator))
  .filter((text) => {
    const digits = text.replace(/[^0-9]/g, '').length;
    return digits >= 13 && digits <= 19;
  });
/** Of +86 and the like nothing is personal. */
const MOBILE = /^(?:0{0,2}860? ?|0)?1[3-9][0-9]\*{4}[0-9]{4}$/;

describe('a run of 13 to 19 digits in groups', () => {
  it.each(['', '退到', '卡号', 'please refund to ', '联系电话：'])(
    'is hidden whole or left whole behind "%s"',
    (before) => {
      fc.assert(
        fc.property(run, (digits) => {
          const { text } = maskText(before + digits);
          if (text === before + digits) return;
          // A mobile number with all before it, or at most four digits at either end stay.
          if (MOBILE.test(text.slice(before.length))) return;
          expect(text.replace(/[^0-9]/g, '').length).toBeLessThanOrEqual(8);
        }),
        { numRuns: 2000 },
      );
    },
  );

  it('is left whole behind a word for an order', () => {
    expect(maskText('订单号 6216 6194 2975 3472 794').text).toBe('订单号 6216 6194 2975 3472 794');
  });

  it('keeps the ends of a bank card of which Japan would take the first twelve digits', () => {
    expect(maskText('退到6216 6194 2975 3472 794').text).toBe('退到6216***********2794');
  });
});
