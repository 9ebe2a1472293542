import type { ControlEventType } from '../event-type.ts';
import { controlData, id, optionalId, optionalRemark } from '../field-forms.ts';

export const alertAcked = {
  type: 'earshot.alert.acked',
  title: 'Somebody took charge of an alert',
  data: controlData({ alert: id, by: id, note: optionalRemark, via: optionalId }, ['alert', 'by']),
} as const satisfies ControlEventType;
