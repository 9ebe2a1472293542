/** Cards of Feishu and messages of Slack as their tools show them, out of what was sent to them. */
import { textAt, valueAt } from '../../../../operators/answers/callback.ts';
import { must } from '../../../core/must.ts';
import { buttonHtml, escapeHtml, linkHtml } from './html.ts';
import type { ToolMessage } from './tools.ts';

export function feishuCard({ id, body }: ToolMessage): string {
  const card = valueAt(body, 'card');
  const colour = textAt(card, 'header', 'template') ?? 'blue'; // as the tool has it
  const title = shownAt(card, 'header', 'title', 'content');
  const elements = listAt(card, 'body', 'elements').map((element) => feishuElement(element, id));
  const known = ['red', 'orange', 'blue', 'green'].includes(colour) ? colour : 'blue';
  return `<article class="card"><h3 class="head ${known}">${escapeHtml(title)}</h3><div class="body">${elements.join('')}</div></article>`;
}

function feishuElement(element: unknown, message: number): string {
  if (textAt(element, 'tag') === 'button') {
    const text = shownAt(element, 'text', 'content');
    const [behaviour] = listAt(element, 'behaviors');
    const value = textAt(behaviour, 'value', 'ack');
    return value === null
      ? linkHtml(text, shownAt(behaviour, 'default_url'), 'button')
      : buttonHtml(text, message, value);
  }
  const isGrey = textAt(element, 'text', 'text_color') === 'grey';
  return `<p${isGrey ? ' class="grey"' : ''}>${escapeHtml(shownAt(element, 'text', 'content'))}</p>`;
}

export function slackMessage({ id, body }: ToolMessage): string {
  return `<article class="slack">${listAt(body, 'blocks')
    .map((block) => slackBlock(block, id))
    .join('')}</article>`;
}

function slackBlock(block: unknown, message: number): string {
  switch (textAt(block, 'type') ?? 'section') {
    case 'header':
      return `<h3>${escapeHtml(shownAt(block, 'text', 'text'))}</h3>`;
    case 'actions':
      return listAt(block, 'elements')
        .map((one) => buttonHtml(shownAt(one, 'text', 'text'), message, shownAt(one, 'value')))
        .join('');
    default:
      return mrkdwn(shownAt(block, 'text', 'text'));
  }
}

/** A text as the tools show one: what is not there shows as nothing. */
export function shownAt(value: unknown, ...path: readonly string[]): string {
  return textAt(value, ...path) ?? ''; // not there
}

/** Slack's markup, as far as messages here hold it: a link, bold, a quote. The rest is text, which Slack has had escaped. */
function mrkdwn(text: string): string {
  const isQuote = text.startsWith('> ');
  const parts = (isQuote ? text.slice(2) : text).split(/(<https?:[^|>]+\|[^>]*>)/).map((part) => {
    const link = /^<(?<href>https?:[^|>]+)\|(?<words>[^>]*)>$/.exec(part)?.groups;
    if (link !== undefined) return linkHtml(unescaped(must(link['words'])), unescaped(must(link['href'])));
    return escapeHtml(unescaped(part)).replace(/\*([^*\u200b]+)\*(?!\u200b)/g, '<b>$1</b>');
  });
  return isQuote ? `<blockquote>${parts.join('')}</blockquote>` : `<p>${parts.join('')}</p>`;
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
