/**
 * Numbers whose groups are kept apart by signs that separate no digits elsewhere, put there so that nobody finds them: 138📞1234📞5678,
 * 138#1234#5678. The same sign each time, and groups that read as a mobile number, an identity card or a bank card.
 */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { personalNumber } from '../personal-number.ts';
import { replacedIn, type Hint } from '../replaced.ts';
import { isAsciiDigit, isAsciiLetter } from '../unit-at.ts';

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

/** A digit, one to three signs, a digit. */
export const ODD_HINT: Hint = { test: mayHoldOdd };
const ODD = new RegExp(`[0-9]${SIGN}{1,3}[0-9]`, 'uy');

/** The expression asks the properties of each character: it is tried only where a sign stands behind a digit. */
function mayHoldOdd(text: string): boolean {
  for (let at = 0; at + 2 < text.length; at += 1) {
    if (!isAsciiDigit(text.charCodeAt(at)) || isNoSign(text.charCodeAt(at + 1))) continue;
    ODD.lastIndex = at;
    if (ODD.test(text)) return true;
  }
  return false;
}
/** Of what mostly stands behind a digit: letters, digits, spaces, Chinese characters. */
function isNoSign(unit: number): boolean {
  if (unit >= 0x4e00) return unit <= 0x9fff;
  return isAsciiDigit(unit) || isAsciiLetter(unit) || unit === 0x20 || (unit >= 0x2c && unit <= 0x2f);
}
