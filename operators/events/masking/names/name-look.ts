/**
 * Does this look like a Chinese name? A family name, the characters behind it and what stands around, weighed: a logistic regression
 * over hashed features, trained by models/names/train.py (card.md there), which computes the same features.
 */
import { NAME_WEIGHTS } from './name-weights.ts';
import { BRANDS, FAMILY_NAMES, TWO_CHARACTER_FAMILY_NAMES } from './surnames.ts';
import { unitAt } from '../unit-at.ts';

const WEIGHTS: Int8Array = unpacked(NAME_WEIGHTS);
const MASK = WEIGHTS.length - 1;

/** By hand, as what follows by unit: every start makes these tables, and `from` takes four times as long. */
function unpacked(base64: string): Int8Array {
  const binary = atob(base64);
  const bytes = new Int8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** What a name must weigh: on its own, beside a word that goes with names, behind one that only a name follows. */
const ALONE = 12;
const CUED = -32;
const NAMED = -150;

const FAMILY = new Uint8Array(0x10000);
for (const name of FAMILY_NAMES) FAMILY[name.charCodeAt(0)] = 1;
/** First characters of those of two. */
const FAMILY_START = new Uint8Array(0x10000);
for (const name of TWO_CHARACTER_FAMILY_NAMES) FAMILY_START[name.charCodeAt(0)] = 1;
/** Of both. */
const BEGINS: Uint8Array = FAMILY.map((single, unit) => single | (FAMILY_START[unit] as number));
const TWO: ReadonlySet<string> = new Set(TWO_CHARACTER_FAMILY_NAMES);

/** No name might begin here. */
export const NO_NAME = -1_000_000;
const LENGTH_BITS = 3;

/** Where from `from` on the next family name might begin, at or after `to` if nowhere. */
export function nextFamily(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && BEGINS[text.charCodeAt(at)] === 0) at += 1;
  return at;
}

/** The likeliest name that begins at `at`, as one number, for `weightIn` and `lengthIn`; the heavier the likelier. */
export function lookAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  let best = NO_NAME;
  if (FAMILY[unit] === 1) best = better(text, at, 1, best);
  if (FAMILY_START[unit] === 1 && TWO.has(text.slice(at, at + 2))) best = better(text, at, 2, best);
  return best;
}
export function weightIn(look: number): number {
  return look >> LENGTH_BITS;
}
/** How many characters it has. */
export function lengthIn(look: number): number {
  return look & ((1 << LENGTH_BITS) - 1);
}

/** The same with the name's own weight by hash, for the rare families of two characters. */
function better(text: string, at: number, family: number, best: number): number {
  let found = best;
  const s = text.charCodeAt(at + family - 1);
  const g1 = unitAt(text, at + family);
  if (!isHan(g1)) return found;
  const g2 = unitAt(text, at + family + 1);
  const isSingle = family === 1 && isHan(s);
  const ownOne = (isSingle ? ofUnit(OWN_ONE, s) : ownFamily(4, s, 1)) + ofUnit(GIVEN_ONE, g1);
  const ownTwo = !isHan(g2)
    ? IMPOSSIBLE
    : (isSingle ? ofUnit(OWN_TWO, s) : ownFamily(4, s, 2)) + ofUnit(GIVEN_FIRST, g1) + ofUnit(GIVEN_SECOND, g2);
  // Nothing around it makes a name of 高兴.
  const least = IS_SURE[unitAt(text, at - 1)] === 1 || IS_SURE[unitAt(text, at + family + 1)] === 1 ? HOPELESS : FAINT;
  // What is still to be added is at most so much.
  if (ownOne + MOST < least && ownTwo + 2 * MOST < least) return found;
  const pair = weight(10, s, g1);
  const one = pair + ownOne;
  const two = ownTwo === IMPOSSIBLE ? IMPOSSIBLE : pair + ownTwo + weight(9, g1, g2);
  if (one < least && two < least) return found;
  const left = leftOf(text, at, s);
  if (one >= least)
    found = Math.max(found, ((one + left + rightOf(text, at + family + 1, g1, 1)) << LENGTH_BITS) | (family + 1));
  if (two >= least)
    found = Math.max(found, ((two + left + rightOf(text, at + family + 2, g2, 2)) << LENGTH_BITS) | (family + 2));
  return found;
}
const HOPELESS = -140;
const IMPOSSIBLE = -10_000;
/** The heaviest feature. */
const MOST = WEIGHTS.reduce((most, one) => Math.max(most, one), 0);
/** Enough beside a word that a name surely follows, and nowhere else. */
const FAINT = -70;

