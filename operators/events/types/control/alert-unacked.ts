import type { ControlEventType } from '../event-type.ts';
import { controlData, id, optionalId } from '../field-forms.ts';

export const alertUnacked = {
  type: 'earshot.alert.unacked',
  title: 'Nobody is in charge of an alert any more',
  data: controlData({ alert: id, by: id, via: optionalId }, ['alert', 'by']),
} as const satisfies ControlEventType;
