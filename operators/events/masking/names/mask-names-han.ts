/** Chinese names of people: behind and before the words that go with names, and by the look of them (name-look.ts). */
import type { Steps } from '../../../../engine/core/steps/steps.ts';
import type { Edit } from '../folding.ts';
import { disjoint } from '../mask-network.ts';
import { isBrief, NOTHING, searchIn, searchNow, type Found, type Search } from '../replaced.ts';
import type { Seen } from '../glance/glance.ts';
import * as trait from '../glance/traits.ts';
import { isName, lengthIn, lookAt, nextFamily, NO_NAME, weightIn } from './name-look.ts';
import { COMMON_SURNAME, SURNAME } from './surnames.ts';

const HAN = '\\u4e00-\\u9fff';
/** Words that begin with what could be a family name, or go on as no given name does. */
const NOT_GIVEN = new Set(
  '我你他她它们的了吗呢吧啊呀是在有要想来去说给和就都也还又很不没被把让从到对跟与今昨这那哪什怎',
);

/** 张三 → 张*, 张小明 → 张**, 欧阳修 → 欧**. */
export function maskHanName(name: string): string {
  return `${name.slice(0, 1)}${name.length === 2 ? '*' : '**'}`;
}

/** The family name and as many of the next two characters as look like a given name. */
function cutName(surname: string, rest: string): string | null {
  if (/^(?:先生|女士|小姐)/.test(rest)) return null;
  let length = 0;
  while (length < 2 && length < rest.length && !NOT_GIVEN.has(rest.charAt(length))) length += 1;
  return length === 0 ? null : maskHanName(surname + rest.slice(0, length)) + rest.slice(length);
}

const ENDS_IN_SURNAME = new RegExp(`${COMMON_SURNAME}$`);
/** 向前台小姐… */
const PLACE = /^(?:前台|总台|大堂|柜台|服务|接线|客服|营业|售后|导购)/;

/** 小姐姐, 小哥, 小时 */
const NO_NICKNAME = /^[姐哥妹弟伙二时店型心说声事看气费票件区孩朋米程组号样批份部队票姨公婆爷奶]/;
const NOT_WRITTEN = /[的了吗呢不没是错误填写改请见无空同本我你他]/;