/** Enough for a name, given what stands around it? */
export function isName(text: string, at: number, look: number): boolean {
  const weight = weightIn(look);
  if (weight < NAMED) return false;
  const end = at + lengthIn(look);
  const last = at === 0 ? 0x0a : text.charCodeAt(at - 1);
  const isBefore = ENDS_CUE[last] === 1;
  const isAfter = BEGINS_CUE[end < text.length ? text.charCodeAt(end) : 0x0a] === 1;
  if (weight < ALONE && !isBefore && !isAfter) return false;
  if (isDay(text, at + 1) || isBrand(text, at)) return false;
  if (weight >= ALONE) return true;
  const before = text.slice(Math.max(0, at - 8), at);
  const after = text.slice(end, end + 12);
  if (weight >= 0 && (before.endsWith('本人') || before.endsWith('我是') || before.endsWith('我係'))) return true;
  if (weight >= CUED && ((isBefore && BEFORE.test(before)) || (isAfter && AFTER.test(after)))) return true;
  const isAlone = !isHan(unitAt(text, end));
  if (JOB_ENDS[last] === 1 && end - at === 3 && isAtWork(text, end, before, weight)) return true;
  if (isAlone && JUDGED_ENDS[last] === 1 && weight >= JUDGED_WEIGHT && JUDGED.test(before)) return true;
  if (isBefore && isAlone && SURE_BEFORE.test(before)) return true;
  return isAfter && (after.startsWith('（') || after.startsWith('(')) && SURE_AFTER.test(after);
}
/** 于昨日下单 */
function isDay(text: string, at: number): boolean {
  return DAYS[unitAt(text, at + 1)] === 1 && '昨今明前后当'.includes(text.charAt(at));
}
const DAYS = marked('日天晚年');

function isBrand(text: string, at: number): boolean {
  if (BRAND_START[unitAt(text, at)] !== 1 || BRAND_SECOND[unitAt(text, at + 1)] !== 1) return false;
  return BRANDS.has(text.slice(at, at + 2)) || BRANDS.has(text.slice(at, at + 3));
}
const BRAND_START = marked(Array.from(BRANDS, (brand) => brand.charAt(0)).join(''));
const BRAND_SECOND = marked(Array.from(BRANDS, (brand) => brand.charAt(1)).join(''));
/** Characters that the words of the expressions below end with, and begin with: most places have none of them. */
const ENDS_CUE = marked(
  '手员哥傅机服理店长任管师生士练问台洁安公婆板爸妈姐弟妹儿女子太夫妻友事学叫做名字人主户客者告给接找款签致礼转收寄件好嗨喽啰罗系是为本我谢迟您你員師機經長護屬属工表专介姨成换填写了的為係东東游遊队嫂诉扬报谢「【“" :：，,。.！!~～-—\n\r\t\u3000' +
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
);
const BEGINS_CUE = marked(
  '先女小同老经主医师店教律护队阿叔打来致电投反下代签收答承告通联接服处负昨今明刚一已的（( ,，:：手+1\t\n',
);
const IS_SURE = marked('人名系叫款告主签成填写:：是为（(「【“ \t\n');
function marked(units: string): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let i = 0; i < units.length; i += 1) table[units.charCodeAt(i)] = 1;
  return table;
}

