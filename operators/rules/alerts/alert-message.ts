/** What leaves when an alert changes its state. */
import { formatInstant, parseInstant } from '../../../engine/core/cloud-events.ts';
import type { Json, LiveItem, Millis, OutputMessage } from '../../../engine/core/types.ts';
import type { AlertCause, AlertMessage } from '../../../engine/core/wire.ts';
import type { KpiConfig } from '../../kpis/kpis-config.ts';
import type { RuleConfig } from '../rules-config.ts';
import type { Change } from '../episode.ts';
import { breachOf, endedBecause, reasonOf } from '../reason.ts';
import type { Track } from '../track.ts';

/** A change of state, with all that is said of it. */
export interface Announcement {
  readonly rule: RuleConfig;
  readonly kpi: KpiConfig;
  readonly track: Track;
  readonly change: Change;
  readonly at: Millis;
  readonly causes: readonly AlertCause[];
  readonly isSilenced: boolean;
  /** The last message of the same episode. */
  readonly before: AlertMessage | undefined;
}

export function alertMessage({ rule, kpi, track, change, at, causes, isSilenced, before }: Announcement): AlertMessage {
  const isBreach = change.to === 'pending' || change.to === 'firing';
  const reason = reasonOf(change, track.verdict, track, rule, kpi);
  return {
    alert: track.alert,
    rule: rule.id,
    kpi: rule.kpi,
    key: track.key,
    state: change.to,
    previous: change.from,
    value: track.value,
    n: track.n,
    interval: track.interval,
    threshold: breachOf(rule).en,
    window: { start: formatInstant(track.start), end: formatInstant(track.end) },
    since: formatInstant(track.since),
    at: formatInstant(at),
    reason: reason.en,
    reason_zh: reason['zh-CN'],
    title: rule.title,
    flaps: track.flaps,
    // What was behind the breach stays with the alert while it recovers.
    causes: causes.length > 0 ? causes : (before?.causes ?? []),
    samples: isBreach || before === undefined ? track.samples : before.samples,
    owner: rule.owner,
    runbook: rule.runbook,
    severity: rule.severity,
    acked: track.acked,
    silenced: isSilenced,
  };
}

export function alertOutput(message: AlertMessage, at: Millis): OutputMessage {
  return {
    subject: `cx.alerts.${message.severity}.${message.rule}`,
    type: 'cx.alert.changed',
    time: at,
    data: message as unknown as Json,
  };
}

/** An open alert: its last message, and the severities under which it was announced, where its end has to be said too. */
export interface OpenAlert {
  readonly message: AlertMessage;
  readonly announced: readonly string[];
}

/** The end goes to every subject on which the alert was announced: its severity may have changed since. */
export function endOutputs(message: AlertMessage, announced: readonly string[], at: Millis): readonly OutputMessage[] {
  const others = announced.filter((severity) => severity !== message.severity);
  return [message, ...others.map((severity) => ({ ...message, severity }))].map((end) => alertOutput(end, at));
}

/** For boards only: an open alert as it stands. */
export function alertItem(message: AlertMessage): LiveItem {
  return { topic: 'alerts', key: message.alert, value: message as unknown as Json };
}

/** The last message of an alert that ends without being judged, at `now` or, if that is unknown, when last it changed. */
export function endedMessage(
  message: AlertMessage,
  why: 'rule_removed' | 'key_left',
  now: Millis,
): { readonly message: AlertMessage; readonly at: Millis } {
  const reason = endedBecause(why);
  const at = Math.max(now, parseInstant(message.at) ?? now);
  return {
    at,
    message: {
      ...message,
      state: 'resolved',
      previous: message.state,
      at: formatInstant(at),
      reason: reason.en,
      reason_zh: reason['zh-CN'],
    },
  };
}
