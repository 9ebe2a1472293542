/** What the words before a number say it is. The nearest word counts. */
import { Started } from './search/started.ts';

/** `order`: no personal number. `code`: some number or other, personal only if it has the very form of one. */
export type Cue = 'phone' | 'id' | 'card' | 'order' | 'code' | 'amount' | 'none';

/** So many units before a number are looked at. */
export const CUE_UNITS = 28;
/** Between a phone word and its number stand at most so many units. */
const MAX_GAP = 12;

const WORDS: readonly (readonly [Cue, Started])[] = (
  [
    [
      'phone',
      /电话|座机|固话|总机|手机|号码|联系方式|联系[我他她]?|致电|拨打|回拨|拨|打给|打到?|短信|来电|传真|呼叫|热线|分机|微信同?号|tel(?:ephone)?|phone|mobile|cell|\bcall(?:ing|ed)?|whatsapp|\btext(?:ing|ed)?|contact|\bfax|reach|\bdial|\bring|\bsms|\bhandy|t[ée]l[ée]phone|tel[ée]fono|telefon|\bmy (?:new )?number is|\b(?:hk|uk|us|uae|indian?|singapore|china) (?:number|no\.?)|\bmy (?:no|number)\b|\blandline|celular|mon portable|cellulare|(?:mon|mi|meu|mio|mein|mój|mijn) (?:num[ée]ro|n[úu]mero|nummer|numer)|\b(?:mera|apna|whatsapp|mobile) (?:number|no\.?)|мой номер|номер телефона|携帯|電話|전화|제 번호|연락처|เบอร์|nomor (?:saya|hp)|手機|號碼|旧号|新号|备用|留的|换成|改成|改为/gi,
    ],
    [
      'id',
      /身份证[号码]*|证件[号码]*|实名|居民证|居住证|居留证|护照|通行证|户口本?|驾[驶照]证?|档案编?号|社保[卡号]*|医保[卡号]*|\bID ?(?:card|no|number)?|identity(?: (?:card|number))?|national insurance/gi,
    ],
    [
      'card',
      /卡号|银行卡|[工农建中交招商]行卡?|kreditkarte|carte bancaire|tarjeta|cart[ãa]o|カード(?:番号)?|打款到|退款?到|信用卡|储蓄卡|借记卡|工资卡|贷记卡|卡片|银行账[号户]|账[号户]|\b(?:debit |credit |bank )?card|bank account|\baccount|\bacct|\bvisa|mastercard|\bamex/gi,
    ],
  ] as const
).map(([cue, words]) => [cue, new Started(words)]);
const ORDER = new Started(
  /订单|\bcommande|\bpedido|\bbestell(?:ung|nummer|nr)|\bbestelling|\bordine\b|\brechnung|\bfactur[ae]|\bfattura|\bencomenda|\bsipari[şs]|zam[óo]wieni|注文|주문|заказ|单号|运单|快递|快件|包裹|物流|流水|序列|条形?码|工单|票号|货号|款号|批次?号|型号|机型|零件|配件|件号|交易号?|商户号|商品[号码]?|(?<!档案)编[号码]|错误码?|代码|券码?|兑换码|取[件票餐]码|提货码|验证码|校验码|航班|车次|版本|固件|期号|发票|合同|中通|圆通|申通|韵达|顺丰|极兔|百世|德邦|邮政|京东|菜鸟|天天|\borders?|tracking|\binvoice|\btickets?|serial|\bs\/?n\b|\bsku|\bimei|\bisbn|\bparts?\b|\bmodel|\berror|\bcode|\bref(?:erence)?\b|\bcase\b|\bupc\b|\bean\b|\bups\b|\bems\b|fedex|\busps\b|\bdhl\b|\bawb\b|\bpnr\b|booking|confirmation|transaction|\bbatch|\blot\b|version|firmware|\bparcel|shipment|\bpo\b|\bitem|\bproduct|\bbarcode|\bcoupon|\bvoucher|\bmac\b/gi,
);
/** Some number or other. */
const CODE = /(?:[\u4e00-\u9fff][号码]|\bno\.|\bnumber|\bid|#)[:：是为\s]{0,3}$/i;
/** What may stand between a word for an order and its number: 订单编号是：, order no. # */
const JOINT = /^(?:[号码编串是为了：:#№.,，\-_/\s()（）"“'[\]{}]|no\.?|num(?:ber)?s?|id|is|was|was:){0,8}$/i;
const AMOUNT =
  /(?:[¥￥$€£]|rmb|人民币|金额|余额|usd|hkd|总[计价额]|合计|\bprice|\bamount|\btotal|\bpaid)[:：是为\s]{0,3}$/i;

/** @param before the text up to the number */
export function cueOf(before: string): Cue {
  if (AMOUNT.test(before)) return 'amount';
  const order = lastEnd(ORDER, before);
  if (order > 0 && JOINT.test(before.slice(order))) return 'order';
  let cue: Cue = CODE.test(before) ? 'code' : 'none';
  let best = 0;
  for (const [kind, pattern] of WORDS) {
    const end = lastEnd(pattern, before);
    if (end <= best || before.length - end > MAX_GAP || /[0-9。！？!?\n]/.test(before.slice(end))) continue;
    best = end;
    cue = kind;
  }
  return cue;
}

/** Where its last match ends; 0: there is none. */
function lastEnd(words: Started, text: string): number {
  let end = 0;
  for (let match = words.find(text, 0); match !== null; match = words.find(text, end))
    end = match.index + match[0].length;
  return end;
}

/** What is said of a number right behind it. */
const PHONE_AFTER =
  /^\s?(?:[,，]\s?)?(?:这个?号|是我[的公家]|没人接|打不通|关机|停机|空号|无法接通|收不到(?:短信|验证码)|keeps |is my (?:new )?(?:number|phone|cell|mobile)|(?:is )?not (?:answer|reachable))/i;
export function isPhoneAfter(after: string): boolean {
  return PHONE_AFTER.test(after);
}

/** What stands behind a number that is a sum, a length of time or the like. */
const UNITS =
  /^\s?(?:元|块|円|万|亿|%|％|分钟|小时|秒|天|个|件|人|次|条|页|米|公里|积分|分(?![机])|点(?!.{0,12}(?:com|cn))|kg|g\b|ml|mb|gb|km|points?\b|usd|rmb|dollars?|yuan|ms\b|次列车)/i;
export function isMeasured(after: string): boolean {
  return UNITS.test(after);
}
