/**
 * The page behind the link of a notice, for a phone: what its alerts are and how they stand, who asks, one button. No script; nothing happens by
 * opening it. In the language of the hook's readers.
 */
import { createHash } from 'node:crypto';
import type { AlertMessage } from '../../../core/wire.ts';
import type { HttpAnswer } from '../../server/http-message.ts';

export type PageLanguage = 'zh-CN' | 'en';
/** What the page says; `ask` has the form. */
export type PageState =
  'ask' | 'done' | 'acked' | 'resolved' | 'used' | 'expired' | 'unknown' | 'noName' | 'later' | 'slower';

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

export const MAX_NAME = 60;

const STATUS = {
  ask: 200,
  done: 200,
  acked: 200,
  resolved: 200,
  used: 200,
  expired: 410,
  unknown: 404,
  noName: 422,
  later: 503,
  slower: 429,
} as const satisfies Readonly<Record<PageState, number>>;

const TEXTS = {
  'zh-CN': {
    title: (count: number) => (count > 1 ? `认领 ${count} 条告警` : '认领告警'),
    resolved: '已恢复',
    ackedBy: '{by} 已认领',
    unknown: (count: number) => `另有 ${count} 条尚不清楚状态`,
    and: '、',
    name: '您的姓名',
    button: '认领',
    board: '打开看板',
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
      slower: '请求太频繁，请稍后再试。',
    } satisfies Readonly<Record<PageState, string>>,
  },
  en: {
    title: (count: number) => (count > 1 ? `Acknowledge ${count} alerts` : 'Acknowledge an alert'),
    resolved: 'resolved',
    ackedBy: 'acknowledged by {by}',
    unknown: (count: number) => `${count} more, of which nothing is known here`,
    and: ', ',
    name: 'Your name',
    button: 'Acknowledge',
    board: 'Open the board',
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
      slower: 'Too many requests: try again in a moment.',
    } satisfies Readonly<Record<PageState, string>>,
  },
} as const;

const STYLE =
  'body{margin:8vh auto;max-width:30rem;padding:0 1.25rem;font:1.1rem/1.6 system-ui,sans-serif;color:#f4f7fa;background:#0a0e13}' +
  'h1{font-size:1.3rem}ul{padding-left:1.2rem;max-height:50vh;overflow:auto}li{overflow-wrap:anywhere}.over{color:#8a97a6}h2{font-size:1.15rem;margin-bottom:0}p{overflow-wrap:anywhere}a{color:#56b4e9}label{display:block}' +
  'input,button{box-sizing:border-box;width:100%;min-height:3rem;margin:.4rem 0;padding:.5rem;font:inherit;border-radius:.4rem}' +
  'input{border:1px solid #8a97a6;color:inherit;background:#141b23}button{border:0;color:#0a0e13;background:#56b4e9;font-weight:600}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export function ackPage(page: AckPage, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: STATUS[page.state],
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      // The address is the proof.
      'referrer-policy': 'same-origin',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      ...headers,
    },
    body: htmlOf(page),
  };
}

/** How what the link is for stands: `ask` while any of it is open, or not known. */
export function stateOf({ alerts, count }: Pick<AckPage, 'alerts' | 'count'>): 'ask' | 'acked' | 'resolved' {
  const standing = alerts.filter(({ state }) => state !== 'resolved');
  if (alerts.length < count || standing.some(({ acked }) => acked === null)) return 'ask';
  return standing.length === 0 ? 'resolved' : 'acked';
}

function htmlOf({ state, language, alerts, count, name }: AckPage): string {
  const texts = TEXTS[language];
  const [first] = alerts;
  const people = new Set(alerts.flatMap(({ acked }) => acked?.by ?? []));
  const says = texts.says[state].replace('{by}', () => [...people].join(texts.and));
  const form =
    state === 'ask' || state === 'noName' || state === 'later'
      ? `<form method="post"><label>${texts.name}<input name="by" value="${escapeHtml(name)}" maxlength="${MAX_NAME}" required autocomplete="name"></label><button>${texts.button}</button></form>`
      : '';
  const board = first === undefined ? '../' : `../#alert=${encodeURIComponent(first.alert)}`;
  const shown = first === undefined ? '' : count === 1 ? alertHtml(first, language) : listHtml(alerts, count, language);
  const title = texts.title(count);
  return (
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<title>${title}</title><style>${STYLE}</style><h1>${title}</h1>${shown}` +
    `<p role="status">${escapeHtml(says)}</p>${form}<p><a href="${board}">${texts.board}</a></p></html>`
  );
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

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
