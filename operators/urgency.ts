/**
 * Urgency from wording. urgent: safety, health, legal or public threat, theft · high: threat to leave, repeated contact, a
 * demand for a manager · else undefined, and the sentiment decides. Rules, not a model: each can be read and argued with.
 * Texts are read as the models read them: traditional characters, full-width letters and hidden marks are no way around.
 */
import { MAX_UNITS, normalise } from '../models/text/normalise.mjs';

export type Urgency = 'urgent' | 'high' | 'normal' | 'low';

interface Rule {
  readonly name: string;
  readonly urgency: 'urgent' | 'high';
  readonly patterns: readonly RegExp[];
}

/** What only looks like one: names, idioms, parts of products. Blanked before the rules are tried. */
const LOOKALIKES = new RegExp(
  [
    '《[^》]{1,40}》',
    // Safety
    '(?:垃圾|烂|好吃|颜值|人气|口感|味道|香味|心态|信息|知识|超级?|气|肺|头|脑袋|丑|贵|慢|差|卡|美|酷|帅|可爱)(?:都|要|快|得|的|到|感|也)*(?:爆炸|窒息|冒烟)',
    '爆炸(?:头|性|式|糖|盐|蛋|鱿鱼|多|好|香|的好|新闻|贴)',
    '(?:很|太|好|真|最近|最|心里?|钱包|感情)受伤|受伤的(?:心|总)',
    '(?:自动|误|老|乱|总|电量(?:低|不足)?时?|断电|烟雾)报警|报警(?:器|声|音|灯|系统|提示|信号|装置|功能|铃|电话旁|的?声|太)|想让我拉肚子|(?:快递员?|骑手|小哥|外卖员?|球员)[^,.!?]{0,3}受伤',
    '(?:嗓子|喉咙|口渴|渴)(?:都|得|要|快)*(?:冒烟|着火)',
    '触电(?:般|似|的感觉)|漏电(?:保护|开关)|(?:防|不|无)(?:漏电|自燃|触电|烫伤)|住院(?:部|楼|医)|不?拉肚子的?(?:朋友|时候也)',
    'insults? to injury|injury (?:time|report|list|update|news|prone|lawyers?)|exploded (?:in popularity|with (?:laughter|joy|messages)|on(?:to)? (?:the|twitter|social))|assault on (?:the|my|your|our) (?:senses|ears|eyes|taste|nose|wallet)',
    // Legal, theft, publicity
    '(?:多|新|社交|社会化|流|富|全|自)媒体|媒体(?:推荐|评|炒|宣传|吹|播放|库|中心|文件|报道|人)',
    '(?:被|遭)(?:媒体)?曝光|曝光(?:度|率|量|过度|不足|时间|补偿|模式|表)|(?:双重|长|多次|自动)曝光',
    '(?:被|会不会|会被|遭|不同意就)(?:人|银行)?起诉|起诉(?:书|科|我)|(?:信用卡|电信|网络|防|反|预防|杀猪盘)诈骗|诈骗(?:罪|犯|短信|电话|案|洗钱)|盗刷(?:免|险|保障|保险)|(?:失卡|防|免)盗刷|法院(?:对面|旁|附近|边上|后面|路|站|那边|判|拍卖)|律师(?:楼|证|资格)|(?:是|做|当)(?:一个|一名|个)?律师',
    "(?:as an?|i am an?|i'm an?) (?:lawyer|attorney)|powers? of attorney|fraud (?:dep(?:t|artment)|alerts?|team|protection|prevention|squad)|not an? (?:scam|fraud)|as fraud|atm stole|(?:pressure|voltage|gas|temperature|power) regulators?|so sue me|stolen (?:my |the |our |your )?(?:heart|show|bases?|moments?|glances?|scenes?)|(?:talk|talked|talking|spoke|speak|spoken|spoke|thanks?|thank you|listened|listen|kudos|according|gave it|sent it|back) to sue|(?:aunt|auntie|named|called|lady) sue|sue(?:,| and| at| from| in| is| was)",
    // Leaving
    '(?:不能|无法|没法|不可|不让|无法被|难以|怎么)(?:删除|自行|手动)?卸载|卸载(?:不了|不掉|重装|重新|再|后重)|(?:把|将|被|给)[^,.!?]{0,4}拉黑|拉黑(?:我|了我|用户|顾客|客户)',
    '(?:让|叫|给)你(?:去)?销[卡户]|(?:以前|之前|早就)销[卡户]|(?:再也|永远|以后|绝对)(?:都|就)?(?:不会?|不再)(?:再)?(?:用|去)(?:担心|害怕|怕|愁|排队|等|为|跑|花|带|来回|外面|想|找|自己)',
    'never again (?:will|have|worry|miss)|never (?:fly|use|order|buy)(?:ing)? (?:without|anything else|anyone else|any other|another|with anyone|elsewhere)',
    // Repeated contact
    '(?:重要的?)(?:事情?|话)(?:要)?说[2-9二两三]+[次遍]|(?:给我|跟我|和我|对我|接我|送餐|快递|骑手|小哥|外卖)[^,.!?]{0,8}(?:打|说|问)了?(?:好几|很多|多|几|[2-9二两三四五]+)(?:次|遍|个电话)',
  ].join('|'),
  'g',
);

