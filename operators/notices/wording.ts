/** The words of notices in both languages. */
import type { Language } from './writing.ts';
import type { NoticeReason } from './notices.ts';

interface Words {
  readonly severity: Readonly<Record<string, string>>;
  readonly reason: Readonly<Record<NoticeReason, (alerts: number) => string>>;
  readonly resolved: string;
  readonly firing: string;
  readonly since: string;
  readonly lasted: string;
  readonly where: string;
  /** Between which values it is, and of how many events that is said. */
  readonly interval: string;
  readonly between: (low: string, high: string, n: string) => string;
  /** Of a notice that is not about a change: its figures are those of the last one. */
  readonly asOf: (time: string) => string;
  readonly share: (percent: string, value: string) => string;
  readonly quotes: string;
  readonly owner: string;
  readonly runbook: string;
  readonly open: string;
  readonly acknowledge: string;
  /** An action is done. */
  readonly complete: string;
  /** It was done. */
  readonly completed: string;
  readonly completedBy: (who: string) => string;
  readonly acknowledgeAll: (count: number) => string;
  readonly acknowledgedBy: (who: string) => string;
  readonly unlisted: (count: number) => string;
  readonly mayRepeat: string;
  readonly standing: (count: number) => string;
  readonly wasMuted: string;
  readonly due: string;
  readonly case: string;
  readonly list: string;
  readonly colon: string;
  readonly whole: string;
  readonly flaps: (times: number) => string;
  /** What an alert that judges no KPI has in place of a value. */
  readonly events: (count: number) => string;
}

const zh: Words = {
  severity: { critical: '严重', major: '重要', minor: '次要', info: '提示' },
  reason: {
    first: () => '新告警',
    more: (n) => `新增 ${n} 条告警`,
    some_resolved: () => '部分恢复',
    all_resolved: () => '已恢复',
    repeat: () => '仍未恢复',
    escalated: () => '升级：无人认领',
    acknowledged: () => '已认领',
    unacknowledged: () => '认领已撤回',
    brief: () => '短暂告警，已恢复',
    flapping: () => '反复告警',
    action: () => '待办',
    test: () => '测试通知，请忽略',
  },
  resolved: '已恢复',
  firing: '告警中',
  since: '开始于',
  lasted: '持续',
  where: '主要来自',
  interval: '95% 区间',
  between: (low, high, n) => `${low} 至 ${high}（样本 ${n}）`,
  asOf: (time) => `以上数值截至 ${time}`,
  share: (percent, value) => `占 ${percent}，值 ${value}`,
  quotes: '客户原声',
  owner: '负责人',
  runbook: '处理手册',
  open: '查看详情',
  acknowledge: '认领',
  complete: '标记完成',
  completed: '已完成',
  completedBy: (who) => `${who} 已完成`,
  acknowledgeAll: (count) => `认领这 ${count} 条`,
  acknowledgedBy: (who) => `${who} 已认领`,
  unlisted: (count) => `…还有 ${count} 条`,
  mayRepeat: '（上次发送结果不明，可能重复）',
  standing: (count) => `另有 ${count} 条仍在告警`,
  wasMuted: '静默或抑制已结束，告警仍在',
  due: '截止',
  case: '工单',
  list: '、',
  colon: '：',
  whole: '全部',
  flaps: (times) => `已反复 ${times} 次`,
  events: (count) => `${count} 个事件`,
};

const en: Words = {
  severity: { critical: 'Critical', major: 'Major', minor: 'Minor', info: 'Info' },
  reason: {
    first: () => 'New alert',
    more: (n) => (n === 1 ? 'One more alert' : `${n} more alerts`),
    some_resolved: () => 'Partly resolved',
    all_resolved: () => 'Resolved',
    repeat: () => 'Still firing',
    escalated: () => 'Escalated: nobody has acknowledged',
    acknowledged: () => 'Acknowledged',
    unacknowledged: () => 'No longer acknowledged',
    brief: () => 'Brief alert, resolved',
    flapping: () => 'Flapping',
    action: () => 'Action',
    test: () => 'Test notice, please ignore',
  },
  resolved: 'resolved',
  firing: 'firing',
  since: 'Since',
  lasted: 'lasted',
  where: 'Mostly',
  interval: '95 % interval',
  between: (low, high, n) => `${low} to ${high} (n ${n})`,
  asOf: (time) => `Figures as of ${time}`,
  share: (percent, value) => `${percent} of all, value ${value}`,
  quotes: 'Customers say',
  owner: 'Owner',
  runbook: 'Runbook',
  open: 'Open',
  acknowledge: 'Acknowledge',
  complete: 'Mark as done',
  completed: 'Done',
  completedBy: (who) => `done by ${who}`,
  acknowledgeAll: (count) => (count === 1 ? 'Acknowledge' : `Acknowledge these ${count}`),
  acknowledgedBy: (who) => `acknowledged by ${who}`,
  unlisted: (count) => `… and ${count} more`,
  standing: (count) => (count === 1 ? 'One other still fires' : `${count} others still fire`),
  wasMuted: 'It was muted; that is over, and it still fires',
  mayRepeat: '(the outcome of the last attempt is unknown: this may be a repeat)',
  due: 'Due',
  case: 'Case',
  list: ', ',
  colon: ': ',
  whole: 'all',
  flaps: (times) => `flapped ${times} ${times === 1 ? 'time' : 'times'}`,
  events: (count) => `${count} ${count === 1 ? 'event' : 'events'}`,
};

export const WORDS: Readonly<Record<Language, Words>> = { 'zh-CN': zh, en };

/** `3 m 20 s`, `2 h`; in Chinese `3 分 20 秒`. At most two units. */
export function spanText(ms: number, language: Language): string {
  const units = language === 'zh-CN' ? (['天', '小时', '分', '秒'] as const) : (['d', 'h', 'min', 's'] as const);
  const seconds = Math.max(0, Math.round(ms / 1000));
  const amounts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const first = amounts.findIndex((amount) => amount > 0);
  if (first === -1) return `0 ${units[3]}`;
  const parts = [first, first + 1].flatMap((i) => {
    const amount = amounts[i];
    const unit = units[i];
    return amount === undefined || unit === undefined || amount === 0 ? [] : [`${amount} ${unit}`];
  });
  return parts.join(' ');
}

const twoDecimals = (language: Language): Intl.NumberFormat =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const NUMBERS: Readonly<Record<Language, Intl.NumberFormat>> = { 'zh-CN': twoDecimals('zh-CN'), en: twoDecimals('en') };

/** At most two decimals, grouped as readers of the language do. */
export function numberText(value: number | null, language: Language): string {
  return value === null ? '–' : NUMBERS[language].format(value);
}
