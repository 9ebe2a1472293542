/**
 * Numbers whose groups are kept apart by signs that separate no digits elsewhere, put there so that nobody finds them: 138📞1234📞5678,
 * 138#1234#5678. The same sign each time, and groups that read as a mobile number, an identity card or a bank card.
 */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { personalNumber } from '../personal-number.ts';
import { replacedIn } from '../replaced.ts';

/** What is known by its very form (personal-number.ts). */
const SURE_RANK = 4;
/** No letter, digit, space or star, nor what mask-numbers.ts knows between groups. */
const SIGN = '[^\\p{L}\\p{N}\\s*()\\[\\]（）【】.。\\-/\\\\_,，、·•・‧∙~～|…]';
const GROUPS = new RegExp(`(?<![0-9*])[0-9]{1,8}(${SIGN}{1,3})[0-9]{1,8}(?:\\1[0-9]{1,8}){0,10}(?![0-9*])`, 'gu');

export function oddlySeparatedIn(text: string): Steps<Edit[]> {
  return replacedIn(text, GROUPS, ([found, sign = '']) => {
    const groups = found.split(sign);
    const number = personalNumber({
      plus: false,
      cue: 'none',
      digits: groups.join(''),
      lengths: groups.map((group) => group.length),
      joint: '-'.repeat(groups.length - 1),
      glued: '',
      after: '',
      isDecimal: false,
    });
    return number === null || number.rank < SURE_RANK ? null : number.put;
  });
}

export const ODD_HINT = new RegExp(`[0-9]${SIGN}{1,3}[0-9]`, 'u');
