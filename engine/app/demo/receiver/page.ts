/** The receiver's page: four tools side by side, each with its messages. One script, which asks for what is new and presses buttons. */
import { createHash } from 'node:crypto';
import type { Language } from '../../../../operators/notices/writing.ts';
import { feishuCard, slackMessage } from './chat-cards.ts';
import { escapeHtml, linkHtml } from './html.ts';
import { PAGE_TEXTS, type PageTexts } from './page-texts.ts';
import { STYLE } from './page-style.ts';
import { incidents, webhookForm } from './program-forms.ts';
import { TOOLS, type Tool, type ToolMessages } from './tools.ts';

const SCRIPT = `
const tools = document.querySelector('main'), status = document.querySelector('[role=status]');
const { lang, failed, lost } = document.body.dataset;
let version = tools.dataset.version, isAsking = false;
async function look() {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch('messages?lang=' + lang + '&since=' + version);
    if (answer.status === 200) {
      version = answer.headers.get('x-version');
      const open = new Set([...tools.querySelectorAll('details[open]')].map((one) => one.closest('article').textContent));
      tools.innerHTML = await answer.text();
      for (const one of tools.querySelectorAll('details')) one.open = open.has(one.closest('article').textContent);
    }
    if (status.textContent === lost) status.textContent = '';
  } catch { status.textContent = lost; }
  isAsking = false;
}
setInterval(look, 1000);
document.addEventListener('click', async ({ target }) => {
  if (!(target instanceof HTMLButtonElement) || target.dataset.value === undefined) return;
  target.disabled = true;
  const { message, value } = target.dataset;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('press', { method: 'POST', headers, body: JSON.stringify({ message: Number(message), value }) }).catch(() => null);
  status.textContent = answer !== null && answer.ok ? '' : failed;
  target.disabled = false;
  await look();
});
`;
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** `board`: its address; null: the engine still starts. */
export function pageHtml(messages: ToolMessages, language: Language, board: string | null): string {
  const texts = PAGE_TEXTS[language];
  const [other, otherName] = texts.other;
  const toBoard = board === null ? '' : linkHtml(texts.board, `${board}/?lang=${language}`, 'button');
  return (
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${texts.title}</title><style>${STYLE}</style>` +
    `<body data-lang="${language}" data-failed="${escapeHtml(texts.failed)}" data-lost="${escapeHtml(texts.lost)}">` +
    `<header><div><h1>${texts.title}</h1><p>${texts.what}</p><p role="status"></p></div><nav>${toBoard}<a href="?lang=${other}">${otherName}</a></nav></header>` +
    `<main data-version="${messages.version}">${messagesHtml(messages, language)}</main><script>${SCRIPT}</script></body></html>`
  );
}

export function messagesHtml(messages: ToolMessages, language: Language): string {
  const texts = PAGE_TEXTS[language];
  return TOOLS.map((tool) => {
    const shown = shownIn(tool, messages, texts);
    const none = `<p class="none">${texts.none}</p>`;
    return `<section class="${tool}" aria-label="${escapeHtml(texts[tool])}"><h2>${escapeHtml(texts[tool])}</h2>${shown.length === 0 ? none : shown.join('')}</section>`;
  }).join('');
}

/** Newest first. */
function shownIn(tool: Tool, messages: ToolMessages, texts: PageTexts): readonly string[] {
  const own = messages.of(tool);
  switch (tool) {
    case 'feishu':
      return own.map((one) => said('Earshot', texts.time(one.at), feishuCard(one))).reverse();
    case 'slack':
      return own.map((one) => said('Earshot', texts.time(one.at), slackMessage(one))).reverse();
    case 'pagerduty':
      return incidents(own, texts);
    case 'webhook':
      return own.map((one) => webhookForm(one, texts)).reverse();
  }
}

function said(who: string, at: string, message: string): string {
  return `<div class="said"><p class="who"><b>${who}</b> <span class="bot">${at}</span></p>${message}</div>`;
}
