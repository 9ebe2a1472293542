/** What a text is made of, in one pass: most rules have nothing to start from in most texts, and are not asked. */
import { isFolded } from './folding.ts';

/** Bits. Something is folded. */
export const FOLDS = 1;
export const LATIN = 2;
export const CAPITAL = 4;
export const HAN = 8;
/** A mark, or a character of a word, that stands for an @. */
export const AT = 16;
/** Letters, digits, _ and - in a row, long enough for an account. */
export const CODE = 32;
/** A place of registration or a force, and what could be the rest of a plate beside it. */
export const PLATE = 64;
/** A number and house, stair or room; or a word for an address. */
export const HOUSE = 128;
/** Digits and numerals, close enough to be one number: some of them numerals. */
export const NUMERAL = 256;
/** The same, all of them digits. */
export const NUMBER = 512;
/** A digit. */
export const DIGIT = 1024;
/** Of a word for a paper, a password. */
export const PAPER = 2048;
/** A colon. */
export const COLON = 4096;

/** At least four digits. */
export const DIGITS = 1 << 16;
/** 叫, 姓, 件, … of words that a Chinese name follows; 我是, 本人; 先生, 女士, 小姐; 服务员小… */
export const CALLED = 1 << 17;
export const SELF = 1 << 18;
export const TITLED = 1 << 19;
export const NICKNAME = 1 << 20;
/** Of a word for an account of a messenger. */
export const ACCOUNT = 1 << 21;

/** Of a word for an address: 地址, 住, 省, 市. */
export const ADDRESS = 1 << 23;

/** 东门, 南区: of an estate. */
export const ESTATE = 1 << 24;

/** Only while looking. */
const PLACE = 1 << 13;
const HOUSE_UNIT = 1 << 14;
const WORD = 1 << 15;
/** What counts only behind another character. */
const SECOND = 1 << 22;
const KEPT = FOLDS | LATIN | CAPITAL | HAN | AT | DIGIT | PAPER | COLON | CALLED | ACCOUNT | ADDRESS;
const COUNTED = DIGIT | NUMERAL;

const TRAITS: Uint32Array = traitsByUnit();

function traitsByUnit(): Uint32Array {
  const table = new Uint32Array(0x10000);
  const add = (trait: number, units: string): void => {
    for (let i = 0; i < units.length; i += 1) {
      const unit = units.charCodeAt(i);
      table[unit] = (table[unit] as number) | trait;
    }
  };
  for (let unit = 0; unit < 0x10000; unit += 1) if (isFolded(unit)) table[unit] = FOLDS;
  for (let unit = 0x4e00; unit <= 0x9fff; unit += 1) table[unit] = HAN;
  add(WORD | LATIN, 'abcdefghijklmnopqrstuvwxyz');
  add(WORD | LATIN | CAPITAL, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  add(WORD | DIGIT, '0123456789');
  add(WORD, '_-');
  add(AT, '@#%&艾圈');
  add(PLACE, '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使军空海北南沈兰济广成牌');
  add(HOUSE_UNIT, '号栋幢座弄单室楼层组排號樓棟層');
  add(ADDRESS, '址住省市治');
  add(NUMERAL, '零〇○洞⓪⓿一幺壹弌二贰弍貳两三叁弎參叄四肆五伍六陆陸七柒拐八捌九玖勾');
  for (const [from, to] of [
    [0x2460, 0x249b],
    [0x2776, 0x2792],
    [0x3220, 0x3228],
    [0x3280, 0x3288],
    [0x3021, 0x3029],
    [0x24f5, 0x24fd],
  ] as const) {
    for (let unit = from; unit <= to; unit += 1) table[unit] = NUMERAL;
  }
  add(PAPER, '证照字税保密口');
  add(COLON, ':：=');
  add(CALLED, '叫姓系件货');
  add(SECOND, '是人生士姐小阿门区');
  add(ACCOUNT, '微威薇徽维卫围绿扣叩抠蔻寇口囗企球秋丘支抖快红博陌探淘旺钉飞闲知豆电纸游站加➕❤');
  return table;
}

/** Bits of what the text holds. */
export function traitsOf(text: string): number {
  let traits = 0;
  let numberAt = FAR;
  let inNumber = 0;
  let wordAt = FAR;
  let inWord = 0;
  let placeAt = FAR;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const own = TRAITS[text.charCodeAt(at)] as number;
    if (own === HAN || own === 0) {
      traits |= own;
      continue;
    }
    traits |= own & KEPT;
    if ((own & SECOND) !== 0) traits |= behind(text.charAt(at - 1), text.charAt(at));
    if ((own & HOUSE_UNIT) !== 0 && (at - numberAt <= 1 || at - wordAt <= 1)) traits |= HOUSE;
    if ((own & PLACE) !== 0) {
      if (at - numberAt === 1) traits |= PLATE;
      placeAt = at;
    }
    if ((own & COUNTED) !== 0) {
      if ((own & DIGIT) !== 0 && ++digits >= 4) traits |= DIGITS;
      inNumber = at - numberAt <= MAX_GAP ? inNumber + 1 : 1;
      numberAt = at;
      traits |= own & NUMERAL;
      if (inNumber >= LEAST_DIGITS) traits |= NUMBER;
    }
    if ((own & WORD) !== 0) {
      inWord = at - wordAt === 1 ? inWord + 1 : 1;
      wordAt = at;
      if (inWord >= LEAST_ACCOUNT) traits |= CODE;
      if (at - placeAt <= MAX_GAP) traits |= PLATE;
    }
  }
  return (traits & NUMBER) === 0 ? traits & ~NUMERAL : traits;
}

/** What two characters in a row say. */
function behind(first: string, second: string): number {
  if (second === '是') return first === '我' || first === '字' ? SELF : 0;
  if (second === '人') return first === '本' ? SELF : 0;
  if (second === '小' || second === '阿') return '员服手机傅台购家'.includes(first) ? NICKNAME : 0;
  if (second === '门' || second === '区') return '东南西北正'.includes(first) ? ESTATE : 0;
  const pair = first + second;
  return pair === '先生' || pair === '女士' || pair === '小姐' ? TITLED : 0;
}
const FAR = -1000;
const MAX_GAP = 4;
const LEAST_DIGITS = 7;
const LEAST_ACCOUNT = 5;
