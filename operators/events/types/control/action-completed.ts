import type { ControlEventType } from '../event-type.ts';
import { controlData, id, optionalId, optionalRemark } from '../field-forms.ts';

export const actionCompleted = {
  type: 'earshot.action.completed',
  title: 'Somebody has done what an action asked for',
  data: controlData({ action: id, by: id, note: optionalRemark, via: optionalId }, ['action', 'by']),
} as const satisfies ControlEventType;
