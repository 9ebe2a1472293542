/** Why an alert changed its state, in one sentence for people, English and Chinese. */
import type { Millis } from '../../engine/core/types.ts';
import { durationText } from '../config/config-values.ts';
import type { KpiConfig } from '../kpis/kpis-config.ts';
import type { RuleConfig } from './rules-config.ts';
import type { Titles } from '../config/config-values.ts';
import type { Change, Verdict } from './episode.ts';

export interface Facts {
  readonly key: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly start: Millis;
  readonly end: Millis;
  /** What was usual, where the rule compares with it. */
  readonly baseline?: number;
}

const DIMENSIONS_ZH: Readonly<Record<string, string>> = {
  channel: '渠道',
  region: '地区',
  product: '产品',
  store: '门店',
  team: '团队',
  agent: '坐席',
  lang: '语言',
  issue: '问题',
  tier: '等级',
  id: '编号',
};
/** Behind a number. */
export const UNIT_TEXTS: Readonly<Record<KpiConfig['unit'], Titles>> = {
  percent: { en: ' %', 'zh-CN': '%' },
  points: { en: ' points', 'zh-CN': ' 分' },
  seconds: { en: ' s', 'zh-CN': ' 秒' },
  milliseconds: { en: ' ms', 'zh-CN': ' 毫秒' },
  count: { en: '', 'zh-CN': '' },
  score: { en: '', 'zh-CN': '' },
  none: { en: '', 'zh-CN': '' },
};

export function reasonOf(
  change: Change,
  verdict: Verdict | null,
  facts: Facts,
  rule: RuleConfig,
  kpi: KpiConfig,
): Titles {
  const why = verdict === 'no_data' ? silence(facts, rule) : { en: '', 'zh-CN': '' };
  const what = outcome(change, verdict, rule);
  return {
    en: `${subject(facts, kpi, 'en')}${why.en}; ${what.en}.`,
    'zh-CN': `${subject(facts, kpi, 'zh-CN')}${why['zh-CN']}；${what['zh-CN']}。`,
  };
}

/** `CSAT (channel=app): 71.4 % over 15m (n = 84, 95 % interval 61.2–80.0)` */
function subject(facts: Facts, kpi: KpiConfig, lang: keyof Titles): string {
  const isZh = lang === 'zh-CN';
  const number = (value: number): string => `${value.toFixed(kpi.decimals)}${UNIT_TEXTS[kpi.unit][lang]}`;
  const over = durationText(facts.end - facts.start);
  const key = pairsOf(facts.key, lang);
  if (facts.value === null) {
    return isZh
      ? `${kpi.title[lang]}${key}在 ${over} 窗口内无数据`
      : `${kpi.title[lang]}${key} has no value over ${over}`;
  }
  const [low, high] = facts.interval ?? []; // small samples have none
  const interval =
    low === undefined || high === undefined
      ? ''
      : `${isZh ? '，95% 区间 ' : ', 95 % interval '}${low.toFixed(kpi.decimals)}–${high.toFixed(kpi.decimals)}`;
  const usual = facts.baseline === undefined ? '' : `${isZh ? '，平时' : ', usually'} ${facts.baseline.toFixed(1)}`;
  return isZh
    ? `${kpi.title[lang]}${key}：${over} 窗口内为 ${number(facts.value)}（n=${facts.n}${interval}${usual}）`
    : `${kpi.title[lang]}${key}: ${number(facts.value)} over ${over} (n = ${facts.n}${interval}${usual})`;
}

/** `channel=app`, `region=east` */
export function keyPairs(key: Facts['key'], lang: keyof Titles): readonly string[] {
  return Object.entries(key).map(
    ([dimension, value]) =>
      `${lang === 'zh-CN' ? (DIMENSIONS_ZH[dimension] ?? dimension) : dimension}=${value === '' ? '-' : value}`,
  );
}

/** ` (channel=app, region=east)` */
export function pairsOf(key: Facts['key'], lang: keyof Titles): string {
  const isZh = lang === 'zh-CN';
  const pairs = keyPairs(key, lang);
  return pairs.length === 0 ? '' : isZh ? `（${pairs.join('，')}）` : ` (${pairs.join(', ')})`;
}

