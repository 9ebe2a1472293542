/** What leaves when a single event raises an alert, or when that ends. */
import { formatInstant } from '../../../engine/core/cloud-events.ts';
import type { Millis } from '../../../engine/core/types.ts';
import type { Acknowledgement, AlertMessage } from '../../../engine/core/wire.ts';
import { durationText, type Titles } from '../../config/config-values.ts';
import { pairsOf } from '../reason.ts';
import type { EventRuleConfig } from './event-rules-config.ts';

/** Of an open alert. Plain data, changed in place. */
export interface EventTrack {
  alert: string;
  key: Readonly<Record<string, string>>;
  /** Of the first and the last of its events. */
  since: Millis;
  last: Millis;
  /** How many there were. */
  n: number;
  samples: readonly string[];
  acked: Acknowledgement | null;
  announced: readonly string[];
}
export type EndedBy = 'event' | 'time';

export function eventAlertMessage({
  rule,
  track,
  endedBy,
  at,
  isSilenced,
}: {
  readonly rule: EventRuleConfig;
  readonly track: EventTrack;
  /** Null: it has just begun. */
  readonly endedBy: EndedBy | null;
  readonly at: Millis;
  readonly isSilenced: boolean;
}): AlertMessage {
  const reason = reasonOf(rule, track, endedBy);
  return {
    alert: track.alert,
    rule: rule.id,
    // It judges no KPI.
    kpi: '',
    key: track.key,
    state: endedBy === null ? 'firing' : 'resolved',
    previous: endedBy === null ? null : 'firing',
    value: null,
    n: track.n,
    interval: null,
    threshold: conditionOf(rule),
    window: { start: formatInstant(track.since), end: formatInstant(track.last) },
    since: formatInstant(track.since),
    at: formatInstant(at),
    reason: reason.en,
    reason_zh: reason['zh-CN'],
    title: rule.title,
    flaps: 0,
    causes: [],
    samples: track.samples,
    owner: rule.owner,
    runbook: rule.runbook,
    severity: rule.severity,
    acked: track.acked,
    silenced: isSilenced,
  };
}

function conditionOf({ raise: { on, where } }: EventRuleConfig): string {
  return where === null ? on.join(', ') : `${on.join(', ')}: ${where}`;
}

/** `A VIP is very unhappy (channel=app, id=c-77): raised by one event.` */
function reasonOf(rule: EventRuleConfig, { key, n }: EventTrack, endedBy: EndedBy | null): Titles {
  const subject = (lang: keyof Titles): string => `${rule.title[lang]}${pairsOf(key, lang)}`;
  const events = { en: n === 1 ? 'one event' : `${n} events`, 'zh-CN': `${n} 个事件` };
  const expire = durationText(rule.expireMs);
  switch (endedBy) {
    case null:
      return {
        en: `${subject('en')}: raised by ${events.en}.`,
        'zh-CN': `${subject('zh-CN')}：由 ${events['zh-CN']}触发。`,
      };
    case 'event': {
      const ends = rule.resolve?.on.join(', ') ?? ''; // one that nothing ends does not come here
      return {
        en: `${subject('en')}: ended by ${ends} after ${events.en}.`,
        'zh-CN': `${subject('zh-CN')}：共 ${events['zh-CN']}，已由 ${ends} 结束。`,
      };
    }
    case 'time':
      return {
        en: `${subject('en')}: nothing more came for ${expire} after ${events.en}.`,
        'zh-CN': `${subject('zh-CN')}：共 ${events['zh-CN']}，此后 ${expire} 内再无。`,
      };
  }
}
