/** Number plates of mainland China, of its police, forces and embassies, and any plate behind its word. The place stays. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { disjoint } from './mask-network.ts';
import { replacedIn } from './replaced.ts';

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

export const PLATE_HINT = new RegExp(
  `[${PROVINCE}][\\s·•・.‧∙-]{0,2}[A-Za-z]|[军空海北南沈兰济广成][A-Z]|WJ|使[0-9]|[0-9]使`,
);

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