function silence(facts: Facts, rule: RuleConfig): Titles {
  if (facts.value !== null && facts.n < rule.minN) {
    return { en: `, too few to judge (at least ${rule.minN})`, 'zh-CN': `，样本不足（至少 ${rule.minN}）` };
  }
  if (facts.value === null) return { en: '', 'zh-CN': '' };
  return { en: ', and then nothing more came', 'zh-CN': '，此后再无数据' };
}

function outcome({ from, to }: Change, verdict: Verdict | null, rule: RuleConfig): Titles {
  const isSilent = verdict === 'no_data';
  const fire = isSilent ? { en: 'silence', 'zh-CN': '无数据' } : breachOf(rule);
  const end = endOf(rule);
  const over = isSilent ? { en: 'no data', 'zh-CN': '无数据' } : end;
  const held = durationText(rule.forMs);
  const calm = durationText(rule.keepFiringForMs);
  switch (to) {
    case 'pending':
      return {
        en: `${fire.en} holds, and fires if it lasts ${held}`,
        'zh-CN': `满足条件 ${fire['zh-CN']}，持续 ${held} 即告警`,
      };
    case 'firing':
      if (from === 'recovering') {
        return verdict === 'between'
          ? { en: `the recovery did not hold (${end.en})`, 'zh-CN': `恢复未能保持（${end['zh-CN']}）` }
          : { en: `${fire.en} holds again`, 'zh-CN': `再次满足条件 ${fire['zh-CN']}` };
      }
      return from === null
        ? { en: `${fire.en} holds`, 'zh-CN': `满足条件 ${fire['zh-CN']}` }
        : { en: `${fire.en} has held for ${held}`, 'zh-CN': `条件 ${fire['zh-CN']} 已持续 ${held}` };
    case 'recovering':
      return {
        en: `${over.en} holds, and ends the alert if it lasts ${calm}`,
        'zh-CN': `满足恢复条件 ${over['zh-CN']}，持续 ${calm} 即解除`,
      };
    case 'resolved':
      if (from === 'pending') {
        return { en: `it did not last ${held}`, 'zh-CN': `未持续 ${held}，不告警` };
      }
      return rule.keepFiringForMs === 0
        ? { en: `recovered, ${over.en} holds`, 'zh-CN': `已恢复，满足 ${over['zh-CN']}` }
        : { en: `recovered, ${over.en} has held for ${calm}`, 'zh-CN': `已恢复，${over['zh-CN']} 已持续 ${calm}` };
  }
}

/** What is a breach of this rule, as people read it. */
export function breachOf({ fire, consecutive, certain }: RuleConfig): Titles {
  const plain =
    certain === true ? { en: `${fire} for certain`, 'zh-CN': `${fire}（整个区间）` } : { en: fire, 'zh-CN': fire };
  if (consecutive === undefined) return plain;
  const { periods, leastChange } = consecutive;
  const by =
    leastChange > 0 ? { en: `, each by at least ${leastChange}`, 'zh-CN': `（每次至少 ${leastChange}）` } : NO_WORDS;
  const trend = {
    en: `worse ${periods} windows in a row${by.en}`,
    'zh-CN': `连续 ${periods} 个窗口变差${by['zh-CN']}`,
  };
  if (fire === 'true') return trend;
  return { en: `${trend.en}, and ${plain.en}`, 'zh-CN': `${trend['zh-CN']}，且 ${plain['zh-CN']}` };
}
const NO_WORDS: Titles = { en: '', 'zh-CN': '' };

function endOf(rule: RuleConfig): Titles {
  if (rule.recover !== null) return { en: rule.recover, 'zh-CN': rule.recover };
  const breach = breachOf(rule);
  const isTrend = rule.consecutive !== undefined;
  return {
    en: isTrend ? `no longer ${breach.en}` : `!(${breach.en})`,
    'zh-CN': isTrend ? `不再${breach['zh-CN']}` : `!(${breach['zh-CN']})`,
  };
}

/** Why an alert was ended without being judged. */
export function endedBecause(why: 'rule_removed' | 'key_left'): Titles {
  return why === 'rule_removed'
    ? { en: 'The rule was removed.', 'zh-CN': '规则已删除。' }
    : { en: 'The rule no longer covers this key.', 'zh-CN': '规则不再覆盖该维度组合。' };
}
