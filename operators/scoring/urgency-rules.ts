/**
 * The rules of urgency.ts: what is looked for, what only looks like it, what undoes it. Texts are read normalised
 * (models/text/normalise.mjs): small letters, simplified characters, ASCII punctuation but for 。 Every gap has a bound, so that
 * no text costs more than in proportion to its length; patterns are global, since urgency.ts goes through all matches.
 */
export interface Rule {
  readonly name: string;
  readonly urgency: 'urgent' | 'high';
  readonly patterns: readonly RegExp[];
}

/** What only looks like one: names, idioms, parts of products. Blanked before the rules are tried. */
export const LOOKALIKES: readonly RegExp[] = [
  '《[^》]{1,40}》',
  // Safety
  '(?:垃圾|烂|好吃|颜值|人气|口感|味道|香味|心态|信息|知识|超级?|气|肺|头|脑袋|丑|贵|慢|差|卡|美|酷|帅|可爱)(?:都|要|快|得|的|到|感|也)*(?:爆炸|窒息|冒烟)',
  '爆炸(?:头|性|式|糖|盐|蛋|鱿鱼|多|好|香|的好|新闻|贴)',
  '(?:很|太|好|真|最近|最|心里?|钱包|感情)受伤|受伤的(?:心|总)',
  '(?:自动|误|老|乱|总|电量(?:低|不足)?时?|断电|烟雾)报警|报警(?:器|声|音|灯|系统|提示|信号|装置|功能|铃|电话旁|的?声|太)|想让我拉肚子|(?:快递员?|骑手|小哥|外卖员?|球员)[^,.!?。]{0,3}受伤',
  '(?:嗓子|喉咙|口渴|渴)(?:都|得|要|快)*(?:冒烟|着火)',
  '触电(?:般|似|的感觉)|漏电(?:保护|开关)|(?:防|不|无)(?:漏电|自燃|触电|烫伤)|住院(?:部|楼|医)|不?拉肚子的?(?:朋友|时候也)',
  'insults? to injury|injury (?:time|report|list|update|news|prone|lawyers?)|exploded (?:in popularity|with (?:laughter|joy|messages)|on(?:to)? (?:the|twitter|social))|assault on (?:the|my|your|our) (?:senses|ears|eyes|taste|nose|wallet)',
  // Legal, theft, publicity
  '(?:多|新|社交|社会化|流|富|全|自)媒体|媒体(?:推荐|评|炒|宣传|吹|播放|库|中心|文件|报道|人)',
  '(?:被|遭)(?:媒体)?曝光|曝光(?:度|率|量|过度|不足|时间|补偿|模式|表)|(?:双重|长|多次|自动)曝光',
  '(?:被|会不会|会被|遭|不同意就)(?:人|银行)?起诉|起诉(?:书|科|我)|(?:信用卡|电信|网络|防|反|预防|杀猪盘)诈骗|诈骗(?:罪|犯|短信|电话|案|洗钱)|盗刷(?:免|险|保障|保险)|(?:失卡|防|免)盗刷|法院(?:对面|旁|附近|边上|后面|路|站|那边|判|拍卖)|律师(?:楼|证|资格)|(?:是|做|当)(?:一个|一名|个)?律师',
  "(?:as an?|i am an?|i'm an?) (?:lawyer|attorney)|powers? of attorney|fraud (?:dep(?:t|artment)|alerts?|team|protection|prevention|squad)|not an? (?:scam|fraud)|as fraud|atm stole|(?:pressure|voltage|gas|temperature|power) regulators?|so sue me|stolen (?:my |the |our |your )?(?:heart|show|bases?|moments?|glances?|scenes?)|(?:talk|talked|talking|spoke|speak|spoken|spoke|thanks?|thank you|listened|listen|kudos|according|gave it|sent it|back) to sue|(?:aunt|auntie|named|called|lady) sue|sue(?:,| and| at| from| in| is| was)",
  // Leaving
  '(?:不能|无法|没法|不可|不让|无法被|难以|怎么)(?:删除|自行|手动)?卸载|卸载(?:不了|不掉|重装|重新|再|后重)|(?:把|将|被|给)[^,.!?。]{0,4}拉黑|拉黑(?:我|了我|用户|顾客|客户)',
  '(?:让|叫|给)你(?:去)?销[卡户]|(?:以前|之前|早就)销[卡户]|(?:再也|永远|以后|绝对)(?:都|就)?(?:不会?|不再)(?:再)?(?:用|去)(?:担心|害怕|怕|愁|排队|等|为|跑|花|带|来回|外面|想|找|自己)',
  'never again (?:will|have|worry|miss)|never (?:fly|use|order|buy)(?:ing)? (?:without|anything else|anyone else|any other|another|with anyone|elsewhere)',
  // Repeated contact
  '(?:重要的?)(?:事情?|话)(?:要)?说[2-9二两三]+[次遍]|(?:给我|跟我|和我|对我|接我|送餐|快递|骑手|小哥|外卖)[^,.!?。]{0,8}(?:打|说|问)了?(?:好几|很多|多|几|[2-9二两三四五]+)(?:次|遍|个电话)',
].map((source) => new RegExp(source, 'g'));