const SURE_BEFORE =
  /(?:[收寄取签持开投被受预乘申推]..?[人主]|[收寄户]主|户名|姓名|名字|联系人|聯[絡繫]人|我叫|名叫|署名|落款|签名|转告|此致\s?敬礼[!！]?)(?:改[成为]|换成|填[的了]?|写[的了]?)?[:：是为叫「【“"]{0,2}\s?$/;
/** Who is at work is called by the full name: 维修工金大川, 配送员温兆明。 */
const JOB =
  /(?:[务售递卖业餐管收店购送查检播單]员|[務售遞業餐管店送檢單]員|[修装理洁焊]工|骑手|司机|客户?经理|店长|客服|导购|专员|护士|教练|技师|顾问|房东|导游|领队)$/;
const JOB_ENDS = marked('员員工手机理长服购士练师问东游队');
function isAtWork(text: string, end: number, before: string, weight: number): boolean {
  const least = isHan(unitAt(text, end)) ? AT_WORK : AT_WORK_ALONE;
  return weight >= least && text[end] !== '地' && JOB.test(before);
}
const AT_WORK = -60;
/** 投诉牛萌萌，… */
const JUDGED = /(?:投诉|表扬|举报|点名批评|感谢|谢谢)$/;
const JUDGED_ENDS = marked('诉扬报评谢');
const JUDGED_WEIGHT = -60;
/** With nothing but a mark behind it. */
const AT_WORK_ALONE = -140;
const SURE_AFTER = /^[（(][男女][）)]/;
const BEFORE =
  /(?:骑手|[务售递卖业餐管营保收店柜导购人成会学演队送查检播安单單飞]员|[务售递业餐管店人成會學送查檢單][員]|[修装理洁电焊]工|小哥|师傅|師傅|司机|司機|客服|经理|經理|店长|店長|主[管任]|代表|专员|老师|老師|医生|醫生|护士|護士|教练|技师|顾问|律师|中介|前台|保[安洁]|阿姨|家[属屬长長]|监护人|房[东東]|导游|导遊|领队|保姆|月嫂|老[公婆板]|[爸妈哥姐弟妹]{1,2}|[儿女]子?儿?|太太|丈夫|妻子|朋友|同[事学]|名?叫做?|姓名|名字|联系人|[收寄发取货件签持卡开户诉请保约机]人|户[名主]|用户|客户|顾客|乘客|旅客|业主|患者|请?转[告给接]|找|署名|落款|签名|簽名|聯[絡繫]人|[收寄]件人|此致|敬礼|转|[收寄]件?(?=[:：])|负责人|经办人?|对接人?|[你您]好|嗨|哈[喽啰罗]|\bhi|hello|hey|dear|from|by|亲爱的|尊敬的)(?:(?:改[成为]|换成|填[的了]?|写[的了]?|登记为?)|[:：是为係，,！!\s「【“"]){0,2}$|(?:谢谢|感谢|谢)[您你]?[！!。.~～]\s?$|[-—~～]{1,2}\s?$/i;
const AFTER =
  /^(?:先生|女士|小姐|同志|老师|经理|主[任管]|医生|师傅|店长|教练|同学|律师|教授|护士|队长|阿姨|叔叔|打来?电话|打电话|[来致]电|投诉|反[馈映]|下的单|代?签?收|(?:答应|承诺|告诉|通知|联系|接待|服务|处理|负责|收到?的?件|昨[天晚]|今[天早晚]|明天|刚[才刚]|一直|已经)(?=[^*])|的(?:订单|快递|账号|包裹|手机|电话|身份证|名字)|[\s,，:：]{0,2}(?:电话|手机)?[:：\s]{0,2}(?:\+?86)?\s?1[0-9]{2}\*{4})/;

function isHan(unit: number): boolean {
  return unit >= 0x4e00 && unit <= 0x9fff;
}

/** As `features` in train.py: of the name itself by table, of what stands around it by hash. */
const HAN_FROM = 0x4e00;
const HANS = 0x5200;
const ofUnit = (table: Int16Array, unit: number): number => table[unit - HAN_FROM] as number;
function byUnit(weigh: (unit: number) => number): Int16Array {
  const table = new Int16Array(HANS);
  for (let i = 0; i < HANS; i += 1) table[i] = weigh(HAN_FROM + i);
  return table;
}
const ownFamily = (kind: 3 | 4, s: number, given: 1 | 2): number =>
  weight(given, 0, 0) + weight(kind, s, 0) + weight(5, s, given);
const OWN_ONE = byUnit((s) => (FAMILY[s] === 1 ? ownFamily(3, s, 1) : 0));
const OWN_TWO = byUnit((s) => (FAMILY[s] === 1 ? ownFamily(3, s, 2) : 0));
const GIVEN_ONE = byUnit((g) => weight(6, g, 0) + weight(8, 0, 0) + weight(9, g, 0));
const GIVEN_FIRST = byUnit((g) => weight(7, g, 0));
const GIVEN_SECOND = byUnit((g) => weight(8, g, 0));

function leftOf(text: string, at: number, s: number): number {
  const l1 = sortOf(text, at - 1);
  const l2 = sortOf(text, at - 2);
  return weight(11, l1, 0) + weight(12, l1, l2) + weight(13, l2, sortOf(text, at - 3)) + weight(19, l1, s);
}
function rightOf(text: string, end: number, last: number, given: 1 | 2): number {
  const r1 = sortOf(text, end);
  const r2 = sortOf(text, end + 1);
  return (
    weight(14, r1, 0) +
    weight(15, r1, r2) +
    weight(16, r2, sortOf(text, end + 2)) +
    weight(17, r1, given) +
    weight(18, last, r1)
  );
}

function weight(kind: number, a: number, b: number): number {
  let hash = Math.imul(kind, 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return WEIGHTS[(hash ^ (hash >>> 12)) & MASK] as number;
}

/** Of what is no Chinese character only the sort. */
function sortOf(text: string, at: number): number {
  if (at < 0 || at >= text.length) return 1;
  const unit = text.charCodeAt(at);
  if (isHan(unit)) return unit;
  if ((unit >= 0x30 && unit <= 0x39) || unit === 0x2a) return 2;
  const letter = unit | 0x20;
  if (unit < 0x80 && letter >= 0x61 && letter <= 0x7a) return 3;
  if (unit === 0x28 || unit === 0xff08) return 4;
  if (unit === 0x3a || unit === 0xff1a) return 5;
  return unit === 0x20 ? 6 : 7;
}