/** Right before a match these undo it, and so does a question whether it could happen. */
const NEGATED =
  /(?:(?:不用|不会|不必|不想|不要|不需要|没有?(?:人|什么)?|未|别|勿|避免|防止|以免|不至于|从不|没必要|并非|不是|无需|不怕|怕|担心|会不会|不)(?:去|找|请|打|叫|要)?|(?<![a-z])(?:no|not|never|without|don't|didn't|won't|wasn't|weren't|isn't|hasn't|haven't|can't|cannot|nobody|avoid|prevent)(?: (?:an?|had|have|any|serious|major|such|be|been|get|to|want to|need to|going to|it|was|were|me|my|the|actually|really|yet|even|call|calling|called)){0,3} )$/;

const TIMES_ZH = '(?:好几|很多|无数|多|几|数|[2-9二两三四五六七八九十]+)';
const NUMBER_EN = '(?:second|third|fourth|fifth|sixth|[2-9](?:nd|rd|th)|nth|umpteenth)';

const RULES: readonly Rule[] = [
  {
    name: 'safety',
    urgency: 'urgent',
    patterns: [
      /食物中毒|拉肚子|坏肚子|上吐下泻|住院|急诊|受伤|烫伤|割伤|触电|漏电|起火|着火|冒烟|爆炸|自燃|报警|人身安全|生命危险|性骚扰|殴打|(?<![不没未抗防怕免低易])过敏(?!体质|源|性鼻炎|原)/g,
      /(?:险些|差点|孩子|宝宝|婴儿|造成|导致).{0,4}窒息/g,
      /(?<![a-z])(?:food poisoning|hospitali[sz]ed|emergency room|allergic reactions?|injur(?:ed|y|ies)|electric shock|electrocuted|caught fire|(?:started|began) (?:smoking|sparking)|exploded|carbon monoxide|assault(?:ed)?|call(?:ed|ing)? the police)(?![a-z])/g,
    ],
  },
  {
    name: 'legal',
    urgency: 'urgent',
    patterns: [
      /法庭|律师|消协|消费者协会|(?<![\d.#])12315(?![\d#])|(?:打|拨|拨打|找)12345(?!\d)|诈骗|盗刷/g,
      /(?:我们?|准备|必须|一定|决定|直接|已经|可以|要|去|会)(?:[^,.!?先]{0,4})起诉|起诉(?:你|他|她|它|商家|平台|公司|酒店|这家|贵)/g,
      /(?:找|到|去|向|打|给|告|让|投诉|举报)[^,.!?]{0,4}(?:工商局|市场监管|银保监|质监局|食药监)/g,
      /(?:去|上|告到|告上|走|找)法院|法院见/g,
      /(?:找|联系|寻求|求助|通知|告诉|告知|上|给|向)[^,.!?]{0,4}媒体|媒体(?:曝光|见|会|来)/g,
      /(?:要|会|去|给|将|找|网上|微博|抖音|公开|帮|求|发|大|继续|必须|上)曝光|曝光(?:你|他|她|它|这|这种|出来|一下|无良)/g,
      /(?<![a-z])(?:(?:my|our|an?|the|your|contact(?:ing)?|call(?:ing)?|hir(?:e|ing)|see(?:ing)?|through) (?:lawyers?|attorneys?|solicitors?)|lawyer(?:ing)? up|legal action|lawsuit|small claims|class action|ombudsman|regulators?|trading standards|press charges|fraud(?:ulent(?:ly)?)?|scam(?:med|mers?)?|go(?:ing)? to the (?:press|media|papers))(?![a-z])/g,
      /(?<![a-z])(?:(?:going to|gonna|will|i'll|we'll|want to|ready to|have to|should|could|might|threaten(?:ed|ing)? to|considering|to) sue|su(?:e|ing) (?:you|u|your|them|their|him|her|us|the|this|these|over|for))(?![a-z])/g,
      /(?<![a-z])(?:(?:was|were|been|got|had|is|are|has|getting) stolen|stolen (?:from me|from my|card|phone|wallet|bag|purse|luggage|identity|money|account)|(?:lost or|or|has been|have been|may be|missing or) stolen|stole my|stolen,)(?![a-z])/g,
    ],
  },
  {
    name: 'leaving',
    urgency: 'high',
    patterns: [
      /(?:再也|永远|绝对|以后|坚决|下次|今后)(?:都|就|肯定|绝对)?(?:不会?|不再)(?:再)?(?:来|去|买|订|点|用|光顾|入住|选择|购买)/g,
      /(?:不会|不想|不敢|不要)再(?:来|去|买|订|点|用|光顾|入住|选择|购买|住)/g,
      /(?:换|退)(?:一家|别家|别的?(?:店|家|平台|银行|品牌|牌子|酒店|公司))|(?:果断|准备|马上|立刻|已经|想|要|申请|直接)(?:注销|销户|销卡|退卡|卸载)|注销(?:了|账|帐|卡)|销户|卸载了|拉黑|最后一次(?:来|在|买|订|点|用)/g,
      /(?<![a-z])never (?:again|(?:fly|flying|use|using|buy|buying|order|ordering|book|booking|shop|shopping|com(?:e|ing) back|return|returning|stay|staying|step|stepping|do business|doing business|recommend)(?![a-z])|going (?:back|to (?:fly|use|buy|order|shop|book|stay|return)))/g,
      /(?<![a-z])(?:is|was|be|'s) (?:the |my |our |officially )*last time (?:i|we|you)|last time i (?:ever |will |would |'ll )?(?:fly|use|buy|order|shop|book|come|stay|eat|trust|deal|give|spend)(?![a-z])/g,
      /(?<![a-z])(?:clos(?:e|ing)|cancel(?:l?ing)?|terminat(?:e|ing)|delet(?:e|ing)) (?:my|our) (?:account|subscription|contract|membership|policy|plan|service)|switch(?:ing|ed)? to (?:another|a different) (?:airline|bank|provider|carrier|company|service|one|card|supplier)|tak(?:e|ing) (?:my|our) (?:business|money) elsewhere|lost (?:a|my|our|another|me as a) (?:\w+ )?(?:customer|business)|lost me as a/g,
    ],
  },
  {
    name: 'repeated',
    urgency: 'high',
    patterns: [
      new RegExp(`(?:催|联系|投诉|反映|反馈)了?${TIMES_ZH}(?:次|遍|回|个电话)`, 'g'),
      new RegExp(`(?<!以前|每次|得)(?:打|问|说)了${TIMES_ZH}(?:次|遍|回|个电话)(?!才找到|都没有?找到|才能打通)`, 'g'),
      /(?:一直|始终|多次(?:联系|投诉|反映|催))[^,.!?]{0,4}(?:没人|无人|不)(?:接|理|管|处理|回复|解决)|(?:还是|仍然|依然|到现在)(?:都|也)?(?:没有?|不)(?:给)?(?:解决|处理|回复|退)/g,
      new RegExp(
        `(?<![a-z])(?:${NUMBER_EN} (?:call|email|complaint|message|request)|${NUMBER_EN} time (?:in a row|now|already|(?:i|we)(?:'ve| have)? (?:called|asked|contacted|emailed|reported|tweeted|written|complained|tried|have (?:called|asked))|(?:i|we) (?:call|ask|contact|write)|this (?:week|month|year)))`,
        'g',
      ),
      /(?<![a-z])(?:called|emailed|contacted|asked|wrote|written|phoned|tweeted|complained|tried (?:calling|to call|contacting)) (?:\w+ ){0,3}(?:several|many|multiple|numerous|three|four|five|six|[2-9]+) times|(?:after|sent|made|left|with) (?:you )?(?:several|many|multiple|numerous|three|four|five|[2-9]) (?:calls|emails|messages|phone calls|tickets)(?![a-z])/g,
      /(?<![a-z])still (?:no|not (?:a |any |had a? ?)?|waiting (?:for|on) (?:a |an |my |your |the )?|have(?:n't| not) (?:had |gotten |got |received |heard )?(?:a |an |any |my |the )?|has(?:n't| not) been )(?:response|repl(?:y|ied)|answer(?:ed)?|refund(?:ed)?|call ?back|resolution|resolved|fixed|help|word|compensation|back from|from (?:you|anyone)|heard|responded|returned)/g,
      /(?<![a-z])(?:no ?(?:one|body)|nobody) (?:answers?|answered|replie[sd]|responds?|responded|(?:has |ever )?(?:got|gotten|called) back|(?:ever )?(?:calls?|called) (?:me )?back|picks? up)|(?:on hold|holding) for (?:\w+ )?(?:(?:an |over |two |three |four |[2-9]\S* )*hours?|(?:[2-9]\d|1\d\d) ?min)/g,
    ],
  },
  {
    name: 'manager',
    urgency: 'high',
    patterns: [
      /(?:叫|找|要求?|让你们)(?:你们)?(?:经理|领导|店长|负责人|主管)(?!扣|推荐|点单|提额)/g,
      /(?<![a-z])(?:speak|talk|speaking|talking) (?:to|with) (?:an?|the|your) (?:manager|supervisor)|get me (?:an?|the|your) (?:manager|supervisor)/g,
    ],
  },
];

/** What the wording alone says; undefined: nothing out of the ordinary. Of a long text the beginning and the end are read. */
export function urgencyOfWording(
  text: string,
): { readonly urgency: 'urgent' | 'high'; readonly rule: string } | undefined {
  const read = folded(text).replace(LOOKALIKES, (found) => ' '.repeat(found.length));
  for (const { name, urgency, patterns } of RULES) {
    for (const pattern of patterns) {
      // Not matchAll: it copies the expression at each call, which is most of what a text then costs.
      pattern.lastIndex = 0;
      for (let match = pattern.exec(read); match !== null; match = pattern.exec(read)) {
        const { index } = match;
        if (!NEGATED.test(read.slice(Math.max(0, index - NEGATED_UNITS), index))) return { urgency, rule: name };
      }
    }
  }
  return undefined;
}

/** What of the text before a match NEGATED has to see. */
const NEGATED_UNITS = 40;

const units = new Uint16Array(MAX_UNITS + 1);
function folded(text: string): string {
  return Reflect.apply(String.fromCharCode, null, units.subarray(0, normalise(text, units))) as string;
}

/** Wording first; then how strong the sentiment is (score −1…1). Praise that mentions a lawyer is no emergency. */
export function urgencyOf(text: string, score: number | null): Urgency {
  const wording = score !== null && score > 0.3 ? undefined : urgencyOfWording(text);
  if (wording !== undefined) return wording.urgency;
  if (score === null) return 'normal';
  return score <= -0.9 ? 'high' : score < 0.1 ? 'normal' : 'low';
}