interface Rule {
  /** Traits one of which the text must have; 0: any may. */
  readonly needs: number;
  readonly hint: RegExp;
  readonly pattern: RegExp;
  readonly mask: (match: string, groups: readonly string[]) => string | null;
}
const RULES: readonly Rule[] = [
  {
    // 服务员小丽很热情
    needs: trait.NICKNAME,
    hint: /[员服手机傅妹姐][小阿][\u4e00-\u9fff]/,
    pattern: new RegExp(
      `((?:[务售递卖业餐管保收店柜导购人]员|客服|骑手|司机|师傅|前台|导购|管家)[小阿])([${HAN}]{1,2})(?=[很太真特非不也都没给帮说的态服人是，。,.!！;；、\\s]|$)`,
      'g',
    ),
    mask: (_match, [cue = '', given = '']) =>
      NO_NICKNAME.test(given) ? null : `${cue}${given.length === 1 ? '*' : '**'}`,
  },
  {
    // 我姓季
    needs: trait.SURNAMED,
    hint: /姓/,
    pattern: new RegExp(
      `([我他她]姓|[机服员傅手生士人贵]姓)(${SURNAME})(?![${HAN}]{0,1}[氏名])(?=[^${HAN}]|[的，]|$)`,
      'g',
    ),
    mask: (_match, [cue = '']) => `${cue}*`,
  },
  {
    needs: trait.CALLED,
    hint: /叫|姓名|系人|[件货]人/,
    pattern: new RegExp(
      `((?:我叫|名叫|本人叫|名字叫|姓名\\s?(?:是|叫|为)?|联系人|[收寄]件人|收货人)\\s?[:：]?\\s?)(${SURNAME})([${HAN}]{1,2})`,
      'g',
    ),
    mask: (_match, [cue = '', surname = '', rest = '']) => {
      const masked = cutName(surname, rest);
      return masked === null ? null : cue + masked;
    },
  },
  {
    // 收货人：成煜祺 — whatever the family name, where nothing else follows.
    needs: trait.WHO,
    hint: /[人名主客][:：]/,
    pattern: new RegExp(
      `((?:姓名|名字|户名|联系人|[收寄取签]件?人|收货人|持卡人|开户人|预[约订]人|乘机人|户主|申请人|投保人|被保人|乘客|旅客)[:：]\\s?)([${HAN}]{2,4})(?![${HAN}*])`,
      'g',
    ),
    mask: (_match, [cue = '', name = '']) => (NOT_WRITTEN.test(name) ? null : cue + maskHanName(name)),
  },
  {
    // 收件人「阿依古丽·艾合买提」
    needs: trait.CALLED | trait.WHO | trait.SELF | trait.SURNAMED,
    hint: /[·•・‧]/,
    pattern: new RegExp(
      `((?:我叫|名叫|我是|本人|姓名|名字|联系人|[收寄]件人|收货人|户名)(?:是|叫|为)?\\s?[:：]?\\s?[「【“"]?)([${HAN}]{1,6})([·•・‧][${HAN}]{1,8})`,
      'g',
    ),
    mask: (_match, [cue = '', first = '', rest = '']) =>
      `${cue}${first.slice(0, 1)}${'*'.repeat(Math.min(3, first.length + rest.length - 1))}`,
  },
  {
    // 我是李小明， — only when nothing else follows and no ordinary word fits.
    needs: trait.SELF,
    hint: /我是|本人|名字是/,
    pattern: new RegExp(`(我是|本人|名字是)(${SURNAME})([${HAN}]{1,2})(?=[，。,.!！;；、\\s]|$)`, 'g'),
    mask: (_match, [cue = '', surname = '', rest = '']) =>
      /^[高金黄白常安方万江林马于何程时成路文易向关武温包牛石]/.test(surname) ||
      /[我们的了吗呢吧啊人户员者客家师友族粉生手级卡控请]$/.test(rest)
        ? null
        : cue + maskHanName(surname + rest),
  },
  {
    // 张三 138****5678: what stands right before a phone number.
    needs: 0,
    hint: /[0-9]\*{3}/,
    pattern: new RegExp(
      `(?<![${HAN}])(${SURNAME})([${HAN}]{1,2})([\\s,，:：]{0,2}(?:(?:\\+?86|电话|手机)[\\s:：]?)?1[0-9]{2}\\*{4})`,
      'g',
    ),
    mask: (_match, [surname = '', rest = '', phone = '']) =>
      /[打电联系机号码话给是有要方便]/.test(rest) ? null : maskHanName(surname + rest) + phone,
  },
  {
    // 张三先生, 欧阳修女士; 张先生 holds no more than the family name.
    needs: trait.TITLED,
    hint: /先生|女士|小姐/,
    pattern: new RegExp(
      `(?<![${HAN}])(${SURNAME})([${HAN}]{1,2})(先生|女士|小姐)|((?:客户|用户|顾客|会员|乘客|患者|业主)[:：]?)(${SURNAME})([${HAN}]{1,2})(先生|女士|小姐)`,
      'g',
    ),
    mask: (_match, [surname = '', given = '', title = '', who = '', surname2 = '', given2 = '', title2 = '']) => {
      const [family, own] = surname === '' ? [surname2, given2] : [surname, given];
      return ENDS_IN_SURNAME.test(own) || PLACE.test(own)
        ? null
        : `${who}${maskHanName(family + own)}${title}${title2}`;
    },
  },
];

const SEARCHES: readonly Search<Seen>[] = RULES.map(({ needs, hint, pattern, mask }) => ({
  may: needs === 0 ? (_seen, text) => text.includes('***') : ({ traits }) => (traits & needs) !== 0,
  hint,
  pattern,
  put: ([match, ...groups]) =>
    mask(
      match,
      groups.map((group: string | undefined) => group ?? ''),
    ), // one that took no part
}));

export function hanNamesIn(text: string, seen: Seen): Found {
  if (!isBrief(text)) return namesInSteps(text, seen);
  const edits: Edit[] = [];
  searchNow(text, seen, SEARCHES, edits);
  const looks: Edit[] = [];
  lookThrough(text, 0, Infinity, looks);
  return edits.length === 0 ? (looks.length === 0 ? NOTHING : looks) : disjoint([...edits, ...looks]);
}
function* namesInSteps(text: string, seen: Seen): Steps<Edit[]> {
  const edits = yield* searchIn(text, seen, SEARCHES);
  const looks: Edit[] = [];
  for (let at = 0; at < text.length - 1;) {
    at = lookThrough(text, at, LOOKS_A_STEP, looks);
    yield;
  }
  return edits.length === 0 ? looks : disjoint([...edits, ...looks]);
}

/** By their look, so many at most; where it goes on. Of two that overlap the likelier one counts. */
function lookThrough(text: string, from: number, most: number, edits: Edit[]): number {
  const to = text.length - 1;
  let looks = 0;
  let at = nextFamily(text, from, to);
  for (; at < to && looks < most; at = nextFamily(text, at + 1, to)) {
    looks += 1;
    const look = lookAt(text, at);
    if (look === NO_NAME || !isName(text, at, look)) continue;
    const length = lengthIn(look);
    const end = at + length;
    let isBest = true;
    for (let next = at + 1; next < end; next += 1) isBest &&= weightIn(lookAt(text, next)) <= weightIn(look);
    if (!isBest) continue;
    edits.push({ from: at + 1, to: end, put: length === 2 ? '*' : '**' });
    at = end - 1;
  }
  return at;
}
const LOOKS_A_STEP = 1024;
