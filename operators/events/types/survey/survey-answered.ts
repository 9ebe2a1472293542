import { USUAL_SCALES } from '../../answer-bounds.ts';
import type { EventType } from '../event-type.ts';
import { eventData, number } from '../field-forms.ts';
import { surveyFields } from './survey-fields.ts';

const { min, max } = USUAL_SCALES.nps;

export const surveyAnswered = {
  type: 'cx.survey.answered',
  about: { en: 'A customer answered a survey question', 'zh-CN': '客户回答了问卷中的一题' },
  data: eventData(surveyFields, ['metric', 'score'], {
    // The scale of NPS is its definition. Others bring their own, or are held to their usual one (ranges.ts).
    if: { properties: { metric: { const: 'nps' } }, required: ['metric'] },
    then: { properties: { score: number(min, max) } },
  }),
  example: { channel: 'app', customer: { id: 'c-77' }, survey: 's-9', metric: 'csat', score: 2, text: '等太久了' },
  isAnswer: true,
} as const satisfies EventType;
