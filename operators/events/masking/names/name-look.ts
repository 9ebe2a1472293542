/**
 * Does this look like a Chinese name? A family name, the characters behind it and what stands around, weighed: a logistic regression
 * over hashed features, trained by models/names/train.py (card.md there), which computes the same features.
 */
import { NAME_WEIGHTS } from './name-weights.ts';
import { BRANDS, FAMILY_NAMES, TWO_CHARACTER_FAMILY_NAMES } from './surnames.ts';

const WEIGHTS: Int8Array = unpacked(NAME_WEIGHTS);
const MASK = WEIGHTS.length - 1;

function unpacked(base64: string): Int8Array {
  return Int8Array.from(atob(base64), (character) => character.charCodeAt(0));
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
const TWO: ReadonlySet<string> = new Set(TWO_CHARACTER_FAMILY_NAMES);

/** No name might begin here. */
export const NO_NAME = -1_000_000;
const LENGTH_BITS = 3;

/** Where from `from` on the next family name might begin, at or after `to` if nowhere. */
export function nextFamily(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const unit = text.charCodeAt(at);
    if (FAMILY[unit] === 1 || FAMILY_START[unit] === 1) break;
    at += 1;
  }
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

function better(text: string, at: number, family: number, best: number): number {
  let found = best;
  for (let given = 1; given <= 2; given += 1) {
    const length = family + given;
    if (!isHan(text.charCodeAt(at + length - 1))) break;
    const look = (weightOf(text, at, family, given) << LENGTH_BITS) | length;
    if (look > found) found = look;
  }
  return found;
}

/** Enough for a name, given what stands around it? */
export function isName(text: string, at: number, look: number): boolean {
  const weight = weightIn(look);
  if (weight < NAMED || NO_GIVEN.test(text.slice(at + 1, at + 3))) return false;
  if (BRANDS.has(text.slice(at, at + 2)) || BRANDS.has(text.slice(at, at + 3))) return false;
  if (weight >= ALONE) return true;
  const end = at + lengthIn(look);
  const mayBeCued = weight >= CUED;
  if (!mayBeCued && !MAYBE_SURE.test(text.charAt(at - 1) + text.charAt(end))) return false;
  const before = text.slice(Math.max(0, at - 8), at);
  const after = text.slice(end, end + 12);
  if (weight >= 0 && /(?:本人|我是)$/.test(before)) return true;
  if (mayBeCued && (BEFORE.test(before) || AFTER.test(after))) return true;
  return (SURE_BEFORE.test(before) && /^(?:[^\u4e00-\u9fff]|$)/.test(after)) || SURE_AFTER.test(after);
}
/** 于昨日下单 */
const NO_GIVEN = /^[昨今明前后当][日天晚年]/;
/** What stands right beside a name must be one of these for the two below. */
const MAYBE_SURE = /[人名系叫款告主签:：是为\s（(]/;
const SURE_BEFORE =
  /(?:[收寄取签持开投被受预乘申]..?[人主]|[收寄户]主|户名|姓名|名字|联系人|我叫|名叫|署名|落款|签名|转告)[:：是为叫]{0,2}\s?$/;
const SURE_AFTER = /^[（(][男女][）)]/;
const BEFORE =
  /(?:骑手|[务售递卖业餐管营保收店柜导购人成会学演队]员|小哥|师傅|司机|客服|经理|店长|主[管任]|老师|医生|护士|教练|技师|顾问|前台|保[安洁]|老[公婆板]|[爸妈哥姐弟妹]{1,2}|[儿女]子?儿?|太太|丈夫|妻子|朋友|同[事学]|名?叫做?|姓名|名字|联系人|[收寄发取货件签持卡开户诉请保约机]人|户[名主]|用户|客户|顾客|乘客|旅客|业主|患者|请?转[告给接]|找|署名|落款|签名|此致|敬礼|转|[收寄]件?(?=[:：])|负责人|经办人?|对接人?|[你您]好|嗨|哈[喽啰罗]|\bhi|hello|hey|dear|from|by|亲爱的|尊敬的)[:：是为，,！!\s]{0,2}$|(?:谢谢|感谢|谢)[您你]?[！!。.~～]\s?$|[-—~～]{1,2}\s?$/i;
const AFTER =
  /^(?:先生|女士|小姐|同志|老师|经理|主[任管]|医生|师傅|店长|教练|同学|律师|教授|护士|队长|阿姨|叔叔|打来?电话|打电话|[来致]电|投诉|反[馈映]|下的单|代?签?收|(?:答应|承诺|告诉|通知|联系|接待|服务|处理|负责|收到?的?件|昨[天晚]|今[天早晚]|明天|刚[才刚]|一直|已经)(?=[^*])|的(?:订单|快递|账号|包裹|手机|电话|身份证|名字)|[\s,，:：]{0,2}(?:电话|手机)?[:：\s]{0,2}(?:\+?86)?\s?1[0-9]{2}\*{4})/;

function isHan(unit: number): boolean {
  return unit >= 0x4e00 && unit <= 0x9fff;
}

/** As `features` in train.py. */
function weightOf(text: string, at: number, family: number, given: number): number {
  const end = at + family + given;
  const s = text.charCodeAt(at + family - 1);
  const g1 = text.charCodeAt(at + family);
  const g2 = given === 1 ? 0 : text.charCodeAt(end - 1);
  const own =
    weight(given === 1 ? 1 : 2, 0, 0) +
    weight(family === 1 ? 3 : 4, s, 0) +
    weight(5, s, given) +
    weight(given === 1 ? 6 : 7, g1, 0) +
    weight(8, g2, 0) +
    weight(9, g1, g2) +
    weight(10, s, g1);
  // Nothing around it makes a name of 高兴.
  if (own < HOPELESS) return own;
  const l1 = sortOf(text, at - 1);
  const l2 = sortOf(text, at - 2);
  const r1 = sortOf(text, end);
  const r2 = sortOf(text, end + 1);
  return (
    own +
    weight(11, l1, 0) +
    weight(12, l1, l2) +
    weight(13, l2, sortOf(text, at - 3)) +
    weight(14, r1, 0) +
    weight(15, r1, r2) +
    weight(16, r2, sortOf(text, end + 2)) +
    weight(17, r1, given) +
    weight(18, given === 1 ? g1 : g2, r1) +
    weight(19, l1, s)
  );
}
const HOPELESS = -140;

function weight(kind: number, a: number, b: number): number {
  let hash = Math.imul(kind, 0x9e3779b1) ^ Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return WEIGHTS[(hash ^ (hash >>> 12)) & MASK] as number;
}

/** Of what is no Chinese character only the sort. */
function sortOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (isHan(unit)) return unit;
  if (Number.isNaN(unit)) return 1;
  if ((unit >= 0x30 && unit <= 0x39) || unit === 0x2a) return 2;
  const letter = unit | 0x20;
  if (unit < 0x80 && letter >= 0x61 && letter <= 0x7a) return 3;
  if (unit === 0x28 || unit === 0xff08) return 4;
  if (unit === 0x3a || unit === 0xff1a) return 5;
  return unit === 0x20 ? 6 : 7;
}
