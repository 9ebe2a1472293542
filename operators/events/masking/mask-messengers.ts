/** Accounts of messengers and networks behind the words people write for them, to be found or to dodge filters. */
import type { Steps } from '../../../engine/core/steps/steps.ts';
import type { Edit } from './folding.ts';
import { disjoint } from './mask-network.ts';
import { Started } from './search/started.ts';
import { isBrief, isHinted, isShort, NOTHING, replacedIn, type Found, type Hint } from './replaced.ts';
import type { Seen } from './glance/glance.ts';
import * as trait from './glance/traits.ts';
import * as cue from './glance/word-cues.ts';
import { HAN_NUMERAL } from './spelled-numbers.ts';

const HEART = '[❤♥💗💕🧡💛💚💙💜🖤]\\uFE0F?';
const WECHAT = `微(?:[\\s.·]|${HEART})?信|wei\\s?信|微号|绿泡泡|(?:加[个我]?|[+➕]\\s?)[微薇威](?=\\s?[A-Za-z0-9：:])|我(?:的)?[vV]|(?<![A-Za-z0-9])[vw] x|(?<![A-Za-z0-9])[vV](?=[:：])|威信|薇信|徽信|维信|微心|微芯|卫星|围信|薇心|微\\s?(?:xin|x)|威❤|[微薇威卫]${HEART}?|wei\\s?xin|we ?chat|wechat|[vV]\\s?(?:信|❤|♥|xin)|(?<![A-Za-z0-9/_.-])(?:[vw]x|vchat)|[加+➕]\\s?[我你]?\\s?个?[vV](?:[xX]|信)?|加➕|➕[vV我]?|[+]\\s?[vV]|加我(?=[a-zA-Z])`;
const LINK =
  '(?:\\s?(?:也?同?号码?|账号|帐号|同步|吧|名|id|number|is|ID|me|聊|联系|找我|加我|搜索?|就?是|昵称)){0,2}\\s{0,2}(?:[:：是为叫>→=（(「【“"-]|is){0,2}\\s{0,2}';
const ACCOUNTS = new Started(
  new RegExp(`((?:${WECHAT})(${LINK}))([A-Za-z][A-Za-z0-9_-]{4,19}|[0-9]{5,19})(?![A-Za-z0-9*.])`, 'giu'),
);
export const ACCOUNT_HINT =
  /微|绿泡|wei|我的?v|[vw] x|v[:：]|威|薇|徽|维信|卫星|围信|wei ?xin|we ?chat|vchat|[vw]x|v\s?[信❤♥x]|加|[+➕]\s?[vVa-z]/i;

