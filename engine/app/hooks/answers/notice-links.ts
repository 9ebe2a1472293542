/** The addresses that a notice carries: of the alert on the board, and of the page where a reader acknowledges it. */
import type { PendingNotice } from '../../../delivery/records.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import type { NoticeAlert } from '../../../../operators/notices/notices.ts';
import { callbackOf } from '../../../../operators/answers/callbacks.ts';
import { writeToken } from './answer-token.ts';

export interface LinkSources {
  /** `http.public_url`; null: nobody knows where the board is. */
  readonly publicUrl: string | null;
  /** The first signs. */
  readonly keys: readonly string[];
}

export const NO_LINKS: LinkSources = { publicUrl: null, keys: [] };

export function withLinks(
  message: AlertMessage,
  { id: notice, kind, made }: Pick<PendingNotice, 'id' | 'kind' | 'made'>,
  { id: hook, kind: tool, answers }: Pick<HookConfig, 'id' | 'kind' | 'answers'>,
  { publicUrl, keys }: LinkSources,
): NoticeAlert {
  const link = publicUrl === null ? null : `${publicUrl}/#alert=${encodeURIComponent(message.alert)}`;
  const isOpen = message.state !== 'resolved' && message.acked === null && kind !== 'test';
  const hasLink = publicUrl !== null && answers.hasLinks;
  // It comes back by the tool, which knows our address.
  const hasButton = answers.callback !== null && callbackOf(tool)?.hasButtons === true;
  if (!isOpen || !(hasLink || hasButton) || keys.length === 0) return { message, link, ackLink: null };
  const token = writeToken({ alert: message.alert, hook, notice, expires: made + answers.linkLife }, keys);
  const ackLink = hasLink ? `${publicUrl}/a/${token}` : null;
  return { message, link, ackLink, ...(hasButton ? { ackToken: token } : {}) };
}
