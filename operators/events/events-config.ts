/** `channels` and `limits`: which events are taken. `mask`: what of them is personal. */
import { bytes, ID_PATTERN, names, object } from '../config/config-schema-forms.ts';
import type { ConfigPart } from '../config/config-part.ts';
import { USUAL_LABELS } from './masking/label-names.ts';

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

export interface MaskConfig {
  /** Names of fields that are labels (masking/label-names.ts). */
  readonly labels: readonly string[];
}

export const MASK_PART: ConfigPart<MaskConfig> = {
  fields: {
    mask: object('what of an event is personal', {
      labels: {
        ...names(
          'fields that places, goods and groups are called by, instead of the usual ones: never taken for the name of a person, and a token where they hold a phone number, an e-mail address or the like',
          { type: 'string', minLength: 1, maxLength: 64 },
          256,
        ),
        default: [...USUAL_LABELS],
      },
    }),
  },
  read: (root) => {
    const section = root.section('mask');
    return { labels: section.raw('labels') === undefined ? USUAL_LABELS : section.strings('labels') };
  },
};
