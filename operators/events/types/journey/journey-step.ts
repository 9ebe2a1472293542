import type { EventType } from '../event-type.ts';
import { eventData, id, oneOf, optionalNumber } from '../field-forms.ts';

export const journeyStep = {
  type: 'cx.journey.step',
  about: { en: 'A customer took a step of a journey', 'zh-CN': '客户走了旅程中的一步' },
  data: eventData(
    {
      journey: id,
      step: id,
      outcome: oneOf('entered', 'completed', 'failed'),
      duration_ms: optionalNumber(0, 31_536_000_000),
    },
    ['journey', 'step', 'outcome'],
  ),
  example: { channel: 'app', customer: { id: 'c-77' }, journey: 'checkout', step: 'payment', outcome: 'failed' },
} as const satisfies EventType;
