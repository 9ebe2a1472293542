/** What a message becomes once it was answered in its tool: how its alerts stand now, who looks after them or has done it, no button. */
import { formatInstant } from '../../../core/cloud-events.ts';
import type { Clock, JsonObject } from '../../../core/types.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import type { OpenAction } from '../../../live/board-actions.ts';
import { destinationOf } from '../../../../operators/destinations/destinations.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import { noticeAction } from '../../../../operators/notices/action-notices.ts';
import type { Notice, NoticeAction } from '../../../../operators/notices/notices.ts';
import { ReaderTimes } from '../../../../operators/notices/reader-times.ts';
import type { AnswerToken } from './answer-token.ts';
import { withLinks, type LinkSources } from './notice-links.ts';

/** As the board has it; undefined: it does not know it. */
export interface BoardStanding {
  readonly alertOf: (alert: string) => AlertMessage | undefined;
  /** Of an action that is open. */
  readonly actionOf: (action: string) => OpenAction | undefined;
}

export interface AnsweredSources extends BoardStanding {
  /** IANA name, for the times that are written. */
  readonly zone: string;
  readonly links: LinkSources;
  readonly clock: Pick<Clock, 'now'>;
}

/** `by`: who has just acknowledged, which the board may not show yet; null: nobody did. Null where nothing can be replaced. */
export function answeredMessage(
  hook: HookConfig,
  { alerts: named, notice: id, action }: AnswerToken,
  by: string | null,
  { alertOf, actionOf, zone, links, clock }: AnsweredSources,
): JsonObject | null {
  const destination = destinationOf(hook.kind);
  const now = clock.now();
  const writing = { language: hook.language, times: new ReaderTimes(zone, hook.language) };
  const none = { id, thread: null, at: now, group: {}, unlisted: 0, standing: 0, wasMuted: false, mayRepeat: false };
  if (action !== undefined) {
    const done = by === null ? undefined : openAction(actionOf(action));
    if (done === undefined || by === null || destination.replacement === undefined) return null; // it stays as it is
    return destination.replacement({ ...none, reason: 'action', alerts: [], action: done, completedBy: by }, writing);
  }
  const alerts = named.flatMap((name) => {
    const alert = alertOf(name);
    if (alert === undefined) return [];
    const isOpen = alert.state !== 'resolved' && alert.acked === null;
    return isOpen && by !== null ? [{ ...alert, acked: { by, at: formatInstant(now), via: hook.id } }] : [alert];
  });
  const isOpen = alerts.some(({ state, acked }) => state !== 'resolved' && acked === null);
  if (destination.replacement === undefined || alerts.length === 0 || isOpen) return null; // it stays as it is
  const isOver = alerts.every(({ state }) => state === 'resolved');
  const said: Notice = {
    ...none,
    ...withLinks({ id, kind: 'acknowledged', made: now, alerts }, hook, links),
    ...{ reason: isOver ? 'all_resolved' : 'acknowledged', action: null },
  };
  return destination.replacement(said, writing);
}

/** It was open when somebody pressed. */
function openAction(open: OpenAction | undefined): NoticeAction | undefined {
  if (open === undefined) return undefined;
  const { data } = open.item as { readonly data: JsonObject };
  return noticeAction(`cx.actions.${open.kind}`, open.id, data);
}
