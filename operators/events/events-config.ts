/** `channels` and `limits`: which events are taken. */
import { bytes, ID_PATTERN, names, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';

/** Channels beyond the built-in ones. */
export const CHANNELS_PART: ConfigPart<readonly string[]> = {
  fields: {
    channels: names('channels beyond the built-in ones', { type: 'string', pattern: ID_PATTERN }, 256),
  },
  read: (root) => root.strings('channels'),
};

export interface LimitsConfig {
  readonly maxEventBytes: number;
}

export const LIMITS_PART: ConfigPart<LimitsConfig> = {
  fields: { limits: object('bounds on input', { max_event: bytes('size of one event', '256KiB') }) },
  read: (root) => ({ maxEventBytes: root.section('limits').bytes('max_event', 256 * 1024) }),
};
