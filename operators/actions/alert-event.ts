/** A change of an alert, as actions read it: an event of type `alert.<rule>` whose `data` is the alert. */
import { parseInstant } from '../../engine/core/cloud-events.ts';
import { must } from '../../engine/core/must.ts';
import type { Envelope, JsonObject } from '../../engine/core/types.ts';
import type { AlertMessage } from '../../engine/core/wire.ts';
import type { CxEvent } from '../shared/messages.ts';
import { NOT_SCORED } from '../shared/not-scored.ts';

export const ALERT_TYPE_PREFIX = 'alert.';

export function alertEvent(alert: AlertMessage): Envelope<CxEvent> {
  const type = ALERT_TYPE_PREFIX + alert.rule;
  const at = must(parseInstant(alert.at), 'the instant of an alert');
  const value: CxEvent = {
    ...{ source: type, eventId: alert.alert, type, family: 'alert', subjectKey: '-', attributes: {} },
    channel: alert.key['channel'] ?? '', // of no one channel
    // What the key names is found where events say it.
    data: { ...alert.key, ...(alert as unknown as JsonObject) },
    ...{ time: at, received: at, enrichment: { ...NOT_SCORED, owner: alert.owner } },
  };
  return { id: `${type}|${alert.alert}|${alert.state}`, key: alert.alert, ts: at, value, derived: 'added' };
}

/** It begins to fire: not once more after a short recovery. */
export function beginsToFire({ state, previous }: JsonObject): boolean {
  return state === 'firing' && previous !== 'firing' && previous !== 'recovering';
}
export function isResolved({ state }: JsonObject): boolean {
  return state === 'resolved';
}
