/** What single characters say of a text: bits for what the rules of masking start from, and the table of them by code unit. */
import { ensure } from '../../../../engine/core/must.ts';
import { isFolded } from '../folding.ts';

/** Something is folded. */
export const FOLDS = 1;
export const LATIN = 2;
export const HAN = 8;
/** A mark, or a character of a word, that stands for an @ with a name before it and a domain behind it. */
export const AT = 16;
/** Letters, digits, _ and - in a row, long enough for an account. */
export const CODE = 32;
/** A place of registration or a force, and what could be the rest of a plate beside it. */
export const PLATE = 64;
/** A number and house, stair or room. */
export const HOUSE = 128;
/** Digits and numerals, close enough to be one number: some of them numerals. */
export const NUMERAL = 256;
/** The same, all of them digits. */
export const NUMBER = 512;
/** A digit. */
export const DIGIT = 1024;
/** Of a word for a password. */
export const PASSWORD = 2048;
/** 人, 名, 主 or 客 and a colon. */
export const WHO = 4096;
/** An equals sign. */
export const EQUALS = 1 << 13;
/** Of a word for a paper, in whatever script. */
export const PAPER = 1 << 14;
/** 微, 薇, 加, … and 扣, 企, …: of a word for an account of WeChat; of QQ; of another messenger. */
export const WECHAT = 1 << 15;
export const QQ = 1 << 21;
export const MESSENGER = 1 << 22;
/** At least four digits. */
export const DIGITS = 1 << 16;
/** 叫, 姓名, 系人, 件人, 货人: of words that a Chinese name follows; 我是, 本人; 先生, 女士, 小姐; 服务员小… */
export const CALLED = 1 << 17;
export const SELF = 1 << 18;
export const TITLED = 1 << 19;
export const NICKNAME = 1 << 20;
/** Of a word for an address: 址, 家住, 我住, 住在. */
export const LIVES = 1 << 23;
/** 东门, 南区: of an estate. */
export const ESTATE = 1 << 24;
/** 省, 市, 治. */
export const PROVINCE = 1 << 25;
/** Colons, dots or dashes as network addresses have them. */
export const NETWORK = 1 << 26;
/** Four digits close together. */
export const NEAR = 1 << 27;
/** 牌: of a word for a plate. */
export const NUMBER_PLATE = 1 << 28;
/** 姓. */
export const SURNAMED = 1 << 29;

/** A letter of another script that has capitals. */
export const CASED = 1 << 31;

/** Only while looking: the character has a sort. */
export const SORTED = 1 << 30;

/** Beside those: what a look goes on from, by code unit. */
export const LETTER = 1;
export const COUNTED = 2;
/** What counts only behind another character. */
export const SECOND = 4;
export const HOUSE_UNIT = 8;
export const PLACE = 16;
/** . - : and the like. */
export const MARK = 32;
/** Counts as part of an account. */
export const JOINT = 64;

const TRAITS: Int32Array = new Int32Array(0x10000);
const SORTS: Uint8Array = new Uint8Array(0x10000);
fill();
/** By code unit: the place of what it says in the two short lists. Few characters differ, and one byte each stays near the processor. */
export const PLACES: Uint8Array = new Uint8Array(0x10000);
/** Bits that a character has on its own, by place. */
export const TRAITS_AT: Int32Array = new Int32Array(0x100);
/** Ways to go on from it, by place. */
export const SORTS_AT: Uint8Array = new Uint8Array(0x100);
shorten();

