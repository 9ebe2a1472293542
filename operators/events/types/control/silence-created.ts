import type { ControlEventType } from '../event-type.ts';
import { controlData, id, optionalRemark } from '../field-forms.ts';

export const silenceCreated = {
  type: 'earshot.silence.created',
  title: 'Somebody silenced alerts for a while',
  data: controlData({ silence: id, by: id, reason: optionalRemark }, ['silence', 'by']),
} as const satisfies ControlEventType;
