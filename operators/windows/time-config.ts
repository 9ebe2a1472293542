/** `time`: what event time is, and how long it waits. */
import type { Millis } from '../../engine/core/types.ts';
import { zoneOffset } from '../shared/zone-offset.ts';
import { duration, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';

export interface TimeConfig {
  /** IANA zone that days and weeks align to. */
  readonly zone: string;
  readonly outOfOrdernessMs: Millis;
  readonly allowedLatenessMs: Millis;
  readonly idleAfterMs: Millis;
  readonly maxFutureMs: Millis;
}

export const TIME_PART: ConfigPart<TimeConfig> = {
  fields: {
    time: object('event time', {
      zone: { type: 'string', description: 'IANA zone that days and weeks align to', default: 'Asia/Shanghai' },
      out_of_orderness: duration('how far the watermark stays behind the highest time seen', '2s'),
      allowed_lateness: duration('how late an event may still revise a final window', '1m'),
      idle_after: duration('silence after which a partition stops holding time back', '10s'),
      max_future: duration(
        "an event further ahead of the broker's clock is bad input (`future_time`); one less far ahead counts in its window, and moves time no further than the instant at which it was stored",
        '5m',
      ),
    }),
  },
  read(root, { report }) {
    const section = root.section('time');
    const zone = section.text('zone', 'Asia/Shanghai');
    if (zoneOffset(zone) === undefined) {
      report(section.path('zone'), `"${zone}" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC`);
    }
    return {
      zone,
      outOfOrdernessMs: section.durationMs('out_of_orderness', 2000),
      allowedLatenessMs: section.durationMs('allowed_lateness', 60_000),
      idleAfterMs: section.durationMs('idle_after', 10_000),
      maxFutureMs: section.durationMs('max_future', 300_000),
    };
  },
};