/** Behind its word, or with 微信 behind it: abc_123（微信）, abc_123是我的微信 */
const NAMED_BEHIND =
  /(?<![A-Za-z0-9@._*/-])([A-Za-z][A-Za-z0-9_-]{5,19})(?=\s?(?:[（(]\s?(?:微信|wx|vx|v信|wechat)|[，,]?\s?(?:这?是我?的?|我的?)(?:微信|vx|wx|wechat)))/gi;

/** Any way of writing a digit: people write accounts to be read by people alone. */
const DIGIT = `[0-9${HAN_NUMERAL}]`;
const QQ = new Started(
  new RegExp(
    `((?<![A-Za-z])(?:q{1,2}|q[ .·_-]q|加扣|扣扣|叩叩|抠抠|蔻蔻|寇寇|口口|企鹅|球球|秋秋|丘丘|囗囗)(?:号码|账号|帐号|群主|小号|大号|同号|号|群|联系|找我|聊)?(?:\\s{0,2}(?:[:：=＝是为加→-]|号|is|number|num|no\\.?|id|#)){0,3}\\s{0,2})((?![0零〇])${DIGIT}(?:[ ·.-]?${DIGIT}){4,11})(?![0-9*@.]|[ ·-]?[0-9])`,
    'gi',
  ),
);
const WECHAT_BEHIND_HINT = /[(（是我的]\s?(?:微信|[vw]x|v信|wechat)/i;
export const QQ_HINT = /q|[扣叩抠蔻寇口囗]|企鹅|球球|秋秋|丘丘/i;

/** Others: their word, a word that a name follows or a colon or an @, and the name. */
const OTHERS = new Started(
  /((?:支付宝|alipay|抖音|快手|小红书|微博|b站|陌陌|探探|淘宝|旺旺|钉钉|飞书|闲鱼|知乎|豆瓣|twitter|instagram|insta|\bins|\big|facebook|\bfb|messenger|telegram|\btg|电报|纸飞机|snapchat|\bsnap|skype|discord|tiktok|linkedin|viber|signal|kakao(?:talk)?|\bline|游戏)\s?(?:(?:账号|帐号|账户|号|昵称|名|id|handle|user(?:name)?|account|is)\s?(?:[:：是为]|is)?|[:：])\s{0,2}@?)([A-Za-z0-9][A-Za-z0-9_.-]{3,29})(?![A-Za-z0-9*])|((?:telegram|\btg|twitter|instagram|insta|\big|snapchat|tiktok|discord|电报)\s?(?:[:：是为]|is)?\s?@)([A-Za-z0-9_][A-Za-z0-9_.]{2,29})/gi,
);
/** Twitter is watching; an hour in line: never */
const IS_SENTENCE = /\bis\s*$|\b(?:line|ins|snap)\s?[:：]/i;
const OTHER_WORD = /号|昵称|账|帐|\b(?:id|handle|user|account|is)\b|：/i;
export const OTHER_HINT: Hint = {
  test: (text) => text.includes('@') || text.includes(':') || OTHER_WORD.test(text),
};

export function messengersIn(text: string, seen: Seen): Found {
  return isBrief(text) && !mayHold(text, seen) ? NOTHING : accountsIn(text, seen);
}
/** Of a brief text. */
function mayHold(text: string, { traits, cues }: Seen): boolean {
  if (isOfWechat(traits, cues) && (ACCOUNT_HINT.test(text) || WECHAT_BEHIND_HINT.test(text))) return true;
  if (isOfQq(traits, cues) && QQ_HINT.test(text)) return true;
  return isOfOthers(traits, cues) && OTHER_HINT.test(text);
}
function isOfWechat(traits: number, cues: number): boolean {
  return (traits & trait.WECHAT) !== 0 || (cues & cue.WECHAT) !== 0;
}
function isOfQq(traits: number, cues: number): boolean {
  return (traits & trait.QQ) !== 0 || (cues & cue.QQ) !== 0;
}
function isOfOthers(traits: number, cues: number): boolean {
  return (traits & trait.MESSENGER) !== 0 || (cues & cue.MESSENGER) !== 0;
}

function* accountsIn(text: string, { traits, cues }: Seen): Steps<Edit[]> {
  const isWechat = isOfWechat(traits, cues);
  const isQq = isOfQq(traits, cues);
  const isOther = isOfOthers(traits, cues);
  const accounts =
    isWechat && (isShort(text) ? ACCOUNT_HINT.test(text) : yield* isHinted(text, ACCOUNT_HINT))
      ? yield* replacedIn(text, ACCOUNTS, ([, cue = '', joint = '', id = '']) => {
          const isNamed = /号|账|帐|id|[:：是为]/i.test(joint) || /^[加+➕]/.test(cue);
          return isNamed || /[0-9_]/.test(id) ? `${cue}${id.slice(0, 1)}***` : null;
        })
      : [];
  const behind =
    isWechat && WECHAT_BEHIND_HINT.test(text)
      ? yield* replacedIn(text, NAMED_BEHIND, ([, id = '']) => `${id.slice(0, 1)}***`)
      : [];
  const numbers =
    isQq && (isShort(text) ? QQ_HINT.test(text) : yield* isHinted(text, QQ_HINT))
      ? yield* replacedIn(text, QQ, ([, cue = '', id = '']) => `${cue}${id.slice(0, 1)}***`)
      : [];
  const others =
    isOther && (isShort(text) ? OTHER_HINT.test(text) : yield* isHinted(text, OTHER_HINT))
      ? yield* replacedIn(text, OTHERS, ([, cue = '', id = '', cueAt = '', idAt = '']) =>
          IS_SENTENCE.test(cue) && /^[a-z.]+$/i.test(id) ? null : `${cue}${cueAt}${(id + idAt).slice(0, 1)}***`,
        )
      : [];
  return disjoint([...accounts, ...behind, ...numbers, ...others]);
}
