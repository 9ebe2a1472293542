/**
 * Personal data in free text that is told by the words around it or by its form: names people introduce themselves with,
 * messenger ids, number plates, passports, addresses. Every quantifier is bounded, so that no text is slow.
 */
import type { Steps } from '../../../engine/core/steps.ts';
import { replaced, type MaskedText } from './replaced.ts';
import { COMMON_SURNAME, SURNAME } from './surnames.ts';

interface Rule {
  /** Cheap: does the text hold anything for this rule? */
  readonly hint: RegExp;
  readonly pattern: RegExp;
  /** The replacement, or null to leave the match as it is. Groups as in the pattern. */
  readonly mask: (match: string, groups: readonly string[]) => string | null;
}

const HAN = '\\u4e00-\\u9fff';
/** Words that begin with what could be a family name, or go on as no given name does. */
const NOT_GIVEN = new Set(
  '我你他她它们的了吗呢吧啊呀是在有要想来去说给和就都也还又很不没被把让从到对跟与今昨这那哪什怎',
);

/** 张三 → 张*, 张小明 → 张**, 欧阳修 → 欧**. */
function maskHanName(name: string): string {
  return `${name.slice(0, 1)}${name.length === 2 ? '*' : '**'}`;
}

function initials(words: string): string {
  return words.replace(/[A-Za-z][A-Za-z'’-]+/g, (word) => `${word.slice(0, 1)}**`);
}

/** The family name and as many of the next two characters as look like a given name. */
function cutName(surname: string, rest: string): string | null {
  if (/^(?:先生|女士|小姐)/.test(rest)) return null;
  let length = 0;
  while (length < 2 && length < rest.length && !NOT_GIVEN.has(rest[length] ?? '')) length += 1;
  return length === 0 ? null : maskHanName(surname + rest.slice(0, length)) + rest.slice(length);
}

/** English words that follow "my name is" without being one. */
const NOT_NAME =
  /^(?:on|in|not|the|a|an|spelled|spelt|wrong|missing|misspelled|incorrect|still|already|listed|under|at|for|and|or|but|with|is|was|my|your|no|never|being|also|very|so|just|really|too|from|here|there|it)$/i;

const ENDS_IN_SURNAME = new RegExp(`${COMMON_SURNAME}$`);
/** 向前台小姐… */
const PLACE = /^(?:前台|总台|大堂|柜台|服务|接线|客服|营业|售后|导购)/;

const RULES: readonly Rule[] = [
  {
    // 微信号 abc_123, 加我v：abc123, wx:abc123
    hint: /微信|薇信|威信|vx|wx|weixin|wechat|v信|加[我你]?[vV]/i,
    pattern:
      /((?:微信|薇信|威信|[vV]信|wechat|weixin|(?<![A-Za-z0-9/_.-])[vw]x|加[我你]?[vV])(?:\s?(?:号码|号|账号|id)(?:是|为)?)?(\s{0,2}[:：是为]?\s{0,2}))([A-Za-z][A-Za-z0-9_-]{4,19}|[0-9]{5,19})(?![A-Za-z0-9*])/gi,
    mask: (_match, [cue = '', joint = '', id = '']) => {
      const isNamed = /号|账|id|[:：是为]/i.test(cue.slice(-joint.length - 4));
      return isNamed || /[0-9_]/.test(id) ? `${cue}${id.slice(0, 1)}***` : null;
    },
  },
  {
    hint: /qq|扣扣|企鹅号/i,
    pattern:
      /((?<![A-Za-z])(?:qq|扣扣|企鹅号)(?:号码|号|群)?\s{0,2}[:：是为]?\s{0,2})([1-9][0-9]{4,11})(?![0-9*@＠])/gi,
    mask: (_match, [cue = '', id = '']) => `${cue}${id.slice(0, 1)}***`,
  },
  {
    // 京A·12345, 粤BD12345, 沪A1234警
    hint: /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z]/,
    pattern:
      /([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z])[·•.\s-]?([A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳])(?![A-Za-z0-9])/g,
    mask: (_match, [place = '', number = '']) =>
      (number.match(/[0-9]/g) ?? []).length < 2 ? null : `${place}****${number.slice(-1)}`,
  },
  {
    // Mainland passports; other papers behind a word that says so.
    hint: /[eEgG][A-Za-z0-9][0-9]{7}/,
    pattern: /(?<![A-Za-z0-9])([eEgG](?:[0-9]{8}|[A-HJ-NP-Za-hj-np-z][0-9]{7}))(?![A-Za-z0-9])/g,
    mask: (_match, [number = '']) => `${number.slice(0, 1)}*****${number.slice(-3)}`,
  },
  {
    hint: /护照|通行证|台胞证|军官证|驾驶证|passport/i,
    pattern:
      /((?:护照|通行证|台胞证|军官证|驾驶证|passport)\s{0,2}(?:号码|号|number|no\.?|#)?\s{0,2}(?:[:：是为]|is)?\s{0,2})([A-Za-z]{0,3}[0-9]{5,12}[A-Za-z]?)(?![A-Za-z0-9*])/gi,
    mask: (_match, [cue = '', number = '']) => `${cue}${number.slice(0, 1)}*****${number.slice(-2)}`,
  },
  {
    // Hong Kong identity card: A123456(7)
    hint: /[A-Z][0-9]{6}\s?[(（]/,
    pattern: /(?<![A-Za-z0-9])([A-Z]{1,2})[0-9]{6}\s?[(（]([0-9A])[)）]/g,
    mask: (_match, [letters = '']) => `${letters}******(*)`,
  },
  {
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
    // 我是李小明， — only when nothing else follows and no ordinary word fits.
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
  {
    hint: /\bname\b|\bname[:：']/i,
    pattern:
      /(\b(?:my (?:full |first |last )?name(?:['’]s| is| was)|name\s?[:：])\s{0,2})([A-Za-z][A-Za-z'’-]{1,20})((?: [A-Za-z][A-Za-z'’-]{1,20}){0,2})/gi,
    mask: (_match, [cue = '', first = '', more = '']) => {
      if (NOT_NAME.test(first)) return null;
      const isCapital = /^[A-Z]/.test(first);
      let rest = '';
      let kept = more;
      for (const word of more.split(' ').slice(1)) {
        if (NOT_NAME.test(word) || (isCapital ? !/^[A-Z]/.test(word) : rest !== '' || /^i$/i.test(word))) break;
        rest += ` ${word}`;
        kept = kept.slice(word.length + 1);
      }
      return `${cue}${initials(first + rest)}${kept}`;
    },
  },
  {
    // I'm John Smith, this is John Smith
    hint: /\b(?:I['’]?m|I am|[Tt]his is) [A-Z]/,
    pattern:
      /(\b(?:I['’]m|I am|[Tt]his is) )([A-Z][a-z]{1,20} [A-Z][a-z]{1,20})(?=[,.;!]|$| (?:and|from|here|speaking|calling|writing)\b)/g,
    mask: (_match, [cue = '', name = '']) =>
      NOT_NAME.test(name.split(' ', 1)[0] ?? '') ? null : `${cue}${initials(name)}`,
  },
  {
    hint: /\b(?:Mr|Mrs|Ms|Miss|Dr)\b/,
    pattern: /(\b(?:Mr|Mrs|Ms|Miss|Dr)\.? )([A-Z][a-z'’-]{1,20}(?: [A-Z][a-z'’-]{1,20})?)/g,
    mask: (_match, [title = '', name = '']) => `${title}${initials(name)}`,
  },
  {
    hint: /地址|住/,
    pattern: new RegExp(
      `((?:地址|住址|家住|住在|我住)\\s?(?:[:：]|是在|是|在|为)?\\s?)([${HAN}A-Za-z0-9#－-]{3,60})`,
      'g',
    ),
    mask: (_match, [cue = '', rest = '']) => {
      const end = Math.max(...ADDRESS_ENDS.map((pattern) => lastEnd(rest, pattern)));
      return end <= 0 ? null : `${cue}***${rest.slice(end)}`;
    },
  },
  {
    // 3号楼2单元501室, without a word before it
    hint: /[0-9](?:号楼|栋|幢|号院|弄|单元)/,
    pattern:
      /[0-9]{1,5}(?:号楼|栋|幢|号院|弄)\s?(?:[0-9]{1,5}(?:号楼|号|单元|门|座|楼)\s?)?[0-9]{2,5}(?:室|号|户)|[0-9]{1,3}单元\s?[0-9]{2,5}(?:室|号|户)?/g,
    mask: () => '***',
  },
  {
    hint: /[0-9] [A-Z][a-z]+ [A-Z]/,
    pattern:
      /(?<![0-9])[0-9]{1,5} (?:[A-Z][a-z]{1,20} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct)\b\.?(?:,? (?:Apt|Unit|Suite|Flat|#)\.? ?#?[0-9A-Z]{1,5})?/g,
    mask: () => '***',
  },
];

/** A street with its name, or a house, stair or room with its number. */
const ADDRESS_ENDS: readonly RegExp[] = [
  new RegExp(`[${HAN}]{2,8}(?<![走半一马公的临靠逛各铁网线错迷修道])(?:路|街|大道|巷|胡同)`, 'g'),
  /[0-9一二三四五六七八九十]{1,5}(?:号楼|号院|号|弄|栋|幢|座|单元|室|户)/g,
  /[0-9一二三四五六七八九十]{1,5}(?:号楼|栋|幢|单元|-)[0-9-]{1,9}/g,
];

function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

/** Everything any rule could start from. */
export const ANY_WORD = new RegExp(RULES.map(({ hint }) => `(?:${hint.source})`).join('|'), 'i');

/** The text with what the rules find masked, and how much that was. */
export function* maskWords(text: string): Steps<MaskedText> {
  let masked = text;
  let count = 0;
  for (const { hint, pattern, mask } of RULES) {
    if (!hint.test(masked)) continue;
    const next = yield* replaced(masked, pattern, ([match, ...groups]) =>
      mask(
        match,
        groups.map((group: string | undefined) => group ?? ''),
      ),
    );
    masked = next.text;
    count += next.count;
    if (masked.length > LONG) yield;
  }
  return { text: masked, count };
}
/** One look through a text of this length takes long enough. */
const LONG = 10_000;
