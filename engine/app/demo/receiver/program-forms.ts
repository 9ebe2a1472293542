/** Incidents as PagerDuty lists them, and what a program is sent by a webhook. */
import { textAt } from '../../../../operators/answers/callback.ts';
import { listAt, shownAt } from './chat-cards.ts';
import { buttonHtml, escapeHtml, linkHtml } from './html.ts';
import type { PageTexts } from './page-texts.ts';
import type { ToolMessage } from './tools.ts';

const STATES = { trigger: 'triggered', acknowledge: 'acknowledged', resolve: 'resolved' } as const;
type State = (typeof STATES)[keyof typeof STATES];

/** The events of one key are one incident, which ends with its last. Newest incident first. */
export function incidents(messages: readonly ToolMessage[], texts: PageTexts): readonly string[] {
  const byKey = new Map<string, ToolMessage[]>();
  for (const message of messages) {
    const key = shownAt(message.body, 'dedup_key');
    const known = byKey.get(key) ?? [];
    known.push(message);
    byKey.delete(key);
    byKey.set(key, known);
  }
  return [...byKey.entries()].reverse().map(([key, events]) => incident(key, events, texts));
}

function incident(key: string, events: readonly ToolMessage[], texts: PageTexts): string {
  const described = events.findLast(({ body }) => textAt(body, 'payload', 'summary') !== null);
  const summary = textAt(described?.body, 'payload', 'summary') ?? key;
  const state = events.reduce<State>((_, { body }) => stateOf(body), 'triggered');
  const severity = shownAt(described?.body, 'payload', 'severity');
  const about = ['source', 'component', 'class', 'group'].flatMap((name) => {
    const value = textAt(described?.body, 'payload', name);
    return value === null ? [] : [`<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`];
  });
  const links = listAt(described?.body, 'links').map((link) => linkHtml(shownAt(link, 'text'), shownAt(link, 'href')));
  const button = state === 'triggered' && described !== undefined ? buttonHtml('Acknowledge', described.id, key) : '';
  const log = events.map(({ at, body }) => `<li>${texts.time(at)} ${stateOf(body)}</li>`);
  return (
    `<article class="incident"><p class="pill ${state}">${state}</p><span class="grey">${escapeHtml(severity)}</span><h3>${escapeHtml(summary)}</h3>` +
    `<dl><dt>dedup_key</dt><dd>${escapeHtml(key)}</dd>${about.join('')}</dl><p>${links.join(' · ')}</p><ol class="grey">${log.join('')}</ol>${button}</article>`
  );
}

/** The last event of a key decides; what is none of the three is one more trigger. */
function stateOf(body: unknown): State {
  const action = textAt(body, 'event_action');
  return action === 'acknowledge' || action === 'resolve' ? STATES[action] : STATES.trigger;
}

export function webhookForm({ body, at }: ToolMessage, texts: PageTexts): string {
  const [alert] = listAt(body, 'alerts');
  const status = textAt(body, 'status') === 'resolved' ? 'resolved' : 'firing';
  const title = shownAt(alert, 'annotations', 'summary');
  const text = shownAt(alert, 'annotations', 'description');
  const [first = ''] = text.split('\n');
  const link = textAt(alert, 'annotations', 'acknowledge_url');
  const reason = shownAt(body, 'notification_reason');
  const answer = link === null ? '' : `<p>${linkHtml(texts.acknowledgePage, link, 'button')}</p>`;
  return (
    `<article class="hook"><p class="pill ${status}">${status}</p><span class="grey">${texts.time(at)} · ${escapeHtml(reason)} · ${texts.verified}</span>` +
    `<h3>${escapeHtml(title)}</h3><p>${escapeHtml(first)}</p>${answer}<details><summary>JSON</summary><pre>${escapeHtml(JSON.stringify(body, null, 2))}</pre></details></article>`
  );
}
