import type { ControlEventType } from '../event-type.ts';
import { controlData, id } from '../field-forms.ts';

export const silenceDeleted = {
  type: 'earshot.silence.deleted',
  title: 'A silence was taken back',
  data: controlData({ silence: id, by: id }, ['silence', 'by']),
} as const satisfies ControlEventType;