/** Right before a match these undo it, and so does a question whether it could happen. */
export const NEGATED =
  /(?:(?:不用|不会|不必|不想|不要|不需要|没有?(?:人|什么)?|未|别|勿|避免|防止|以免|不至于|从不|没必要|并非|不是|无需|不怕|怕是|怕|担心|会不会|不)(?:去|找|请|打|叫|要)?|(?<![a-z])(?:no|not|never|without|don't|didn't|won't|wasn't|weren't|isn't|hasn't|haven't|can't|cannot|nobody|avoid|prevent)(?: (?:an?|had|have|any|serious|major|such|be|been|get|to|want to|need to|going to|it|was|were|me|my|the|actually|really|yet|even|call|calling|called)){0,3} )$/;

const TIMES_ZH = '(?:好几|很多|无数|不知多少|多少|多|几|数|[2-9二两三四五六七八九十]+)';
/** What a customer says not to do again. */
const BUY_ZH = '(?:光顾|惠顾|入住|选择?|购买?|消费|考虑|合作|来|去|买|订|定|点|用|住|喝|吃|碰)';
const NUMBER_EN = '(?:second|third|fourth|fifth|sixth|[2-9](?:nd|rd|th)|nth|umpteenth)';
const MANY_EN = '(?:several|many|multiple|numerous|countless|three|four|five|six|seven|[2-9]|1\\d)';
const BUY_EN =
  '(?:fly(?:ing)?|us(?:e|ing)|buy(?:ing)?|order(?:ing)?|book(?:ing)?|shop(?:ping)?|com(?:e|ing) back|return(?:ing)?|stay(?:ing)?|step(?:ping)?|travel(?:l?ing)?|trust(?:ing)?|do(?:ing)? business|deal(?:ing)?|recommend(?:ing)?)';
/** Waits that nobody calls short: hours, or 20 minutes and more. */
const LONG_EN =
  '(?:(?:\\d[\\d.]{0,3}|an?|one|two|three|four|five|six|several|half an)[*+]{0,3} ?(?:and a half |full |solid |straight |whole )?(?:hours?|hrs?)|(?:[2-9]\\d|[1-9]\\d\\d)\\+? ?min(?:ute)?s?)(?![a-z])';

const chinese = (...ways: readonly string[]): readonly RegExp[] => ways.map((way) => new RegExp(way, 'g'));
/** Not inside longer words. */
const english = (...ways: readonly string[]): readonly RegExp[] =>
  ways.map((way) => new RegExp(`(?<![a-z])(?:${way})(?![a-z])`, 'g'));

export const RULES: readonly Rule[] = [
  {
    name: 'safety',
    urgency: 'urgent',
    patterns: [
      /食物中毒|拉肚子|坏肚子|闹肚子|上吐下泻|腹泻|呕吐|住院|急诊|受伤|烫伤|烧伤|割伤|划伤[了我手脚脸]|砸伤|摔伤|骨折|触电|漏电|起火|着火|冒烟|爆炸|自燃|报警|人身安全|生命危险|性骚扰|殴打|(?<![不没未抗防怕免低易])过敏(?!体质|源|性鼻炎|原)/g,
      ...chinese(
        '(?:险些|差点|孩子|宝宝|婴儿|造成|导致).{0,4}窒息',
        '(?:胃|肚子|肠胃|腹部?)(?:里|都|有点|一直|又|很|好|就|开始|隐隐|不停地?|绞){0,2}[疼痛]',
        '[硌崩咯][^,.!?。]{0,3}牙|牙(?:齿|都|被)?(?:硌|崩)',
        '(?:跳蚤|臭虫|螨虫|虫子?|老鼠|蜱虫|狗|猫)[^,.!?。]{0,4}咬[了我伤]|被[^,.!?。]{0,4}(?:跳蚤|臭虫|螨虫|虫子?|老鼠|狗|猫)[^,.!?。]{0,3}咬(?!过的)',
        '摔了(?:我)?(?:一|两|个|好几)?(?:大)?跤|(?<!险些|差点|差点儿)(?:滑倒|摔倒)了?(?!风|的)|(?:手|脚|头|脸|嘴|腿|脖子|鼻子|舌头)[^,.!?。]{0,4}(?:流血|出血|划破|割破|划伤|烫了)',
        '拿刀|持刀|砍[人死]|动手(?:打|推)|(?<![想要])打人(?!不打)|威胁(?:我|我们|顾客|客人|要|恐吓)|恐吓|尾随|猥亵|(?:私自|擅自|偷偷|强行|直接)(?:打?开|闯|进)(?:了|入|我|别人|客人|我们)[^,.!?。]{0,4}[门房家屋]',
      ),
      /(?<![a-z])(?:food poisoning|hospitali[sz]ed|emergency room|allergic reactions?|injur(?:ed|y|ies)|electric shock|electrocuted|caught fire|(?:started|began) (?:smoking|sparking)|exploded|carbon monoxide|assault(?:ed)?|call(?:ed|ing)? the police)(?![a-z])/g,
      ...english(
        'unsafe|safety (?:hazard|issue|concern|violation|risk)s?|medical emergency|ambulance|paramedics?|threw up|vomit(?:ed|ing)|concussion|broke (?:my|his|her) (?:arm|leg|ankle|wrist|nose|tooth)|harass(?:ed|ment|ing)|physically (?:pushed|grabbed|threatened|hit|removed)',
        '(?:made|making) (?:me|us|him|her|my (?:son|daughter|wife|husband|mom|dad|kids?)) (?:\\w+ )?(?:sick|ill)|(?:got|getting|became|fell) (?:\\w+ )?(?:sick|ill) (?:from|after)',
        "insulin|epi-?pens?|inhalers?|(?:my|his|her|our|their|prescription|need(?:s|ed)?|mom's|dad's) (?:\\w+ )?(?:medicines?|medications?|meds)",
        "(?:not|isn't|doesn't feel|don't feel|didn't feel|never felt) (?:\\w+ )?safe (?:to|for|on|with|in|at|flying)",
      ),
    ],
  },
  {
    name: 'legal',
    urgency: 'urgent',
    patterns: [
      /法庭|律师|消协|消费者协会|(?<![\d.#])12315(?![\d#])|(?:打|拨|拨打|找)12345(?!\d)|诈骗|盗刷/g,
      ...chinese(
        '(?:我们?(?!的)|准备|必须|一定|决定|直接|已经|可以|要|去|会)(?:[^,.!?。先]{0,4})起诉|起诉(?:你|他|她|它|商家|平台|公司|酒店|这家|贵)',
        '(?:找|到|去|向|打|给|告|让|投诉|举报|反映|写信|上报)[^,.!?。]{0,4}(?:工商|市场监管|银保?监|银行业监督|人民银行|质监|质检|食药监|食品药品|卫生局|物价局|旅游局|邮政管理局|信访|仲裁)',
        '(?:去|上|告到|告上|走|找)法院|法院见',
        '(?:法律|司法)(?:途径|手段|程序|武器)|律师函|(?:已经?|去|要|会|准备|直接|必须)报案|维权到底',
        '(?:找|联系|寻求|求助|通知|告诉|告知|上|给|向)[^,.!?。]{0,4}媒体|媒体(?:曝光|见|会|来)',
        '(?:要|会|去|给|将|找|网上|微博|抖音|公开|帮|求|发|大|继续|必须|上)曝光|曝光(?:你|他|她|它|这|这种|出来|一下|无良)',
      ),
      // Theft
      /(?:被|给|遭|让)(?:人|贼|小偷|员工|服务员|快递|别人)?(?:偷|盗)(?:了|走|拿|用)|监守自盗|失窃|偷(?:走|了|拿|吃)(?:我|客人|顾客|了我)|(?:钱|款|余额|资金|存款|卡里?)[^,.!?。]{0,5}被(?:人)?(?:转走|划走|取走|刷走|盗|偷)|(?:冒用|盗用)(?:我|本人|他人|身份|个人)/g,
      /(?<![a-z])(?:(?:my|our|an?|the|your|contact(?:ing)?|call(?:ing)?|hir(?:e|ing)|see(?:ing)?|through) (?:lawyers?|attorneys?|solicitors?)|lawyer(?:ing)? up|legal action|lawsuit|small claims|class action|ombudsman|regulators?|trading standards|press charges|fraud(?:ulent(?:ly)?)?|scam(?:med|mers?)?|go(?:ing)? to the (?:press|media|papers))(?![a-z])/g,
      /(?<![a-z])(?:(?:going to|gonna|will|i'll|we'll|want to|ready to|have to|should|could|might|threaten(?:ed|ing)? to|considering|to) sue|su(?:e|ing) (?:you|u|your|them|their|him|her|us|the|this|these|over|for))(?![a-z])/g,
      ...english(
        '(?:complain(?:ts?|ed|ing)?|report(?:ed|ing)?|contact(?:ed|ing)?|fil(?:e|ed|ing)|call(?:ed|ing)?|notif(?:y|ied)|letter) (?:\\S+ ){0,5}(?:the )?(?:faa|dot|fcc|ftc|cfpb|bbb|better business bureau|consumer (?:affairs|protection)|attorney general|department of transportation)',
      ),
      /(?<![a-z])(?:(?:was|were|been|got|had|is|are|has|getting) stolen|stolen (?:from me|from my|card|phone|wallet|bag|purse|luggage|identity|money|account)|(?:lost or|or|has been|have been|may be|missing or) stolen|stole my|stolen,)(?![a-z])/g,
      ...english(
        '(?:was|were|got|been|just) (?:just )?(?:mugged|robbed|burgled|pickpocketed)|identity theft|unauthori[sz]ed (?:\\w+ )?(?:charges?|transactions?|payments?|purchases?|withdrawals?|access|use)',
        '(?:account|card|cards|phone|details|pin|passcode|password|information|i|been|was|were|is|got) (?:\\w+ )?(?:been )?(?:hacked|compromised|skimmed|cloned)',
        '(?:someone|somebody|thie(?:f|ves)) (?:else )?(?:\\w+ ){0,2}(?:using|used|uses|got|stole|took|taken|taking|accessed|accessing|has) (?:\\w+ ){0,3}my (?:\\w+ )?(?:card|account|identity|money|phone|wallet|details|information|pin)',
        'stole (?:\\S+ ){0,4}(?:from|out of) (?:me|us|my|our|the bag)|(?:baggage|luggage|bag|tsa) (?:\\w+ )?(?:thie(?:f|ves)|theft)',
      ),
    ],
  },
  {
    name: 'leaving',
    urgency: 'high',
    patterns: [
      ...chinese(
        `(?:再也|永远|绝对|以后|坚决|下次|下回|今后|从此|肯定|一定)(?:我|是|就|也|都|再也|肯定|绝对|坚决|一定){0,3}(?:不会?|不再|不想|不敢|不打算|不准备)(?:再)?(?:在|到|从|去)?${BUY_ZH}`,
        `(?:以后|再也|今后|下次|不会|不再|绝不|绝对不)[^,.!?。]{0,2}(?:不再?|再)(?:会|想|敢)?(?:在|到|从|上|网上)[^,.!?。]{0,6}(?:买|购|订|消费|住|吃)`,
        `(?:不会|不想|不敢|不要|不打算)再${BUY_ZH}`,
        `(?<![如要你们他])再不(?:会|想|敢)?(?:(?:买|住|订|定|光顾|选|购买?|用|吃)(?:了|[他她它]|这|你|[,.!?。]|$)|(?:来|去|点)了(?:[,.!?。]|$))`,
        `(?:打死|免费|白送|送我|倒贴|不要钱|再便宜)[^,.!?。]{0,4}(?:也|都)不(?:会|想|敢|要)?(?:再)?${BUY_ZH}|宁[愿可][^,.!?。]{1,12}也不(?:会|想|敢|要|愿)?(?:再)?${BUY_ZH}`,
      ),
      /(?:也|就|肯定|绝对|必然|算)(?:会)?是最后一[次回]|(?:坚决|果断|直接|已经?|永久)(?:屏蔽|抵制|拉黑|弃用)/g,
      /(?:换|退)(?:一家|别家|别的?(?:店|家|平台|银行|品牌|牌子|酒店|公司))|(?:果断|准备|马上|立刻|已经|想|要|申请|直接)(?:注销|销户|销卡|退卡|卸载)|注销(?:了|账|帐|卡|吧)|销户|卸载了|拉黑|最后一次(?:来|在|买|订|点|用)|(?<![热畅推促报分直行经滞撤开供营代展倾勾吊核返])销(?:了(?!售)|卡(?!的))/g,
      /(?<![a-z])never (?:again|(?:fly|flying|use|using|buy|buying|order|ordering|book|booking|shop|shopping|com(?:e|ing) back|return|returning|stay|staying|step|stepping|do business|doing business|recommend)(?![a-z])|going (?:back|to (?:fly|use|buy|order|shop|book|stay|return)))/g,
      ...english(
        `(?:never|won't|wont|will not|not going to|don't plan to|refuse to|no longer) (?:(?:ever|be|going to|even|want to|plan to) ){0,3}${BUY_EN}(?: \\S+){0,5} (?:again|any ?more)`,
        `never (?:ever |be |going to be ){1,2}${BUY_EN}|never us \\w+ again`,
        "(?:call me an?|now an?|i am an?|i'm an?|become an?|consider me an?) (?:former|ex)[ -](?:customer|client|flyer|flier|member|passenger)|(?:ex|former)-(?:customer|client)|(?:you|you've|you have|u|just|u just|you just) lost (?:me|us|my business|our business)",
        "(?:so|am|i'm|im|officially|completely|are|we're|totally|just) done with (?:you|u|this (?:airline|company|bank)|your|@\\w+)|(?:fly|flying|book|booking|using|choose|choosing|switch|switching|take|taking|try|trying|find|finding|buy|buying) (?:\\S+ ){0,4}(?:another|a different|different|other|a new) (?:airline|bank|carrier|provider|company)",
        '(?:my|our) last (?:flight|trip|time|order|purchase|booking) (?:\\w+ )?(?:with|on|from) (?:you|u|@\\w+|this|them)|tak(?:e|ing) (?:my|our) (?:\\w+ )?(?:business|money) (?:elsewhere|to)',
        "(?:don't|do not|no longer|not) (?:want|need) (?:this|my|the|your|an) (?:account|membership|subscription|service)|won't be (?:back|returning)|(?:will not|not) be (?:back|returning) (?:to|here)",
      ),
      /(?<![a-z])(?:is|was|be|'s) (?:the |my |our |officially )*last time (?:i|we|you)|last time i (?:ever |will |would |'ll )?(?:fly|use|buy|order|shop|book|come|stay|eat|trust|deal|give|spend)(?![a-z])/g,
      /(?<![a-z])(?:clos(?:e|ing)|cancel(?:l?ing)?|terminat(?:e|ing)|delet(?:e|ing)|deactivat(?:e|ing)) (?:my|our|this|the) (?:account|subscription|contract|membership|policy|plan|service)|switch(?:ing|ed)? to (?:another|a different) (?:airline|bank|provider|carrier|company|service|one|card|supplier)|lost (?:a|my|our|another|me as a) (?:\w+ )?(?:customer|business)|lost me as a/g,
    ],
  },
  {
    name: 'repeated',
    urgency: 'high',
    patterns: [
      ...chinese(
        `(?:催促?单?|联系|投诉|反映|反馈|报修|申诉)(?:客服|商家|你们|前台|他们)?了?${TIMES_ZH}(?:次|遍|回|个电话)`,
        `(?<!以前|每次|得)(?:打|问|说)了${TIMES_ZH}(?:次|遍|回|通|个电话|个客服)(?!回访|才找到|都没有?找到|才能打通|人|小时|月|星期|多?小时|字|问题)|打了${TIMES_ZH}个(?!小时|月|折|人|字|问)`,
        `电话(?:都)?打了?${TIMES_ZH}(?:个|次|遍|通)|跑了${TIMES_ZH}(?:趟|次|回)(?!才)|(?:天天|每天|一直|不停|不断|反复)(?:地|的|在|给)?[^,.!?。]{0,3}(?:打(?:客服|电话)|催(?!促)|投诉|(?:联系|找)客服)`,
      ),
      /(?:一直|始终|多次(?:联系|投诉|反映|催))[^,.!?。]{0,4}(?:没人|无人|不)(?:接|理|管|处理|回复|解决)|(?:还是|仍然|依然|到现在)(?:都|也)?(?:没有?|不)(?:给)?(?:解决|处理|回复|退)/g,
      ...chinese(
        '(?:没有?人|无人|找不到人|没一个人)(?:来|去|给|肯|愿意)?(?:处理|解决|回复|回应|答复|理睬|搭理|理会|接(?:听|电话|,|。|!|$))',
        '(?:电话|客服|热线|投诉|商家|售后|前台)[^,.!?。]{0,8}(?:打不通|打不进|接不通|联系不[上到]|无人接听|没人接(?!待|机|送|站)|不接电话|不回复|拒接)|(?:打不通|联系不[上到]|打不进)[^,.!?。]{0,4}(?:电话|客服|商家|售后|热线|你们)',
        '(?:打电话|投诉|反映|找客服|联系客服|找售后)了?(?:也|都|又|根本|完全|是|也是)?(?:没有?用|没有?结果|无果|没反应|没有?回复|没有?人)|投诉无门|(?:投诉|反映|反馈|邮件|申请|留言)[^,.!?。]{0,6}石沉大海',
      ),
      ...english(
        `${NUMBER_EN} (?:call|email|complaint|message|request)`,
        `${NUMBER_EN} time (?:in a row|now|already|(?:i|we)(?:'ve| have)? (?:called|asked|contacted|emailed|reported|tweeted|written|complained|tried|have (?:called|asked))|(?:i|we) (?:call|ask|contact|write)|this (?:week|month|year))`,
        `(?:called|calling|call|emailed|contacted|asked|wrote|written|phoned|tweeted|complained|tried (?:calling|to call|contacting|to contact)) (?:\\w+ ){0,4}(?:twice|${MANY_EN} times)`,
        `(?:after|sent|made|left|with|filed|submitted|written) (?:you )?(?:two|${MANY_EN}) (?:\\w+ )?(?:calls|emails|messages|phone calls|tickets|complaints|requests|letters|voicemails|dms)`,
        `(?:spoke|spoken|talked|speaking|talking) (?:to|with) (?:\\w+ )?${MANY_EN} (?:\\w+ )?(?:people|agents|reps|representatives|supervisors|employees)`,
      ),
      /(?<![a-z])still (?:no|not (?:a |any |had a? ?)?|waiting (?:for|on) (?:a |an |my |your |the )?|have(?:n't| not) (?:had |gotten |got |received |heard )?(?:a |an |any |my |the )?|has(?:n't| not) been )(?:response|repl(?:y|ied)|answer(?:ed)?|refund(?:ed)?|call ?back|resolution|resolved|fixed|help|word|compensation|back from|from (?:you|anyone)|heard|responded|returned)/g,
      // Nobody to be reached, or only after hours
      ...english(
        '(?:no ?(?:one|body)|nobody) (?:answers?|answered|(?:is |was )?(?:answering|responding|replying)|replie[sd]|responds?|responded|(?:has |ever )?(?:got|gotten|called) back|(?:ever )?(?:calls?|called) (?:me )?back|picks? up)',
        "(?:can't|cannot|can not|cant|couldn't|could not|unable to|(?:haven't|not|never|yet) been able to|not able to|impossible to|(?:no way|trying|tried) to) (?:even |ever )?(?:get (?:through|(?:a )?hold of|ahold of|in (?:touch|contact)|into contact|someone on|anyone on|an? (?:human|agent|person|rep))|reach (?:you|anyone|someone|an?|any|your|customer|#)|contact (?:you|anyone|someone|customer)|(?:speak|talk) (?:to|with) (?:you|anyone|someone|an?|any|customer))",
        '(?:speak|talk|talked|spoken|get|reach|reached)(?: (?:to|with|through|hold|of)){0,2} an? (?:actual |real |live |single )?(?:human|live person|real person|actual person|live agent)',
        "(?:haven't|have not|has not|hasn't|never|didn't|not|no one) (?:\\w+ )?(?:heard (?:back|anything|from (?:you|anyone))|(?:received|gotten|got|had|get) (?:an?|any|the) (?:\\w+ )?(?:reply|response|answer|call ?back))|(?:haven't|have not|hasn't|didn't|won't|doesn't|never|not) (?:you )?(?:even )?(?:repl(?:y|ied)|respond(?:ed)?|answer(?:ed|ing)?) (?:to )?(?:my|me|us|our|any)|why haven't you (?:repl|respond|answer)\\w*",
        'no (?:response|reply|answer|call ?back) (?:from|to|yet|back|after|at all|on|so far)|ignor(?:e|ed|es|ing) (?:me|my|us|our|(?:your |ur )?customers?|all)',
        '(?:got|been|get|was|were|keep|getting|just|then|and) (?:\\w+ )?hung up on|h(?:u|a)ng(?:s|ing)? up on (?:me|us|people|customers?)',
        `still on hold|(?:on (?:hold|the phone)|hold(?:ing)?)(?: (?:for|with|over|about|almost|nearly|more|than|at|least|now|going|on|you|another|at least)){0,5} ${LONG_EN}(?! flight| delay| drive)`,
        `${LONG_EN}(?: (?:and|later|now|of|wait|waiting|been|i|i'm|im|im|still|just|so|far)){0,4} (?:on (?:hold|the phone|phone)|of hold(?:ing)?|hold(?:ing)?)`,
        `(?:been )?(?:trying|tried) to (?:reach|contact|call|get (?:through|a ?hold|in touch)|speak|talk)[^.!?]{0,60}(?:for|over|past|last) (?:\\w+ ){0,2}(?:${LONG_EN}|(?:two|three|four|five|[2-9]) days)|(?:for|past|last) (?:\\w+ )?(?:two|three|four|five|[2-9]) (?:\\w+ )?days (?:\\w+ )?(?:i |we )?(?:have |'ve )?(?:been )?(?:trying|calling|tried)`,
      ),
    ],
  },
  {
    name: 'manager',
    urgency: 'high',
    patterns: [
      /(?:叫|找|要求?|让你们)(?:你们|见|了)?(?:的|当值|值班|大堂|客房|总){0,2}(?:经理|领导|店长|负责人|主管)(?!扣|推荐|点单|提额)|(?:把|让)(?:你们|他们)?(?:的|当值|值班)?(?:经理|领导|店长|负责人|主管|老板)(?:给我)?叫|叫你们老板/g,
      /(?<![a-z])(?:speak|talk|speaking|talking) (?:to|with) (?:an?|the|your) (?:manager|supervisor)|get me (?:an?|the|your) (?:manager|supervisor)/g,
    ],
  },
];
