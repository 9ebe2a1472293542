/**
 * The page behind the link of a notice, for a phone: what its alerts are and how they stand, who asks, one button. No script; nothing happens by
 * opening it. In the language of the hook's readers.
 */
import type { AlertMessage } from '../../../core/wire.ts';
import type { HttpAnswer } from '../../server/http-message.ts';
import {
  answerPage,
  ANSWER_STATUS,
  escapeHtml,
  hasForm,
  type AnswerContent,
  type AnswerState,
  type PageLanguage,
} from './answer-page.ts';

/** What the page says. */
export type PageState = AnswerState | 'acked' | 'resolved';

export interface AckPage {
  readonly state: PageState;
  readonly language: PageLanguage;
  /** Those that this instance knows. */
  readonly alerts: readonly AlertMessage[];
  /** How many the link is for. */
  readonly count: number;
  /** Who was asked last time. */
  readonly name: string;
}

const TEXTS = {
  'zh-CN': {
    title: (count: number) => (count > 1 ? `认领 ${count} 条告警` : '认领告警'),
    resolved: '已恢复',
    ackedBy: '{by} 已认领',
    unknown: (count: number) => `另有 ${count} 条尚不清楚状态`,
    and: '、',
    button: '认领',
    says: {
      ask: '确认后，看板和其他通知渠道会显示由您处理，升级停止。',
      done: '已认领。看板和其他通知渠道会显示由您处理。',
      acked: '已由 {by} 认领。',
      resolved: '告警已恢复，无需处理。',
      used: '这个链接已经用过。',
      expired: '链接已过期：请在看板上认领。',
      unknown: '链接无效：可能没有复制完整。',
      noName: '请填写姓名。',
      later: '现在不能认领，请稍后再试。',
      slower: '请求太频繁，请稍后再试（http.limits.links）。',
    } satisfies Readonly<Record<PageState, string>>,
  },
  en: {
    title: (count: number) => (count > 1 ? `Acknowledge ${count} alerts` : 'Acknowledge an alert'),
    resolved: 'resolved',
    ackedBy: 'acknowledged by {by}',
    unknown: (count: number) => `${count} more, of which nothing is known here`,
    and: ', ',
    button: 'Acknowledge',
    says: {
      ask: 'The board and the other channels will say that you look after it, and nobody else is called.',
      done: 'Acknowledged. The board and the other channels say that you look after it.',
      acked: 'Acknowledged by {by}.',
      resolved: 'The alert is resolved: there is nothing to do.',
      used: 'This link has been used.',
      expired: 'The link has expired: acknowledge on the board.',
      unknown: 'This is no valid link: perhaps it was not copied whole.',
      noName: 'Please give your name.',
      later: 'This cannot be taken just now: try again in a moment.',
      slower: 'Too many requests from here: try again in a moment (http.limits.links).',
    } satisfies Readonly<Record<PageState, string>>,
  },
} as const;

export function ackPage(page: AckPage, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return answerPage(
    page.state === 'acked' || page.state === 'resolved' ? 200 : ANSWER_STATUS[page.state],
    page.language,
    htmlOf(page),
    headers,
  );
}

/** How what the link is for stands: `ask` while any of it is open, or not known. */
export function stateOf({ alerts, count }: Pick<AckPage, 'alerts' | 'count'>): 'ask' | 'acked' | 'resolved' {
  const standing = alerts.filter(({ state }) => state !== 'resolved');
  if (alerts.length < count || standing.some(({ acked }) => acked === null)) return 'ask';
  return standing.length === 0 ? 'resolved' : 'acked';
}

function htmlOf({ state, language, alerts, count, name }: AckPage): AnswerContent {
  const texts = TEXTS[language];
  const [first] = alerts;
  const people = new Set(alerts.flatMap(({ acked }) => acked?.by ?? []));
  const says = texts.says[state].replace('{by}', () => [...people].join(texts.and));
  const board = first === undefined ? '../' : `../#alert=${encodeURIComponent(first.alert)}`;
  const shown = first === undefined ? '' : count === 1 ? alertHtml(first, language) : listHtml(alerts, count, language);
  return {
    title: texts.title(count),
    shown,
    says,
    board,
    form: hasForm(state) ? { name, button: texts.button } : null,
  };
}

function titleOf(alert: AlertMessage, language: PageLanguage): string {
  const key = Object.values(alert.key).filter((value) => value !== '');
  return [alert.title?.[language] ?? alert.rule, ...key].join(' · ');
}

/** Several: each in a line, with how it stands where there is nothing to do. */
function listHtml(alerts: readonly AlertMessage[], count: number, language: PageLanguage): string {
  const texts = TEXTS[language];
  const items = alerts.map((alert) => {
    const by = alert.acked?.by ?? null;
    const stands =
      alert.state === 'resolved' ? texts.resolved : by === null ? null : texts.ackedBy.replace('{by}', () => by);
    return stands === null
      ? `<li>${escapeHtml(titleOf(alert, language))}</li>`
      : `<li class="over">${escapeHtml(`${titleOf(alert, language)} (${stands})`)}</li>`;
  });
  const unknown = count - alerts.length;
  return `<ul>${items.join('')}${unknown > 0 ? `<li>${texts.unknown(unknown)}</li>` : ''}</ul>`;
}

function alertHtml(alert: AlertMessage, language: PageLanguage): string {
  const title = titleOf(alert, language);
  const reason = language === 'zh-CN' ? (alert.reason_zh ?? alert.reason) : alert.reason;
  return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(reason)}</p>`;
}
