import type { EventType } from '../event-type.ts';
import { eventData } from '../field-forms.ts';
import { surveyFields } from './survey-fields.ts';

export const surveySent = {
  type: 'cx.survey.sent',
  about: { en: 'A survey was sent to a customer', 'zh-CN': '向客户发出了问卷' },
  data: eventData(surveyFields, []),
  example: { channel: 'sms', customer: { id: 'c-77' }, survey: 's-9', metric: 'nps', touchpoint: 'delivery' },
} as const satisfies EventType;
