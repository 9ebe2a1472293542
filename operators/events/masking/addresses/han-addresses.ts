/** Chinese addresses: by their house, stair or room number, by their province, or behind a word for them; all of it goes. */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import type { Seen } from '../glance/glance.ts';
import { ESTATE, HOUSE as HOUSE_TRAIT, LIVES, PROVINCE } from '../glance/traits.ts';
import { isBrief, NOTHING, replacedIn, type Found } from '../replaced.ts';
import { unitAt } from '../unit-at.ts';

const HAN = '\\u4e00-\\u9fff';
const NUMBER = '(?:[0-9]{1,5}(?:-[0-9]{1,4}){0,3}|[一二三四五六七八九十百]{1,5}|[A-Za-z甲乙丙丁](?:[0-9]{1,2})?)';
const UNIT = '(?:号楼|號樓|号院|号库|号|號|舍|栋|棟|幢|座|弄|单元|室|楼|樓|层|層|排|组|队|户|戶|房|门|铺|车间)';
/** What has a number and no house: 3号线, 5号口, 2号桌. */
const NO_HOUSE =
  '(?!线|口|[餐展大影放]?厅|店|馆|车|柜|桌|机|客服|技师|航|登|检票|窗|台|公告|文件|令|码|称|选手|床|球|字|色|套餐|包[厢间]|[晚早上下中]|之?[前后内]|到货|发货|开[始通]|[0-9]*月)';
const HOUSE = new RegExp(
  `(?:${NUMBER}${UNIT}${NO_HOUSE}|(?<=[\u4e00-\u9fff] ?)(?<![0-9])[0-9]{1,3}-[0-9]{1,3}-[0-9]{2,5}(?![0-9-]))(?:[\\s,，-]?(?:${NUMBER}${UNIT}(?!口)|附[0-9]{1,4}号?|[0-9]{1,4}[A-Z](?![A-Za-z0-9])|[A-Z]?[0-9]{2,5}(?:-[0-9]{1,4})?(?![0-9年月日元块点个次天分%])|[东南西北]?门(?!口))){0,6}`,
  'y',
);

const ADMIN = /[省市区县镇乡旗州盟村屯區縣鎮鄉]|街道|开发区/;
const STREET = /(?:路|街|大道|巷|胡同|里弄|公路|环路|国道|[东南西北中]段|[一二三四五六七八九十]段|道)(?![边上口旁过])/;
const PLACE =
  /小区|花园|家园|大厦|公寓|宿舍|大学|学院|新村|广场|[名雅花美嘉]苑|苑|豪庭|华庭|国际|中心|[新名]城|[华公]府|湾|山庄|庄园|写字楼|工业园|产业园|科技园|软件园|商城|社区|别墅|里$|坊|[桥栋旁侬园城墅轩阁庭郡邸邨村台]$|[一二三四五六七八九十]期$/;
