import type { JsonObject } from '../../../../engine/core/types.ts';
import type { EventType } from '../event-type.ts';
import {
  eventData,
  id,
  oneOf,
  optionalId,
  optionalNumber,
  optionalSeconds,
  optionalTranscript,
} from '../field-forms.ts';

export const interactionCall = {
  type: 'cx.interaction.call',
  about: { en: 'A phone call ended', 'zh-CN': '一通电话结束了' },
  data: eventData(
    {
      call: id,
      outcome: oneOf('answered', 'abandoned', 'missed'),
      wait_s: optionalSeconds,
      talk_s: optionalSeconds,
      hold_s: optionalSeconds,
      wrap_s: optionalSeconds,
      transcript: optionalTranscript,
      transcript_confidence: optionalNumber(0, 1),
      case: optionalId,
    },
    ['call', 'outcome'],
  ),
  example: { channel: 'phone', call: 'l-5', outcome: 'answered', wait_s: 42, talk_s: 310, team: 'support-2' },
  words: (data: JsonObject) => data['transcript'],
} as const satisfies EventType;
