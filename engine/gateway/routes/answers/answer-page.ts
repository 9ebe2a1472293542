/**
 * The frame of the pages behind links of notices, for a phone: what it is about, who asks, one button. No script; nothing happens by
 * opening it. In the language of the hook's readers.
 */
import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../server/http-message.ts';

export type PageLanguage = 'zh-CN' | 'en';
/** What came of an answer; `ask` has the form. */
export type AnswerState = 'ask' | 'done' | 'used' | 'expired' | 'unknown' | 'noName' | 'later' | 'slower';

export interface AnswerContent {
  readonly title: string;
  /** HTML: what it is about. */
  readonly shown: string;
  /** Text: how that stands. */
  readonly says: string;
  /** Where the board is, from here. */
  readonly board: string;
  /** null: there is nothing to answer. `name`: who was asked last time. */
  readonly form: { readonly name: string; readonly button: string } | null;
}

export const MAX_NAME = 60;

export const ANSWER_STATUS = {
  ask: 200,
  done: 200,
  used: 200,
  expired: 410,
  unknown: 404,
  noName: 422,
  later: 503,
  slower: 429,
} as const satisfies Readonly<Record<AnswerState, number>>;

const TEXTS = {
  'zh-CN': { name: '您的姓名', board: '打开看板' },
  en: { name: 'Your name', board: 'Open the board' },
} as const;

const STYLE =
  'body{margin:8vh auto;max-width:30rem;padding:0 1.25rem;font:1.1rem/1.6 system-ui,sans-serif;color:#f4f7fa;background:#0a0e13}' +
  'h1{font-size:1.3rem}ul{padding-left:1.2rem;max-height:50vh;overflow:auto}li{overflow-wrap:anywhere}.over{color:#8a97a6}h2{font-size:1.15rem;margin-bottom:0}p{overflow-wrap:anywhere}a{color:#56b4e9}label{display:block}' +
  'input,button{box-sizing:border-box;width:100%;min-height:3rem;margin:.4rem 0;padding:.5rem;font:inherit;border-radius:.4rem}' +
  'input{border:1px solid #8a97a6;color:inherit;background:#141b23}button{border:0;color:#0a0e13;background:#56b4e9;font-weight:600}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export function hasForm(state: string): boolean {
  return state === 'ask' || state === 'noName' || state === 'later';
}

export function answerPage(
  status: number,
  language: PageLanguage,
  { title, shown, says, board, form }: AnswerContent,
  headers: Readonly<Record<string, string>>,
): HttpAnswer {
  const texts = TEXTS[language];
  const asked =
    form === null
      ? ''
      : `<form method="post"><label>${texts.name}<input name="by" value="${escapeHtml(form.name)}" maxlength="${MAX_NAME}" required autocomplete="name"></label><button>${form.button}</button></form>`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      // The address is the proof.
      'referrer-policy': 'same-origin',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      ...headers,
    },
    body:
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
      `<title>${title}</title><style>${STYLE}</style><h1>${title}</h1>${shown}` +
      `<p role="status">${escapeHtml(says)}</p>${asked}<p><a href="${board}">${texts.board}</a></p></html>`,
  };
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
