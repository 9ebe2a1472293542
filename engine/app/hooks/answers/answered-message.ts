/** What a message becomes once it was answered in its tool: how its alerts stand now, who looks after them, no button. */
import { formatInstant } from '../../../core/cloud-events.ts';
import type { Clock, JsonObject } from '../../../core/types.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { destinationOf } from '../../../../operators/destinations/destinations.ts';
import type { HookConfig } from '../../../../operators/destinations/hooks-config.ts';
import type { Notice } from '../../../../operators/notices/notices.ts';
import { ReaderTimes } from '../../../../operators/notices/reader-times.ts';
import type { AnswerToken } from './answer-token.ts';
import { withLinks, type LinkSources } from './notice-links.ts';

export interface AnsweredSources {
  /** As the board has it; undefined: it does not know it. */
  readonly alertOf: (alert: string) => AlertMessage | undefined;
  /** IANA name, for the times that are written. */
  readonly zone: string;
  readonly links: LinkSources;
  readonly clock: Pick<Clock, 'now'>;
}

/** `by`: who has just acknowledged, which the board may not show yet; null: nobody did. Null where nothing can be replaced. */
export function answeredMessage(
  hook: HookConfig,
  { alerts: named, notice: id }: AnswerToken,
  by: string | null,
  { alertOf, zone, links, clock }: AnsweredSources,
): JsonObject | null {
  const destination = destinationOf(hook.kind);
  const now = clock.now();
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
    ...{ id, reason: isOver ? 'all_resolved' : 'acknowledged', thread: null, at: now, group: {} },
    ...withLinks({ id, kind: 'acknowledged', made: now, alerts }, hook, links),
    ...{ unlisted: 0, standing: 0, wasMuted: false, action: null, mayRepeat: false },
  };
  return destination.replacement(said, { language: hook.language, times: new ReaderTimes(zone, hook.language) });
}
