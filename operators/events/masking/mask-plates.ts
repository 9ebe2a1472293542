/** Number plates of mainland China, of its police, forces and embassies, and any plate behind its word. The place stays. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { disjoint } from './mask-network.ts';
import { replacedIn, type Hint } from './replaced.ts';
import { isAsciiDigit, isCapital, unitAt } from './unit-at.ts';

const PROVINCE = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';
const L = 'A-HJ-NP-Za-hj-np-z';
const TAIL = '挂学警港澳领试超临使';
const CIVIL = new RegExp(
  `([${PROVINCE}][\\s·•・.‧∙-]{0,2}[${L}])[\\s·•・.‧∙-]{0,3}([${L}0-9]{4}[\\s·-]?[${TAIL}]|[${L}0-9]{5,6})(?![A-Za-z0-9])`,
  'g',
);
/** 军A77062, WJ京6756X, 使564264, 979088使 */
const OTHERS = new RegExp(
  `([军空海北南沈兰济广成][A-Z])[\\s·-]?([0-9]{5})(?![A-Za-z0-9])|(\\bWJ[\\s·-]?[${PROVINCE}]?)[\\s·-]?([0-9]{4,5}[A-Z0-9]?)(?![A-Za-z0-9])|(使)([0-9]{6})(?![0-9])|(?<![0-9])()([0-9]{6}使)(?![用得其命者我人他])`,
  'g',
);
const CUED =
  /((?:车牌号?码?|号牌|\b(?:licen[cs]e )?plate(?: (?:number|no\.?))?|kennzeichen|nummernschild|plaque(?: d['’]immatriculation)?|immatriculation|matr[íi]cula|targa|\brego|(?:vehicle|\b(?:my|car|van|taxi|cab)) reg(?:istration)?(?: (?:number|plate|no\.?))?|\breg(?:istration)? (?:number|plate|no\.?))\s?(?:[:：是为]|is)?\s{0,2})([A-Z0-9]{1,4}[ ·-]?[A-Z0-9]{1,4}(?:[ -][A-Z0-9]{1,4})?)(?![A-Za-z0-9*])/gi;

/** A province or a force with a letter behind it, WJ, or 使 beside a digit. */
export const PLATE_HINT: Hint = { test: mayHoldPlate };
const OF_PROVINCE = 1;
const OF_FORCE = 2;
const BETWEEN = 4;
const SORTS = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x10000; unit += 1) if (/[\s·•・.‧∙-]/.test(String.fromCharCode(unit))) SORTS[unit] = BETWEEN;
for (const unit of PROVINCE) SORTS[unit.charCodeAt(0)] = OF_PROVINCE;
for (const unit of '军空海北南沈兰济广成') SORTS[unit.charCodeAt(0)] = OF_FORCE;

/** By hand: an expression tries each province at each place. */
function mayHoldPlate(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const next = unitAt(text, at + 1);
    if (unit === 0x57 ? next === 0x4a : unit === 0x4f7f && (isAsciiDigit(next) || isAsciiDigit(unitAt(text, at - 1))))
      return true;
    const sort = SORTS[unit] as number;
    if (sort === OF_FORCE && isCapital(next)) return true;
    if (sort !== OF_PROVINCE) continue;
    let end = at + 1;
    while (end - at <= 2 && SORTS[unitAt(text, end)] === BETWEEN) end += 1;
    if (isCapital(unitAt(text, end) & ~0x20) && unitAt(text, end) < 0x80) return true;
  }
  return false;
}
export function* platesIn(text: string): Steps<Edit[]> {
  const civil = yield* replacedIn(text, CIVIL, ([, place = '', number = '']) => {
    const digits = number.match(/[0-9]/g)?.length ?? 0;
    const letters = number.match(/[A-Za-z]/g)?.length ?? 0;
    return digits === 0 || (digits < 2 && letters > 4) ? null : `${place}****${number.slice(-1)}`;
  });
  const others = yield* replacedIn(
    text,
    OTHERS,
    ([, forces = '', a = '', police = '', b = '', before = '', c = '', , d = '']) =>
      `${forces}${police}${before}****${(a + b + c + d).slice(-1)}`,
  );
  return disjoint([...civil, ...others]);
}

export const NAMED_PLATE_HINT =
  /plate|车牌|号牌|kennzeichen|nummernschild|immatricul|plaque|matr[íi]cula|targa|\breg(?:o|istration)?\b/i;
export function namedPlatesIn(text: string): Steps<Edit[]> {
  return replacedIn(text, CUED, ([, cue = '', number = '']) =>
    /[0-9]/.test(number) ? `${cue}****${number.slice(-1)}` : null,
  );
}
