/** The addresses that a notice carries: of each alert on the board, and of the page where its reader acknowledges. */
import type { PendingNotice } from '../../../delivery/records.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import type { Answering, Notice } from '../../../../operators/notices/notices.ts';
import { callbackOf } from '../../../../operators/answers/callbacks.ts';
import { writeToken, type AnswerToken } from './answer-token.ts';

export interface LinkSources {
  /** `http.public_url`; null: nobody knows where the board is. */
  readonly publicUrl: string | null;
  /** The first signs. */
  readonly keys: readonly string[];
}

/** What a button of Slack may hand back, with a margin. */
const MOST_TOKEN = 1900;

export const NO_LINKS: LinkSources = { publicUrl: null, keys: [] };

/** Each alert with its links, how all that are open are answered at once, where there are several, and how the action is done. */
export function withLinks(
  { id: notice, kind, made, alerts, action }: Pick<PendingNotice, 'id' | 'kind' | 'made' | 'alerts' | 'action'>,
  { id: hook, kind: tool, answers }: Pick<HookConfig, 'id' | 'kind' | 'answers'>,
  { publicUrl, keys }: LinkSources,
): Pick<Notice, 'alerts' | 'answering' | 'completing'> {
  const hasLink = publicUrl !== null && answers.hasLinks;
  // It comes back by the tool, which knows our address.
  const hasButton = answers.callback !== null && callbackOf(tool)?.hasButtons === true;
  const canAnswer = (hasLink || hasButton) && keys.length > 0 && kind !== 'test';
  const answeringOf = (named: Pick<AnswerToken, 'alerts' | 'action'>): Answering | null => {
    if (!canAnswer) return null;
    const token = writeToken({ ...named, hook, notice, expires: made + answers.linkLife }, keys);
    // Alerts of other programs may have any name: a message that its tool refuses for that helps nobody.
    if (token.length > MOST_TOKEN) return null;
    return {
      count: Math.max(1, named.alerts.length),
      link: hasLink ? `${publicUrl}/a/${token}` : null,
      ...(hasButton ? { token } : {}),
    };
  };
  const answering = (named: readonly AlertMessage[]): Answering | null =>
    named.length === 0 ? null : answeringOf({ alerts: named.map(({ alert }) => alert) });
  const completes = action?.completes;
  const open = alerts.filter(({ state, acked }) => state !== 'resolved' && acked === null);
  return {
    alerts: alerts.map((message) => {
      const link = publicUrl === null ? null : `${publicUrl}/#alert=${encodeURIComponent(message.alert)}`;
      const own = open.includes(message) ? answering([message]) : null;
      const ackLink = own?.link ?? null; // its tool has a button, or it cannot be answered
      return { message, link, ackLink, ...(own?.token === undefined ? {} : { ackToken: own.token }) };
    }),
    answering: alerts.length > 1 ? answering(open) : null,
    completing: completes === undefined ? null : answeringOf({ alerts: [], action: completes }),
  };
}