/** After these the address begins. */
const BEGINS =
  /(?<!口)往|[在到住是给发寄送址来去从至我为了的您你离]|[位处寄住坐落]于|[：:,，。;；!！?？\s（()）"“”'、]/g;
const BEGIN = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x10000; unit += 1)
  if (/[在到住是给发寄送址来去从至我为了的您你离：:,，。;；!！?？\s（()）"“”'、]/.test(String.fromCharCode(unit)))
    BEGIN[unit] = 1;
const MAX_LEFT = 48;
/** A shop says where it is. */
const OF_A_SHOP = /位于|坐落于|位置[在是:：]|店在$/;

export function hanAddressesIn(text: string, seen: Seen): Found {
  return isBrief(text) && !mayHoldAddress(text, seen) ? NOTHING : addressesIn(text, seen);
}
/** Of a brief text. */
function mayHoldAddress(text: string, { traits }: Seen): boolean {
  if ((traits & HOUSE_TRAIT) !== 0 && houseFrom(text, 0) !== null) return true;
  if ((traits & PROVINCE) !== 0 && STREETS_HINT.test(text)) return true;
  return ((traits & LIVES) !== 0 && CUED_HINT.test(text)) || ((traits & ESTATE) !== 0 && ESTATES_HINT.test(text));
}

function* addressesIn(text: string, { traits }: Seen): Steps<Edit[]> {
  const houses = (traits & HOUSE_TRAIT) === 0 ? [] : yield* housesIn(text);
  const streets =
    (traits & PROVINCE) === 0 || !STREETS_HINT.test(text)
      ? []
      : yield* replacedIn(text, STREETS, ([, before = '', found = '']) => {
          let start = 0;
          for (const stop of found.slice(0, 12).matchAll(BEGINS)) start = stop.index + stop[0].length;
          return `${before}${found.slice(0, start)}***`;
        });
  const cued = (traits & LIVES) !== 0 && CUED_HINT.test(text) ? yield* replacedIn(text, CUED, cuedAddress) : [];
  // 万科城市花园东门, 阳光花园3期
  const estates =
    (traits & ESTATE) === 0 || !ESTATES_HINT.test(text)
      ? []
      : yield* replacedIn(text, ESTATES, ([, before = '']) => `${before}***`);
  return united([...houses, ...streets, ...estates, ...cued]);
}

/** Those that overlap are one address. */
function united(edits: readonly Edit[]): Edit[] {
  const all: Edit[] = [];
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last === undefined || edit.from > last.to) all.push(edit);
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, edit.to), put: '***' };
  }
  return all;
}

function* housesIn(text: string): Steps<Edit[]> {
  const edits: Edit[] = [];
  let from = 0;
  let looks = 0;
  for (let match = houseFrom(text, 0); match !== null;) {
    const end = HOUSE.lastIndex;
    const start = addressStart(text, match.index, from);
    if (
      !OF_A_SHOP.test(text.slice(Math.max(0, start - 4), start)) &&
      isAddress(text.slice(start, match.index), match[0])
    ) {
      edits.push({ from: start, to: end, put: '***' });
      from = end;
    }
    if (++looks % 64 === 0) yield;
    match = houseFrom(text, end);
  }
  return edits;
}

/** The next house: tried where a number ends at a word for one, since a search tries each way at each place. */
function houseFrom(text: string, from: number): RegExpExecArray | null {
  for (let at = from; at < text.length; at += 1) {
    if (OF_HOUSE[text.charCodeAt(at)] !== IN_NUMBER) continue;
    let end = at + 1;
    let isMany = false;
    for (let unit = unitAt(text, end); OF_HOUSE[unit] === IN_NUMBER; unit = unitAt(text, end)) {
      isMany ||= unit === 0x2d;
      end += 1;
    }
    if (isMany || OF_HOUSE[unitAt(text, end)] === OF_UNIT) {
      for (; at < end; at += 1) {
        HOUSE.lastIndex = at;
        const match = HOUSE.exec(text);
        if (match !== null) return match;
      }
    }
    at = end - 1;
  }
  return null;
}
const IN_NUMBER = 1;
const OF_UNIT = 2;
const OF_HOUSE = new Uint8Array(0x10000);
for (const unit of '号號舍栋棟幢座弄单室楼樓层層排组队户戶房门铺车') OF_HOUSE[unit.charCodeAt(0)] = OF_UNIT;
for (const unit of '0123456789-一二三四五六七八九十百甲乙丙丁ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')
  OF_HOUSE[unit.charCodeAt(0)] = IN_NUMBER;

function addressStart(text: string, at: number, from: number): number {
  const least = Math.max(from, at - MAX_LEFT);
  // 百合公寓 5幢: the space before the number is no end.
  let start = text[at - 1] === ' ' ? at - 1 : at;
  while (start > least && !isBegin(text, start - 1, least)) start -= 1;
  return start;
}
/** The same as BEGINS, at one place. */
function isBegin(text: string, at: number, least: number): boolean {
  const unit = text.charCodeAt(at);
  if (BEGIN[unit] === 1) return true;
  if (at <= least) return unit === 0x5f80;
  const before = text.charAt(at - 1);
  // 往, 位于
  return unit === 0x5f80 ? before !== '口' : unit === 0x4e8e && '位处坐落'.includes(before);
}

