/** `dedupe`: how long an event is remembered, so that a second delivery of it does not count. */
import type { Millis } from '../../engine/core/types.ts';
import { count, duration, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';

export interface DedupeConfig {
  readonly horizonMs: Millis;
  readonly maxIds: number;
}

export const DEDUPE_PART: ConfigPart<DedupeConfig> = {
  fields: {
    dedupe: object('events seen twice', {
      horizon: duration('how long an event id is remembered, in event time', '1h'),
      max_ids: count('how many ids at most', 1_000_000, 1, 50_000_000),
    }),
  },
  read(root) {
    const section = root.section('dedupe');
    return {
      horizonMs: section.durationMs('horizon', 3_600_000),
      maxIds: section.number('max_ids', 1_000_000),
    };
  },
};
