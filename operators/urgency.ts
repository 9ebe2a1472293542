/**
 * Urgency from wording. urgent: safety, health, legal or public threat · high: threat to leave, repeated contact, a demand
 * for a manager · else undefined, and the sentiment decides. Rules, not a model: each can be read and argued with.
 */
export type Urgency = 'urgent' | 'high' | 'normal' | 'low';

interface Rule {
  readonly name: string;
  readonly urgency: 'urgent' | 'high';
  readonly pattern: RegExp;
  /** A match just after these does not count. */
  readonly unless?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    name: 'safety',
    urgency: 'urgent',
    pattern:
      /食物中毒|拉肚子|上吐下泻|住院|急诊|过敏反应|受伤|烫伤|触电|漏电|起火|着火|冒烟|爆炸|自燃|窒息|报警|人身安全|生命危险|性骚扰|殴打|\b(?:food poisoning|hospitali[sz]ed|emergency room|allergic reaction|injur(?:ed|y)|electric shock|caught fire|exploded|carbon monoxide|assault(?:ed)?|call(?:ed|ing)? the police)\b/iu,
    unless: /(?:不用|没有|没|未|别|no |not |without (?:any )?)$/iu,
  },
  {
    name: 'legal',
    urgency: 'urgent',
    pattern:
      /起诉|法院|律师|消协|消费者协会|(?<![\d.])12315(?!\d)|(?:打|拨|拨打|找)12345(?!\d)|工商局|市场监管|银保监|曝光|媒体|诈骗|盗刷|\b(?:lawyers?|attorney|sue|suing|lawsuit|small claims|class action|ombudsman|regulator|trading standards|press charges|fraud(?:ulent)?|stolen|scam(?:med)?|go(?:ing)? to the (?:press|media))\b/iu,
  },
  {
    name: 'leaving',
    urgency: 'high',
    pattern:
      /(?:再也|永远|绝对|以后|坚决)(?:都)?(?:不会?|不再)(?:再)?(?:来|去|买|订|点|用|光顾|入住)|(?:换|退)(?:一家|别家|别的)|注销|销户|销卡|退卡|卸载|拉黑|最后一次(?:来|买|订|点|用)|\b(?:never (?:again|fly|flying|use|using|buy|buying|order|ordering|come|coming|book|booking|shop|going)|last time (?:i|we)|clos(?:e|ing) my account|cancel(?:l?ing)? my (?:account|card|subscription|order|contract)|switch(?:ing)? to (?:another|a different)|tak(?:e|ing) my business elsewhere|lost (?:a|my|our) (?:customer|business))\b/iu,
  },
  {
    name: 'repeated',
    urgency: 'high',
    pattern:
      /(?:打|催|问|联系|投诉|反映|反馈|说)了?(?:好几|很多|无数|多|几|[2-9二两三四五六七八九十]+)(?:次|遍|回|个电话)|一直(?:没人|无人|不)(?:接|理|管|处理|回复|解决)|(?:还是|仍然|依然)(?:没有?|不)(?:解决|处理|回复|退)|\b(?:(?:second|third|fourth|fifth|[2-9](?:nd|rd|th)) (?:time|call|email)|(?:called|emailed|contacted|asked|wrote|written|phoned|tweeted) (?:\w+ ){0,3}(?:several|many|multiple|three|four|five|[2-9]+) times|still (?:no|not|waiting|haven'?t|hasn'?t|nobody)|no (?:one|body) (?:answers?|replie[sd]|responds?|responded)|on hold for)\b/iu,
  },
  {
    name: 'manager',
    urgency: 'high',
    pattern:
      /(?:叫|找|要求?)(?:你们)?(?:经理|领导|店长|负责人|主管)|\b(?:speak|talk) (?:to|with) (?:a|the|your) (?:manager|supervisor)\b/iu,
  },
];

/** Longer texts are judged by their beginning. */
const MAX_UNITS = 4000;

/** What the wording alone says; undefined: nothing out of the ordinary. */
export function urgencyOfWording(
  text: string,
): { readonly urgency: 'urgent' | 'high'; readonly rule: string } | undefined {
  const start = text.length > MAX_UNITS ? text.slice(0, MAX_UNITS) : text;
  for (const { name, urgency, pattern, unless } of RULES) {
    const match = pattern.exec(start);
    if (match === null) continue;
    if (unless?.test(start.slice(0, match.index)) === true) continue;
    return { urgency, rule: name };
  }
  return undefined;
}

/** Wording first; then how strong the sentiment is (score −1…1). Praise that mentions a lawyer is no emergency. */
export function urgencyOf(text: string, score: number | null): Urgency {
  const wording = score !== null && score > 0.3 ? undefined : urgencyOfWording(text);
  if (wording !== undefined) return wording.urgency;
  if (score === null) return 'normal';
  return score <= -0.9 ? 'high' : score < 0.1 ? 'normal' : 'low';
}