/** By what stands before the house's number, and the number itself. */
function isAddress(left: string, house: string): boolean {
  const own = left.replace(/\*+/g, '').trimEnd();
  if (
    /(?:[0-9一二三四五六七八九十A-Za-z](?:栋|棟|幢|单元|号楼|號樓|弄|室|号院|座|舍)|[0-9]楼).{0,4}[0-9]{1,5}/.test(
      house,
    )
  )
    return true;
  if (own.length < 2) return false;
  const isVague = /^[^号號栋棟幢弄室]*$/.test(house) && !/[A-Za-z]座.{0,3}[0-9]/.test(house);
  const isNamed = STREET.test(own) || (ADMIN.test(own) && PLACE.test(own));
  if (isVague) return isNamed && ADMIN.test(own);
  return isNamed || PLACE.test(own) || (own.match(new RegExp(ADMIN, 'g'))?.length ?? 0) >= 2;
}

/** Two places of the administration, and a street or an estate: 浙江省宁波市鄞州区天童北路 */
const STREETS = new RegExp(
  `(^|[^${HAN}]|[在到住是往给发寄送址于])((?:[${HAN}]{2,7}(?:省|自治区)|[${HAN}]{2,5}市)[${HAN}]{1,6}(?:市|区|县|镇|乡)(?:[${HAN}]{1,6}(?:镇|乡|街道|区|县))?[${HAN}A-Za-z0-9]{2,12}(?:路|街|大道|巷|胡同|小区|花园|家园|大厦|公寓|新村|村|苑|庄|城)(?![${HAN}]{0,2}(?:线|站|店)))`,
  'g',
);

const ESTATES_HINT =
  /(?:小区|花园|家园|新村|公寓|宿舍|社区|[苑城府湾邸]|(?<!动物|植物|公|校|乐|幼儿|陵)园)(?:[东南西北][门区]|正门)/;
const ESTATES = new RegExp(
  `(^|[^${HAN}]|[在到住是往给发寄送址于柜])([${HAN}]{2,10}(?:小区|花园|家园|新村|公寓|宿舍|社区|[苑城府湾邸]|(?<!动物|植物|公|校|乐|幼儿|陵)园)(?:[东南西北][门区]|正门)(?:口|外|内|旁)?)`,
  'g',
);

const STREETS_HINT = /(?:省|自治区|市)[\u4e00-\u9fff]{1,6}[市区县镇乡]/;

const CUED_HINT = /址|家住|住在|我住/;
const CUED = new RegExp(
  `((?:地址|住址|家住|住在|我住)\\s?(?:[:：]|是在|是|在|为|改[成为到]|换[成到]|填的?|写的?)?\\s?)([${HAN}A-Za-z0-9#－ -]{3,60})`,
  'g',
);
/** A street with its name, or a house, stair or room with its number. */
const ENDS: readonly RegExp[] = [
  new RegExp(`[${HAN}]{2,8}(?<![走半一马公的临靠逛各铁网线错迷修道])(?:路|街|大道|巷|胡同)`, 'g'),
  /[0-9一二三四五六七八九十]{1,5}(?:号楼|号院|号|弄|栋|幢|座|单元|室|户)/g,
  /[0-9一二三四五六七八九十]{1,5}(?:号楼|栋|幢|单元|-)[0-9-]{1,9}/g,
  /(?<=[\u4e00-\u9fff] ?)[A-Z][0-9]{1,4}(?![A-Za-z0-9])/g,
];
function cuedAddress([, cue = '', rest = '']: RegExpExecArray): string | null {
  const end = Math.max(...ENDS.map((pattern) => lastEnd(rest, pattern)));
  return end <= 0 ? null : `${cue}***${rest.slice(end)}`;
}
function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}
