import type { ControlEventType } from '../event-type.ts';
import { controlData, id, oneOf, optionalRemark } from '../field-forms.ts';

export const modelSwitched = {
  type: 'earshot.model.switched',
  title: 'Somebody changed the model that scores, or tried to',
  data: controlData({ by: id, outcome: oneOf('done', 'refused'), because: optionalRemark }, ['by', 'outcome']),
} as const satisfies ControlEventType;