function fill(): void {
  const add = (table: Int32Array | Uint8Array, bit: number, units: string): void => {
    for (let i = 0; i < units.length; i += 1) {
      const unit = units.charCodeAt(i);
      table[unit] = (table[unit] as number) | bit;
    }
  };
  for (let unit = 0; unit < 0x10000; unit += 1) if (isFolded(unit)) TRAITS[unit] = FOLDS;
  for (let unit = 0x4e00; unit <= 0x9fff; unit += 1) TRAITS[unit] = HAN;
  for (const letters of ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']) {
    add(TRAITS, LATIN, letters);
    add(SORTS, LETTER, letters);
  }
  for (let unit = 0xc0; unit <= 0x24f; unit += 1) if (unit !== 0xd7 && unit !== 0xf7) SORTS[unit] = LETTER;
  add(TRAITS, DIGIT, '0123456789');
  add(SORTS, COUNTED, '0123456789');
  add(SORTS, MARK, '.:-@#%&_=：');
  add(SORTS, JOINT, '_-');
  add(TRAITS, AT, '艾圈');
  add(TRAITS, EQUALS, '=');
  add(SORTS, PLACE, '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使军空海北南沈兰济广成牌');
  add(TRAITS, NUMBER_PLATE, '牌');
  add(SORTS, HOUSE_UNIT, '号栋幢座弄单室楼层组排舍號樓棟層');
  add(TRAITS, LIVES, '址');
  add(TRAITS, PROVINCE, '省市治');
  fillNumerals(add);
  add(TRAITS, PASSWORD, '密');
  add(TRAITS, PAPER, '证証證照案可居保金号碼號码牌税編');
  // Russian, Japanese and Korean words for papers.
  for (const [from, to] of [
    [0x400, 0x4ff],
    [0x3040, 0x30ff],
    [0xac00, 0xd7a3],
  ] as const) {
    for (let unit = from; unit <= to; unit += 1) TRAITS[unit] = (TRAITS[unit] as number) | PAPER;
  }
  // Greek, Cyrillic, Armenian, Georgian, Cherokee, marks that are letters, Glagolitic …, and halves of what lies beyond.
  for (const [from, to] of [
    [0x370, 0x587],
    [0x10a0, 0x10ff],
    [0x13a0, 0x13ff],
    [0x1c80, 0x1cbf],
    [0x1e00, 0x1fff],
    [0x2100, 0x214f],
    [0x2c00, 0x2dff],
    [0xa640, 0xa7ff],
    [0xab30, 0xabbf],
    [0xd801, 0xd83a],
  ] as const) {
    for (let unit = from; unit <= to; unit += 1) TRAITS[unit] = (TRAITS[unit] as number) | CASED;
  }
  add(TRAITS, CALLED, '叫');
  add(TRAITS, SURNAMED, '姓');
  add(SORTS, SECOND, '是人住在生士姐小阿门区名令全点點信❤♥付音手红博站陌探宝旺钉书鱼乎瓣报飞戏');
  add(TRAITS, WECHAT, '微威薇徽维卫围绿加➕❤');
  add(TRAITS, QQ, '扣叩抠蔻寇口囗企球秋丘');
  for (let unit = 0; unit < 0x10000; unit += 1) {
    if (SORTS[unit] !== 0) TRAITS[unit] = (TRAITS[unit] as number) | SORTED;
  }
}

function shorten(): void {
  const known = new Map<number, number>();
  for (let unit = 0; unit < 0x10000; unit += 1) {
    const [traits, sorts] = [TRAITS[unit] as number, SORTS[unit] as number];
    const both = traits * 0x100 + sorts;
    const place = known.get(both) ?? known.size;
    known.set(both, place);
    PLACES[unit] = place;
    TRAITS_AT[place] = traits;
    SORTS_AT[place] = sorts;
  }
  ensure(known.size <= 0x100, 'few characters that differ');
}

function fillNumerals(add: (table: Int32Array | Uint8Array, bit: number, units: string) => void): void {
  const numerals = '零〇○洞⓪⓿一幺壹弌二贰弍貳两三叁弎參叄四肆五伍六陆陸七柒拐八捌九玖勾';
  add(TRAITS, NUMERAL, numerals);
  add(SORTS, COUNTED, numerals);
  for (const [from, to] of [
    [0x2460, 0x249b],
    [0x2776, 0x2792],
    [0x3220, 0x3228],
    [0x3280, 0x3288],
    [0x3021, 0x3029],
    [0x24f5, 0x24fd],
  ] as const) {
    TRAITS.fill(NUMERAL, from, to + 1);
    SORTS.fill(COUNTED, from, to + 1);
  }
}

/** What two characters in a row say, by the second: which first ones, and what they say together. */
const TOGETHER: readonly (readonly [seconds: string, firsts: string, bit: number])[] = [
  ['是', '我字', SELF],
  ['人', '本', SELF],
  ['人', '系件货', CALLED],
  ['名', '姓', CALLED],
  ['住', '家我', LIVES],
  ['在', '住', LIVES],
  ['令', '口', PASSWORD],
  ['全', '安', PASSWORD],
  ['小阿', '员服手机傅台购家', NICKNAME],
  ['门区', '东南西北正', ESTATE],
  // zhang at example点com; not 3点
  ['点點', ' ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', AT],
  ['信❤♥', 'vV ', WECHAT],
  // 支付宝, 抖音, 快手, 小红书, 微博, b站, 纸飞机 …
  ['付音手红博站陌探宝旺钉书鱼乎瓣报飞戏', '支抖快小微bB陌探淘旺钉飞闲知豆电纸游', MESSENGER],
  ['生', '先', TITLED],
  ['士', '女', TITLED],
  ['姐', '小', TITLED],
];
/** By second, and by first: those that share no bit belong to no row together. */
const SECONDS: Int32Array = new Int32Array(0x10000);
const FIRSTS: Int32Array = new Int32Array(0x10000);
TOGETHER.forEach(([seconds, firsts], row) => {
  for (const second of seconds) SECONDS[second.charCodeAt(0)] = (SECONDS[second.charCodeAt(0)] as number) | (1 << row);
  for (const first of firsts) FIRSTS[first.charCodeAt(0)] = (FIRSTS[first.charCodeAt(0)] as number) | (1 << row);
});
const ROW_BITS: Int32Array = Int32Array.from(TOGETHER, ([, , bit]) => bit);

export function behind(text: string, at: number): number {
  const rows = at === 0 ? 0 : (SECONDS[text.charCodeAt(at)] as number) & (FIRSTS[text.charCodeAt(at - 1)] as number);
  return rows === 0 ? 0 : (ROW_BITS[31 - Math.clz32(rows)] as number);
}
